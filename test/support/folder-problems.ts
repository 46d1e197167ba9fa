import { loadModels } from '../../lib/config/load-models';
import { ConfigError } from '../../src/core/errors';
import { withFolder } from './relay-templates';

/** The problems of a folder, as a person reads them, with the folder itself left out. */
export function folderProblems(files: Readonly<Record<string, string>>): readonly string[] {
  return withFolder(files, (directory) => {
    try {
      loadModels(directory);
      return [];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return error.problems.map((problem) => problem.replaceAll(`${directory}/`, ''));
    }
  });
}
