import { Alarm, type Dashboard, type IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { ConfigError } from '../../src/core/errors';
import type { AlarmRule } from './alarm-rule';
import { MODEL_ALARMS, VARIANT_ALARMS } from './model-alarms';
import { pipelineDashboard } from './pipeline-dashboard';
import { SINK_ALARMS } from './sink-alarms';
import type { WatchedEndpoint, WatchedPipeline } from './watched-pipeline';

export interface PipelineAlarmsProps extends WatchedPipeline {
  /** Told of each alarm, and of its end; one at least. */
  readonly actions: readonly ITopic[];
  /** Address at which people read docs/runbook.md; alarms link its articles. Default: alarms name the file. */
  readonly runbookUrl?: string;
}

/** Names of all alarms there are: each is an article of the runbook. */
export const ALARM_KINDS = [SINK_ALARMS, MODEL_ALARMS, VARIANT_ALARMS].flatMap((rules) => Object.keys(rules));

/**
 * Says when something is wrong with one model's pipeline, and shows how it goes. Alarms stand each for itself: a
 * composite one would hide which sink it is about.
 */
export class PipelineAlarms extends Construct {
  readonly alarms: readonly Alarm[];
  readonly dashboard: Dashboard;
  private readonly made: Alarm[] = [];
  private readonly actions: readonly IAlarmAction[];

  /** Throws ConfigError for props that leave alarms without anything to watch or anybody to tell. */
  constructor(
    scope: Construct,
    id: string,
    private readonly props: PipelineAlarmsProps,
  ) {
    super(scope, id);
    const problems = problemsOf(props);
    if (problems.length > 0) throw new ConfigError(problems);
    const { model, endpoint } = props;
    this.actions = props.actions.map((topic) => new SnsAction(topic));
    for (const sink of props.sinks) this.watch(SINK_ALARMS, { model, sink }, sink.name);
    this.watch(MODEL_ALARMS, props, null);
    if (endpoint !== null) this.watchVariants(endpoint, props);
    this.alarms = this.made;
    this.dashboard = pipelineDashboard(this, props, this.alarms);
  }

  /** What is captured in part on purpose is measured by that part; where nothing is, there is nothing to miss. */
  private watchVariants(
    { name, variants, capturedShare: share = 1 }: WatchedEndpoint,
    props: PipelineAlarmsProps,
  ): void {
    if (share === 0) return;
    for (const variant of variants)
      this.watch(VARIANT_ALARMS, { ...props, share, place: { endpoint: name, variant } }, variant);
  }

  private watch<Watched>(
    rules: Readonly<Record<string, AlarmRule<Watched>>>,
    watched: Watched,
    subject: string | null,
  ): void {
    for (const [kind, rule] of Object.entries(rules)) {
      const name = subject === null ? kind : `${kind}-${subject}`;
      const alarm = new Alarm(this, name, {
        alarmName: `${this.props.model}-${name}`,
        alarmDescription: `${rule.says(watched)} ${article(kind, this.props.runbookUrl)}`,
        metric: rule.metric(watched),
        threshold: rule.threshold,
        comparisonOperator: rule.comparison,
        evaluationPeriods: rule.periods,
        treatMissingData: rule.missing,
      });
      alarm.addAlarmAction(...this.actions);
      alarm.addOkAction(...this.actions);
      this.made.push(alarm);
    }
  }
}

/** Without an address, whose page the path is of: a mail has nothing around it that would say so. */
const article = (kind: string, runbookUrl: string | undefined): string =>
  runbookUrl === undefined ? `Runbook: docs/runbook.md#${kind} of capture-relay` : `Runbook: ${runbookUrl}#${kind}`;

function problemsOf({ model, sinks, endpoint, actions }: PipelineAlarmsProps): string[] {
  const of = `the alarms of model ${model}`;
  return [
    ...(sinks.length === 0 ? [`${of} have no sink to watch; name every sink of the model`] : []),
    ...(actions.length === 0 ? [`${of} would tell nobody; give an SNS topic in actions`] : []),
    ...(endpoint?.variants.length === 0
      ? [`${of}: endpoint ${endpoint.name} has no production variant; name them, or set endpoint to null`]
      : []),
  ];
}
