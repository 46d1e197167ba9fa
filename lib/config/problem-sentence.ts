import { problemParts } from '../../src/cli/check/config-file';
import type { Finding } from '../../src/cli/check/finding';
import { withoutAccessKeys } from '../../src/config/shown-value';
import type { ConfigError } from '../../src/core/errors';

/** Of a file, as far as a sentence about it needs. */
export interface SaidFile {
  readonly path: string;
  readonly lineOf: (key: string) => number | null;
  /** A number as it is written. */
  readonly numberText?: (key: string) => string | null;
}

/** One line for a person: the file with the line, the key, what is wrong, the value, the cure. */
export function problemSentence({ path, lineOf }: SaidFile, found: Finding): string {
  const line = found.line ?? (found.key === null ? null : lineOf(found.key));
  const place = `${path}${line === null ? '' : `:${line}`}`;
  const given = found.given === null ? '' : `; given: ${found.given}`;
  const cure = found.cure === null ? '' : `. Cure: ${found.cure}`;
  return withoutAccessKeys(`${place} ${found.key === null ? '' : `${found.key} `}${found.problem}${given}${cure}`);
}

/** Of problems as schemas and constructs tell them, which know no file. */
export const sentencesOf = (file: SaidFile, { problems }: Pick<ConfigError, 'problems'>): string[] =>
  problems.map((problem) => problemSentence(file, problemParts(problem, file.numberText)));
