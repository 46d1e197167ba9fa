import { Command, CommanderError } from 'commander';
import { CaptureRelayError, codeOf, placesOf, UsageError } from '../core/errors';
import { VERSION } from '../version';
import { checkCommand } from './commands/check';
import { emulateCommand } from './commands/emulate';
import { findCommand } from './commands/find';
import { initCommand } from './commands/init';
import { inspectCommand } from './commands/inspect';
import { planCommand } from './commands/plan';
import { purgeCommand } from './commands/purge';
import { redriveCommand } from './commands/redrive';
import { replayCommand } from './commands/replay';
import { statusCommand } from './commands/status';

/** The command line: one binary, each command in a file of its own. Exit codes: 0 done, 1 ran with losses, 2 wrong usage. */
export function program(): Command {
  return new Command('capture-relay')
    .description('Delivers every inference in SageMaker Data Capture files, and accounts for each one.')
    .version(VERSION)
    .showHelpAfterError('(add --help for what it takes)')
    .exitOverride()
    .addCommand(initCommand())
    .addCommand(checkCommand())
    .addCommand(planCommand())
    .addCommand(inspectCommand())
    .addCommand(replayCommand())
    .addCommand(redriveCommand())
    .addCommand(purgeCommand())
    .addCommand(statusCommand())
    .addCommand(findCommand())
    .addCommand(emulateCommand());
}

/** Commands whose end in the middle leaves something undelivered. */
const SENDS: ReadonlySet<string> = new Set(['replay', 'redrive', 'emulate']);

export async function main(argv: readonly string[]): Promise<void> {
  // `capture-relay inspect x | head` closes the pipe early; that is no error, unless it ends a delivery half-way.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.stderr.write(`capture-relay: the output cannot be written: ${error.message}\n`);
    process.exit(error.code === 'EPIPE' && !SENDS.has(argv[2] ?? '') ? 0 : 1);
  });
  const cli = program();
  for (const command of cli.commands) command.exitOverride().showHelpAfterError('(add --help for what it takes)');
  try {
    await cli.parseAsync([...argv]);
  } catch (error) {
    process.exitCode = exitCode(error);
  }
}

function exitCode(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof CaptureRelayError) {
    const code = error instanceof UsageError ? '' : `${error.code}: `;
    process.stderr.write(`capture-relay: ${code}${error.message}\n`);
    return error instanceof UsageError || error.code === 'CONFIG_INVALID' ? 2 : 1;
  }
  // The message of anything else may quote what it failed at: a captured line, a record in quarantine.
  const what = codeOf(error) ?? (error instanceof Error ? error.name : 'unknown');
  process.stderr.write(`capture-relay: a bug: ${[what, ...placesOf(error)].join('\n    ')}\n`);
  return 1;
}
