import { placesOf } from '../../src/core/errors';

/** What is told of an error that nobody expected. */
describe('the places of an error', () => {
  test('are those of its stack, and nothing of its message', () => {
    const places = placesOf(new SyntaxError('"SENSITIVE"\nin two lines is not valid JSON'));

    expect(places[0]).toMatch(/^at .*errors\.test\.ts/);
    expect(places.join()).not.toMatch(/SENSITIVE|valid/);
  });

  test('hold no message that was replaced after the stack was made', () => {
    const error = new Error('SENSITIVE');
    error.message = 'another';

    expect(placesOf(error).join()).not.toContain('SENSITIVE');
  });

  test.each([['a text'], [null], [{ stack: 7 }]])('are none for %p', (thrown) => {
    expect(placesOf(thrown)).toEqual([]);
  });
});
