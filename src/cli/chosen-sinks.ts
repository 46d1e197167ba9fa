import type { ModelConfig, SinkConfig } from '../config/model-config';
import { UsageError } from '../core/errors';

/** Sinks of a configuration by their names; all when none is named. Throws a UsageError for a name that it does not have. */
export function chosenSinks({ sinks }: ModelConfig, names: readonly string[]): readonly SinkConfig[] {
  const unknown = names.filter((name) => !sinks.some((sink) => sink.name === name));
  if (unknown.length > 0) {
    const known = sinks.map((sink) => sink.name).join(', ');
    throw new UsageError(`the configuration has no sink ${unknown.join(', ')}; its sinks are: ${known}`);
  }
  return names.length === 0 ? sinks : sinks.filter((sink) => names.includes(sink.name));
}
