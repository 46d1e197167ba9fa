import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const TEMPLATE = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.looseObject({}).optional() })),
});

/** Stands where metric math stood: an alarm under the same logical id, since the dashboard refers to it. */
const PLAIN = { Namespace: 'CaptureRelay', MetricName: 'MetricMath', Statistic: 'Sum', Period: 300 };

/**
 * Makes plain alarms of those on metric math in a synthesized application. MiniStack refuses them ("Properties.Metrics
 * (metric math) is not supported"); CloudFormation has them (AWS::CloudWatch::Alarm, Metrics), and cfn-lint reads them.
 */
export function plainAlarms(assembly: string): void {
  for (const file of readdirSync(assembly).filter((each) => each.endsWith('.template.json'))) {
    const path = join(assembly, file);
    const template = TEMPLATE.parse(JSON.parse(readFileSync(path, 'utf8')));
    for (const resource of Object.values(template.Resources)) {
      const { Metrics, ...others } = resource.Properties ?? {};
      if (resource.Type === 'AWS::CloudWatch::Alarm' && Metrics !== undefined)
        resource.Properties = { ...others, ...PLAIN };
    }
    writeFileSync(path, JSON.stringify(template, null, 1));
  }
}
