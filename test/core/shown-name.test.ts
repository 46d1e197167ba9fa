import { shownName, shownNames } from '../../src/core/shown-name';

describe('column names in messages', () => {
  test.each(['age', "Int'l Plan_no", 'State_AK', 'culmen.length (mm)', 'feature_12'])('%s is shown', (name) => {
    expect(shownName(name)).toBe(name);
  });

  test.each(['jane@example.com', '4012-8888', 'x'.repeat(61), 'a\nb', '', '37'])(
    '%j could be data and is not',
    (name) => {
      expect(shownName(name)).toBe('…');
    },
  );

  test('of many the first few are shown', () => {
    expect(shownNames(['a', 'b', 'c'], 2)).toBe('a, b, …');
  });
});
