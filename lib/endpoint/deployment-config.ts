import type { CfnEndpoint } from 'aws-cdk-lib/aws-sagemaker';
import type { CreateEndpointSettings } from '../../src/config/deploy/endpoint-schema';

type Deployment = NonNullable<CreateEndpointSettings['deployment']>;

const TYPES = { 'all-at-once': 'ALL_AT_ONCE', canary: 'CANARY', linear: 'LINEAR' } as const;

/** SageMaker's page on canary deployments advises 10 % and to watch it; ten minutes hold two periods of an alarm. */
const STEP_PERCENT = 10;
const WAIT_SECONDS = 600;

/**
 * Blue and green: the new fleet is made whole before it takes traffic, and alarms roll it back. Both fleets capture
 * below the same prefix. Null: SageMaker's own default, all at once.
 */
export function deploymentConfig(settings: Deployment | undefined): CfnEndpoint.DeploymentConfigProperty | null {
  if (settings === undefined) return null;
  const type = TYPES[settings.traffic ?? 'all-at-once'];
  const step = { type: 'CAPACITY_PERCENT', value: settings.stepPercent ?? STEP_PERCENT };
  return {
    blueGreenUpdatePolicy: {
      trafficRoutingConfiguration: {
        type,
        ...(type === 'ALL_AT_ONCE' ? {} : { waitIntervalInSeconds: settings.waitSeconds ?? WAIT_SECONDS }),
        ...(type === 'CANARY' ? { canarySize: step } : {}),
        ...(type === 'LINEAR' ? { linearStepSize: step } : {}),
      },
      terminationWaitInSeconds: settings.terminationWaitSeconds ?? 0,
      ...(settings.maximumExecutionSeconds === undefined
        ? {}
        : { maximumExecutionTimeoutInSeconds: settings.maximumExecutionSeconds }),
    },
    ...(settings.rollbackAlarms === undefined
      ? {}
      : { autoRollbackConfiguration: { alarms: settings.rollbackAlarms.map((alarmName) => ({ alarmName })) } }),
  };
}
