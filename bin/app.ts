import { writeSync } from 'node:fs';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { loadModels } from '../lib/config/load-models';
import { relayApp } from '../lib/app/relay-app';
import { ConfigError } from '../src/core/errors';

/** The CDK application: `models/*.yaml` of a folder as stacks. Another folder: `-c directory=examples/…`. */
const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
try {
  const directory: unknown = app.node.tryGetContext('directory');
  relayApp(app, loadModels(typeof directory === 'string' ? directory : '.'));
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  // Without a stack trace: it is about the files, not about this program.
  writeSync(process.stderr.fd, `${error.message}\n`);
  // At once: what was made so far would be synthesized and validated, and its findings would bury the cause.
  process.exit(1);
}
