/** A folder of one application as text: a model that can be deployed, and changes of it. */
const PARTS = {
  model: 'model: credit-risk',
  endpoint:
    'endpoint: { create: { image: "111122223333.dkr.ecr.eu-central-1.amazonaws.com/m:1", instanceType: ml.m5.large } }',
  capture: 'capture: { bucket: ml-captures, prefix: captures/credit-risk/ }',
  sinks: 'sinks: [{ type: arthur, host: "https://app.arthur.ai", modelId: m1, token: { secret: monitoring/arthur } }]',
  alarms: 'alarms: { emails: [team@example.com] }',
};

type Parts = Partial<Record<keyof typeof PARTS | 'shadow' | 'forwarder', string | null>>;

/** One line for each setting, so that line numbers can be told; null leaves one out. */
export const modelYaml = (parts: Parts = {}): string =>
  `${Object.values({ ...PARTS, ...parts })
    .filter((part) => part !== null)
    .join('\n')}\n`;

/** A second model that can stand beside it. */
export const churnYaml = (parts: Parts = {}): string =>
  modelYaml({
    model: 'model: churn',
    capture: 'capture: { bucket: ml-captures, prefix: captures/churn/ }',
    sinks: PARTS.sinks.replace('m1', 'm2'),
    ...parts,
  });

/** `capture` with more settings. */
export const captureYaml = (more: string): Parts => ({ capture: PARTS.capture.replace(' }', `, ${more} }`) });

/** `endpoint.create` with more settings; an instance type must be among them. */
export const createYaml = (more: string): Parts => ({
  endpoint: PARTS.endpoint.replace('instanceType: ml.m5.large', more),
});
