import { join } from 'node:path';
import { applicationRegion } from '../../../src/cli/plan/application-region';
import { UsageError } from '../../../src/core/errors';
import { withFolder } from '../../support/relay-templates';

const regionOf = (files: Record<string, string>, ...paths: string[]): string | null =>
  withFolder({ 'models/a.yaml': '', 'us/models/b.yaml': '', ...files }, (folder) =>
    applicationRegion(paths.map((path) => join(folder, path))),
  );

describe('the region of configurations', () => {
  test('is that of the settings beside their folder', () => {
    expect(regionOf({ 'capture-relay.yaml': 'name: relay\nregion: eu-west-1\n' }, 'models/a.yaml')).toBe('eu-west-1');
  });

  test.each([
    ['are not there', {}],
    ['are empty', { 'capture-relay.yaml': '' }],
    ['name none', { 'capture-relay.yaml': 'name: relay\n' }],
  ])('is unknown where the settings %s', (_, files) => {
    expect(regionOf(files, 'models/a.yaml')).toBeNull();
  });

  test.each([
    ['a number', 'region: 5\n', /region in .*capture-relay\.yaml must be a region, such as eu-central-1; correct it/],
    ['no YAML', 'region: [\n', /capture-relay\.yaml is not YAML: .*; correct it, or give --region/],
  ])('that is %s is refused, and not asked for in another one', (_, text, message) => {
    const act = () => regionOf({ 'capture-relay.yaml': text }, 'models/a.yaml');

    expect(act).toThrow(UsageError);
    expect(act).toThrow(message);
  });

  test('that differs between two applications is for the caller to choose', () => {
    const files = { 'capture-relay.yaml': 'region: eu-west-1', 'us/capture-relay.yaml': 'region: us-west-2' };

    expect(() => regionOf(files, 'models/a.yaml', 'us/models/b.yaml')).toThrow(
      /capture-relay\.yaml says region eu-west-1, and .*capture-relay\.yaml says us-west-2; look at one application/,
    );
  });
});
