import type * as z from 'zod';
import type { CommonSinkSettings } from '../config/fields';
import { knownSettings, problemsOf } from '../config/problems';
import type { OpenSink, SecretReference, SinkContext, SinkDefinition, SinkLimits, SinkProblem } from './sink';

/** A sink as its folder states it: the schema of its settings, and what follows from them. */
export interface SinkSpec<Config extends CommonSinkSettings> {
  readonly type: string;
  readonly schema: z.ZodType<Config>;
  readonly limits: (config: Config) => SinkLimits;
  readonly secrets: (config: Config) => Readonly<Record<string, SecretReference>>;
  readonly delivered: string;
  readonly repeats: string;
  /** Imports the part that talks; called at cold start, for the sinks in use alone. */
  readonly load: () => Promise<(config: Config, context: SinkContext) => Promise<OpenSink | SinkProblem>>;
}

/** Closes over the settings' type, so that the registry can hold sinks of every kind. */
export function defineSink<Config extends CommonSinkSettings>(spec: SinkSpec<Config>): SinkDefinition {
  return {
    type: spec.type,
    delivered: spec.delivered,
    repeats: spec.repeats,
    parse: (raw, path) => {
      const parsed = spec.schema.safeParse(raw, { error: knownSettings });
      if (!parsed.success) return { problems: problemsOf(parsed.error, raw, path) };
      const config = parsed.data;
      return {
        sink: {
          type: spec.type,
          settings: config,
          limits: spec.limits(config),
          secrets: spec.secrets(config),
          open: async (context) => (await spec.load())(config, context),
        },
      };
    },
  };
}
