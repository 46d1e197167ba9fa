import type { ConfigFile } from '../../src/cli/check/config-file';
import { type Finding, finding } from '../../src/cli/check/finding';
import { type DeclaredTrigger, declaredTriggers } from '../../src/cli/plan/declared-trigger';
import { loops, statePlaces } from '../notifications/loops';
import { type AppSettings, SETTINGS_FILE } from './app-settings';

/**
 * Captures in the bucket that `stateBucket` names. A state bucket that is made has a name of its own, which no
 * configuration of captures has.
 */
export function stateFindings(file: ConfigFile, { stateBucket }: AppSettings): Finding[] {
  if (stateBucket === undefined) return [];
  return declaredTriggers(file)
    .filter(({ bucket }) => bucket === stateBucket)
    .flatMap((trigger) => problemOf(trigger, stateBucket) ?? []);
}

function problemOf({ of, key, rule, store }: DeclaredTrigger, stateBucket: string): Finding | null {
  const watched = { name: of, bucket: stateBucket, prefix: rule.prefix };
  const [loop] = loops([watched], statePlaces(stateBucket));
  if (loop !== undefined)
    return {
      ...finding(
        'wrong',
        'configuration',
        key,
        `is where the state is written, since stateBucket of ${SETTINGS_FILE} is the same bucket: "${loop.key}" would be taken for a capture, without end`,
        `take a prefix beside "${loop.written.prefix}", as captures/…/, or another stateBucket`,
      ),
      given: JSON.stringify(rule.prefix),
    };
  if (store === 'existing') return null;
  return {
    ...finding(
      'wrong',
      'configuration',
      'capture.bucket',
      `would be made here, and stateBucket of ${SETTINGS_FILE} says that it is there`,
      'name another bucket, or say store: existing',
    ),
    given: JSON.stringify(stateBucket),
  };
}
