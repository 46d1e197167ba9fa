import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../core/errors';

const FOLDER = 'models';

/** The configurations that a person names, each once, or all of the app. Throws a UsageError when there is none. */
export function configFiles(named: readonly string[]): string[] {
  if (named.length > 0) return [...new Set(named)];
  const names = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => /\.ya?ml$/.test(name)) : [];
  if (names.length === 0) throw new UsageError(`there is no ${FOLDER}/*.yaml here; name the configurations to check`);
  return names.sort().map((name) => join(FOLDER, name));
}
