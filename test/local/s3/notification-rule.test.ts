import { findOverlap, ruleMatches } from '../../../src/local/s3/events/notification-rule';
import { formEncodeKey } from '../../../src/local/s3/wire/form-encoding';

describe('the key in an event', () => {
  it.each([
    ['red flower.jpg', 'red+flower.jpg'],
    ['a+b', 'a%2Bb'],
    ['a/b//c', 'a/b//c'],
    ['dt=2026-03-01', 'dt%3D2026-03-01'],
    ['é', '%C3%A9'],
    ['😀', '%F0%9F%98%80'],
    ['100%', '100%25'],
    ['%20', '%2520'],
    ["(1)'!", '%281%29%27%21'],
    ['a-b_c.d*e', 'a-b_c.d*e'],
    ['a&b?c#d', 'a%26b%3Fc%23d'],
    ['a b+c=d é(1)', 'a+b%2Bc%3Dd+%C3%A9%281%29'],
  ])('%s is encoded as %s, and decodes to itself', (key, encoded) => {
    expect(formEncodeKey(key)).toBe(encoded);
    expect(decodeURIComponent(encoded.replaceAll('+', ' '))).toBe(key);
  });
});

describe('two rules', () => {
  const created = ['s3:ObjectCreated:*'];
  it.each([
    ['sibling prefixes', { prefix: 'cap/a/' }, { prefix: 'cap/b/' }, false],
    ['a prefix inside another', { prefix: 'cap/' }, { prefix: 'cap/a/' }, true],
    ['prefixes without the last slash', { prefix: 'cap/a' }, { prefix: 'cap/ab' }, true],
    ['a prefix and none', { prefix: 'cap/' }, {}, true],
    [
      'the same prefix and disjoint suffixes',
      { prefix: 'p/', suffix: '.jpg' },
      { prefix: 'p/', suffix: '.png' },
      false,
    ],
    [
      'the same prefix and suffixes one in another',
      { prefix: 'p/', suffix: 'jpg' },
      { prefix: 'p/', suffix: 'pg' },
      true,
    ],
    ['disjoint prefixes and the same suffix', { prefix: 'a/', suffix: 'x' }, { prefix: 'b/', suffix: 'x' }, false],
    ['one prefix in two encodings', { prefix: 'a b/' }, { prefix: 'a+b/' }, true],
    ['different event types', { events: ['s3:ObjectCreated:Put'] }, { events: ['s3:ObjectCreated:Copy'] }, false],
    ['an event type and its family', { events: ['s3:ObjectCreated:Put'] }, { events: created }, true],
    ['two families', { events: ['s3:ObjectRemoved:*'] }, { events: created }, false],
    [
      'one type of several shared',
      { events: ['s3:ObjectRemoved:*', 's3:ObjectCreated:Put'] },
      { events: created },
      true,
    ],
  ])('with %s', (_name, first, second, overlap) => {
    const rules = [
      { id: '1', events: created, ...first },
      { id: '2', events: created, ...second },
    ];

    expect(findOverlap(rules) !== null).toBe(overlap);
    expect(findOverlap(rules.toReversed()) !== null).toBe(overlap);
  });

  it('match keys as they are, filters written encoded or not', () => {
    const rule = { id: 'r', events: created, prefix: 'a b%2Bc/' };

    expect(ruleMatches(rule, 'ObjectCreated:Put', 'a b+c/k')).toBe(true);
    expect(ruleMatches(rule, 'ObjectCreated:Put', 'a+b+c/k')).toBe(false);
    expect(ruleMatches(rule, 'ObjectRemoved:Delete', 'a b+c/k')).toBe(false);
  });
});
