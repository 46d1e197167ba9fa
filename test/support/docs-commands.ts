import { type Command, CommanderError } from 'commander';
import { program } from '../../src/cli/main';
import { codeBlocks } from './docs-pages';

/** The command lines of the pages, checked by the command line itself, without running anything. */

/** Lines of the `sh` blocks that call capture-relay, as its arguments. `npm start -- …` is `emulate …` (package.json). */
export function exampleCalls(page: string): string[][] {
  const lines = codeBlocks(page, 'sh').flatMap((block) => block.split('\n'));
  return lines.flatMap((line) => {
    const [words = ''] = line.split(/ (?:\||>|&&) /);
    const [first, ...rest] = words
      .replace(/^npx /, '')
      .split(/\s+/)
      .filter((word) => word !== '');
    if (first === 'capture-relay') return [rest];
    return words.startsWith('npm start') ? [['emulate', ...(words.split(' -- ')[1]?.split(' ') ?? [])]] : [];
  });
}

/** What commander says against this call; null when it would run it. */
export function usageProblem(args: readonly string[]): string | null {
  const cli = program();
  for (const command of [cli, ...cli.commands]) silence(command);
  try {
    cli.parse([...args], { from: 'user' });
    return null;
  } catch (error) {
    if (error instanceof CommanderError) return error.message;
    throw error;
  }
}

function silence(command: Command): void {
  command.exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
  if (command.commands.length === 0) command.action(() => {});
}
