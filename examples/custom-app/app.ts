import { writeSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { ConfigError } from 'capture-relay/cdk';
import { MonitoringStack } from './monitoring-stack';

/** `cdk synth --app "npx tsx examples/custom-app/app.ts"` */
const app = new App();
try {
  new MonitoringStack(app, 'Monitoring');
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  // Its message lists every problem; a stack trace would only be about this program.
  writeSync(process.stderr.fd, `${error.message}\n`);
  // At once, or what was made so far would be synthesized and its findings would bury the cause.
  process.exit(1);
}
