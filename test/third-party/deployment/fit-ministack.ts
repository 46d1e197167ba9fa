import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const TEMPLATE = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.looseObject({}).optional() })),
});
const POLICY = z.looseObject({
  Statement: z.array(z.looseObject({ Effect: z.string(), Condition: z.unknown().optional() })),
});

type Properties = Readonly<Record<string, unknown>>;

/** Stands where metric math stood: an alarm under the same logical id, since the dashboard refers to it. */
const PLAIN = { Namespace: 'CaptureRelay', MetricName: 'MetricMath', Statistic: 'Sum', Period: 300 };

/** Changes a synthesized application where MiniStack, as it runs here, is not as AWS. The rest is deployed as it is. */
export function fitMinistack(assembly: string): void {
  for (const file of readdirSync(assembly).filter((each) => each.endsWith('.template.json'))) {
    const path = join(assembly, file);
    const template = TEMPLATE.parse(JSON.parse(readFileSync(path, 'utf8')));
    for (const resource of Object.values(template.Resources)) {
      const { Type, Properties: properties = {} } = resource;
      if (Type === 'AWS::CloudWatch::Alarm') resource.Properties = plainAlarm(properties);
      if (properties['PolicyDocument'] !== undefined) resource.Properties = withoutTls(properties);
    }
    writeFileSync(path, JSON.stringify(template, null, 1));
  }
}

/**
 * MiniStack refuses metric math ("Properties.Metrics (metric math) is not supported"); CloudFormation has it
 * (AWS::CloudWatch::Alarm, Metrics), and cfn-lint reads it.
 */
function plainAlarm({ Metrics, ...others }: Properties): Properties {
  return Metrics === undefined ? others : { ...others, ...PLAIN };
}

/** Buckets, queues and topics deny what comes without TLS, and everything here comes so: over loopback. */
function withoutTls(properties: Properties): Properties {
  const policy = POLICY.parse(properties['PolicyDocument']);
  const Statement = policy.Statement.filter(
    ({ Effect, Condition }) => !(Effect === 'Deny' && JSON.stringify(Condition) === NO_TLS),
  );
  return { ...properties, PolicyDocument: { ...policy, Statement } };
}

const NO_TLS = JSON.stringify({ Bool: { 'aws:SecureTransport': 'false' } });
