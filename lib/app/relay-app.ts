import { type App, type StackProps, Tags } from 'aws-cdk-lib';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import { ModelStack } from '../stacks/model-stack';
import { StoreStack } from '../stacks/store-stack';
import type { AppSettings } from '../config/app-settings';
import type { ModelFile, RelayFiles } from '../config/load-models';
import { sentencesOf } from '../config/problem-sentence';
import { ConfigError } from '../../src/core/errors';
import { STORE, stackId, stackName } from '../config/stack-names';

const APP_NAME = 'capture-relay';

/** One stack for what models share, and one for each model: `cdk deploy CreditRisk` makes both. */
export function relayApp(app: App, { settings, models }: RelayFiles): { store: StoreStack; models: ModelStack[] } {
  const name = settings.name ?? APP_NAME;
  const common = commonProps(settings);
  const store = new StoreStack(app, STORE, {
    ...common,
    stackName: `${name}-store`,
    description: 'capture-relay: the key, the state and the captures that models share',
    app: name,
    sharedBucket: sharedBucket(models),
    stateBucket: settings.stateBucket ?? null,
    kmsKey: settings.kmsKey ?? null,
    ...(settings.captureRetentionDays === undefined ? {} : { captureRetentionDays: settings.captureRetentionDays }),
  });
  const stacks = eachModel(
    models,
    (file) =>
      new ModelStack(app, stackId(file.config.model), {
        ...common,
        stackName: stackName(name, file.config.model),
        description: `capture-relay: captures of ${file.config.model}`,
        file,
        settings,
        store,
      }),
  );
  for (const [tag, value] of Object.entries(settings.tags ?? {})) Tags.of(app).add(tag, value);
  if (settings.permissionsBoundary !== undefined)
    PermissionsBoundary.of(app).apply(
      ManagedPolicy.fromManagedPolicyName(store, 'Boundary', settings.permissionsBoundary),
    );
  return { store, models: stacks };
}

/** All of them, so that what is wrong is told of all at once, each with its file. */
function eachModel(models: readonly ModelFile[], make: (file: ModelFile) => ModelStack): ModelStack[] {
  const problems: string[] = [];
  const stacks = models.flatMap((file) => {
    try {
      return make(file);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...sentencesOf(file, error));
      return [];
    }
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return stacks;
}

/** Bound to an account only where the settings say one: then synthesis is the same on every machine. */
function commonProps({ account, region }: AppSettings): StackProps {
  const env = { ...(account === undefined ? {} : { account }), ...(region === undefined ? {} : { region }) };
  return { env, analyticsReporting: false };
}

/** `findAcrossDeployed` has seen to it that shared buckets are one. */
const sharedBucket = (models: readonly ModelFile[]): string | null =>
  models.find(({ document }) => (document.capture.store ?? 'shared') === 'shared')?.document.capture.bucket ?? null;
