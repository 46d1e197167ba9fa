import { Command } from 'commander';
import { messageOf, UsageError } from '../../core/errors';
import { readConfigFile } from '../check/config-file';
import type { S3Options } from '../capture-paths';
import { configFiles } from '../config-files';
import { s3ClientFor } from '../open-state';
import { applicationRegion } from '../plan/application-region';
import { planExitCode, planJson } from '../plan/json';
import { type LiveBucket, lookAtBuckets } from '../plan/live';
import { type PlannedModel, planModels } from '../plan/plan';
import { planText } from '../plan/report';

interface PlanOptions extends S3Options {
  readonly live?: boolean;
  readonly json?: boolean;
}

export function planCommand(): Command {
  return new Command('plan')
    .description('what a deploy would make, and whether its triggers can be side by side; changes nothing')
    .argument('[files...]', 'configurations (default: models/*.yaml)')
    .option('--live', 'compare with the notification rules that the buckets have now')
    .option('--json', 'the plan as JSON')
    .option('--profile <name>', 'AWS profile for --live')
    .option('--region <name>', 'AWS region for --live (default: AWS_REGION, else region of capture-relay.yaml)')
    .option('--endpoint-url <url>', 'another S3 than AWS')
    .addHelpText('after', HELP)
    .action(plan);
}

const HELP = `
Examples:
  capture-relay plan
  capture-relay plan models/credit-risk.yaml --live
  capture-relay plan --live --json | jq .live

Exit codes: 0 nothing is in the way of the triggers (npx cdk list checks the rest of a deployment), 1 a rule on a bucket
overlaps, 2 declared triggers overlap, or wrong configuration or usage.`;

async function plan(files: readonly string[], options: PlanOptions): Promise<void> {
  const paths = configFiles(files);
  const models = planModels(paths.map(readConfigFile));
  const live = options.live === true ? await look(models, inRegionOf(paths, options)) : null;
  process.stdout.write(options.json === true ? planJson(models, live) : planText(models, live));
  const exitCode = planExitCode(models, live);
  if (exitCode !== 0) process.exitCode = exitCode;
}

/** Named here or in the environment, else where the deployment goes. */
function inRegionOf(paths: readonly string[], options: S3Options): S3Options {
  if (options.region !== undefined || (process.env.AWS_REGION ?? '') !== '') return options;
  const region = applicationRegion(paths);
  return region === null ? options : { ...options, region };
}

async function look(models: readonly PlannedModel[], options: S3Options): Promise<LiveBucket[]> {
  const [client, { GetBucketNotificationConfigurationCommand }] = await Promise.all([
    s3ClientFor(options),
    import('@aws-sdk/client-s3'),
  ]);
  return lookAtBuckets(models, async (bucket) => {
    try {
      return await client.send(new GetBucketNotificationConfigurationCommand({ Bucket: bucket }));
    } catch (error) {
      const isMade = models.some(({ triggers }) =>
        triggers.some((declared) => declared.bucket === bucket && declared.store !== 'existing'),
      );
      if (isMade && error instanceof Error && error.name === 'NoSuchBucket') return null;
      throw new UsageError(
        `the rules of bucket ${bucket} cannot be read: ${messageOf(error)}; check its name, --profile, --region and s3:GetBucketNotification`,
        { cause: error },
      );
    }
  });
}
