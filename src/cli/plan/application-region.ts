import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { region } from '../../config/deploy/places';
import { UsageError } from '../../core/errors';
import { readYamlFile } from '../check/yaml-file';
import { record } from './declared-trigger';

const SETTINGS_FILE = 'capture-relay.yaml';

/**
 * The region that `cdk deploy` of these configurations would go to: `region` of the application's settings, beside the
 * folder they lie in. Null where nothing says one. Only this key is looked at; the deployment checks the rest.
 * Throws a UsageError for settings that cannot be read, and for configurations of two regions.
 */
export function applicationRegion(configurations: readonly string[]): string | null {
  const folders = [...new Set(configurations.map((path) => dirname(dirname(resolve(path)))))];
  const found = folders.flatMap((folder) => {
    const path = join(folder, SETTINGS_FILE);
    const name = existsSync(path) ? regionIn(path) : null;
    return name === null ? [] : [{ path, name }];
  });
  const [first] = found;
  const other = found.find(({ name }) => name !== first?.name);
  if (first !== undefined && other !== undefined)
    throw new UsageError(
      `${first.path} says region ${first.name}, and ${other.path} says ${other.name}; look at one application at a time, or give --region`,
    );
  return first?.name ?? null;
}

function regionIn(path: string): string | null {
  const read = readYamlFile(path);
  if ('findings' in read)
    throw new UsageError(`${path} ${read.findings[0]?.problem ?? 'cannot be read'}; correct it, or give --region`);
  const given = record(read.raw).region;
  if (given === undefined) return null;
  const parsed = region.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new UsageError(`region in ${path} must be a region, such as eu-central-1; correct it, or give --region`);
}
