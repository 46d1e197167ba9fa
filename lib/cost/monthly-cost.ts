import { SWEEP_MEMORY_MB } from '../constructs/forwarder';
import * as calls from './calls';
import { PRICES, type PriceName } from './prices';
import type { Traffic } from './traffic';

/** One line of a bill. */
export interface CostLine {
  readonly what: string;
  readonly price: PriceName;
  /** Units a month. */
  readonly units: number;
  readonly dollars: number;
}

const BYTES_PER_GB = 1e9;

/** One model's month. The key is paid for once, however many models share it; it is in each. */
export function monthlyCost(traffic: Traffic): CostLine[] {
  return [...storage(traffic), ...messages(traffic), ...functions(traffic), ...keys(traffic), ...monitoring(traffic)];
}

export const totalOf = (lines: readonly CostLine[]): number => lines.reduce((sum, { dollars }) => sum + dollars, 0);

function line(what: string, price: PriceName, units: number): CostLine {
  const { dollars, per } = PRICES[price];
  return { what, price, units, dollars: (units / per) * dollars };
}

const perMonth = (perHour: number): number => perHour * calls.HOURS_PER_MONTH;
const filesOf = ({ filesPerHour }: Traffic): number => perMonth(filesPerHour);
/** A file for each sink. */
const worksOf = (traffic: Traffic): number => filesOf(traffic) * traffic.sinks;

function stateRequests(traffic: Traffic): { reads: number; writes: number } {
  const batches = Math.ceil(traffic.inferencesPerFile / traffic.batchInferences);
  const works = worksOf(traffic);
  return { reads: works * calls.stateReadsPerFile, writes: works * calls.stateWritesPerFile(batches) };
}

function storage(traffic: Traffic): CostLine[] {
  const { inferencesPerFile, bytesPerInference, monthsKept } = traffic;
  const { reads, writes } = stateRequests(traffic);
  const sweep = calls.sweepCallsPerHour(traffic);
  const captured = filesOf(traffic) * inferencesPerFile * bytesPerInference;
  const entries = worksOf(traffic) * calls.ENTRY_BYTES;
  return [
    line('captures: written by SageMaker', 's3Write', filesOf(traffic)),
    line('captures: read', 's3Read', worksOf(traffic)),
    line('captures: kept', 's3Storage', (captured * monthsKept) / BYTES_PER_GB),
    line('state: written', 's3Write', writes),
    line('state: read', 's3Read', reads),
    line('state: kept', 's3Storage', (entries * monthsKept) / BYTES_PER_GB),
    line('sweep: lists and writes', 's3Write', perMonth(sweep.lists + sweep.puts)),
    line('sweep: reads', 's3Read', perMonth(sweep.gets)),
  ];
}

function messages(traffic: Traffic): CostLine[] {
  const { sinks, trigger } = traffic;
  return [
    line('queues: messages', 'sqs', worksOf(traffic) * calls.SQS_REQUESTS_PER_MESSAGE),
    line('queues: asked while empty', 'sqs', perMonth(calls.EMPTY_RECEIVES_PER_HOUR) * sinks),
    line('topic of several sinks', 'sns', sinks > 1 ? filesOf(traffic) : 0),
    line('EventBridge', 'eventBridge', trigger === 'eventbridge' ? filesOf(traffic) : 0),
  ];
}

function functions(traffic: Traffic): CostLine[] {
  const { secondsPerFile, memoryMb, inferencesPerFile, bytesPerInference } = traffic;
  const works = worksOf(traffic);
  const gb = memoryMb / 1_024;
  return [
    line('forwarder: runs', 'lambdaRequest', works),
    line('forwarder: time', 'lambdaArm', works * secondsPerFile * gb),
    line('sweep: runs', 'lambdaRequest', perMonth(1)),
    line('sweep: time', 'lambdaArm', perMonth(calls.SWEEP_SECONDS) * (SWEEP_MEMORY_MB / 1_024)),
    line('sent to partners', 'transferOut', (works * inferencesPerFile * bytesPerInference) / BYTES_PER_GB),
  ];
}

function keys(traffic: Traffic): CostLine[] {
  const { sinks } = traffic;
  const { reads, writes } = stateRequests(traffic);
  const sweep = calls.sweepCallsPerHour(traffic);
  const objects = filesOf(traffic) + worksOf(traffic) + reads + writes + perMonth(sweep.gets + sweep.puts);
  const perHour = sinks * calls.KMS_PER_QUEUE_HOUR + (sinks > 1 ? calls.KMS_PER_TOPIC_HOUR : 0);
  return [
    line('key of the application', 'kmsKey', 1),
    line('uses of the key', 'kmsRequest', objects * calls.KMS_PER_S3_REQUEST + perMonth(perHour)),
  ];
}

function monitoring(traffic: Traffic): CostLine[] {
  const logs = worksOf(traffic) * (calls.LOG_BYTES_PER_FILE + calls.LOG_BYTES_PER_RUN);
  return [
    line('metrics', 'metric', calls.customMetrics(traffic)),
    line('alarms', 'alarmMetric', calls.alarmMetrics(traffic)),
    line('dashboard', 'dashboard', 1),
    line('logs', 'logs', logs / BYTES_PER_GB),
  ];
}
