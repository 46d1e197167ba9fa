import { hourOf } from '../../src/sweep/hours';
import { runHere } from './run-here';
import { keyIn, StateFolder } from './state-folder';

describe('the command line, when something throws that never should', () => {
  test('names the error and its places, and never its message, which may quote payload', async () => {
    const world = new StateFolder(['arthur']);
    await world.entry(keyIn(hourOf(Date.now()), 'a'));
    const now = jest.spyOn(Date, 'now').mockImplementation(() => {
      throw new SyntaxError('Unexpected token \'S\', "SENSITIVE"... is not valid JSON');
    });
    const { stdout, stderr, exitCode } = await runHere('status', ...world.options());
    now.mockRestore();
    world.remove();

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^capture-relay: a bug: SyntaxError\n {4}at .*main\.test/);
    expect(stdout + stderr).not.toMatch(/SENSITIVE|valid JSON/);
  });
});
