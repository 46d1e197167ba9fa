import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Package {
  readonly version?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(readFileSync(join(__dirname, '../package-lock.json'), 'utf8')) as {
  packages: Record<string, Package>;
};

describe('the lock file', () => {
  test('has every platform package that its packages name, else `npm ci` refuses on a bare machine', () => {
    const named = Object.values(packages).flatMap((each) => Object.keys(each.optionalDependencies ?? {}));

    expect(named.filter((name) => packages[`node_modules/${name}`]?.version === undefined)).toEqual([]);
  });

  test('names no registry', () => {
    expect(Object.values(packages).filter((each) => each.resolved !== undefined)).toEqual([]);
  });
});
