import {
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import * as fc from 'fast-check';
import { compareUtf8 } from '../../../src/local/s3/store/utf8-order';
import { BUCKET, raw, type RunningServer, refusalOf, startServer } from './running-server';

const ODD_KEYS = [
  'a',
  'a/',
  'a/b',
  'a//b',
  '/lead',
  '//',
  '.',
  '..',
  'x/../y',
  'x/./y',
  'sp ace',
  'plus+plus',
  'eq=dt=2026',
  '%20',
  '100%',
  '%2F',
  'quo"te\'s',
  '&<>;',
  'ünïcödé',
  '日本/語',
  '😀',
  '\uFFFD',
  'tab\there',
  'new\nline',
  'cr\rhere',
  '?query#hash',
  'a;b,c@d:e',
  '~!*()',
  '\\back',
  '[]{}|^`',
  ' lead and trail ',
  'k'.repeat(1024),
  `${'s'.repeat(300)}/x`,
  '\u007f\u0085',
];

let running: RunningServer;
beforeAll(async () => {
  running = await startServer();
  running.server.createBucket('odd-keys');
  running.server.createBucket('paged');
  running.server.createBucket('tree');
  for (const Key of ODD_KEYS)
    await running.client.send(new PutObjectCommand({ Bucket: 'odd-keys', Key, Body: `<${Key}>` }));
  const paged = Array.from({ length: 1200 }, (_, i) => `p/${String(i).padStart(4, '0')}`);
  for (let i = 0; i < paged.length; i += 50) {
    await Promise.all(paged.slice(i, i + 50).map((key) => raw(running.server, 'PUT', `/paged/${key}`, {}, 'x')));
  }
  const tree = ['a', 'a/1', 'a/2', 'a-b', 'b/1', 'b/2/3', 'c'];
  for (const Key of tree) await running.client.send(new PutObjectCommand({ Bucket: 'tree', Key, Body: Key }));
});
afterAll(() => running.stop());

async function listAll(input: ListObjectsV2CommandInput): Promise<{ keys: string[]; pages: number[] }> {
  const keys: string[] = [];
  const pages: number[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await running.client.send(new ListObjectsV2Command({ ...input, ContinuationToken }));
    keys.push(
      ...(page.Contents ?? []).map((one) => one.Key ?? ''),
      ...(page.CommonPrefixes ?? []).map((one) => `${one.Prefix}*`),
    );
    pages.push(page.KeyCount ?? 0);
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  return { keys, pages };
}

describe('odd keys', () => {
  it.each(ODD_KEYS.map((key) => [key]))('%j keeps its own object', async (Key) => {
    const got = await running.client.send(new GetObjectCommand({ Bucket: 'odd-keys', Key }));

    expect(await got.Body?.transformToString()).toBe(`<${Key}>`);
  });

  it('are listed verbatim, in the order of their UTF-8 bytes', async () => {
    const { keys } = await listAll({ Bucket: 'odd-keys', MaxKeys: 7 });

    const expected = [...ODD_KEYS].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(keys).toEqual(expected);
  });

  it('are listed encoded when asked, a space as plus and slashes kept', async () => {
    const page = await running.client.send(new ListObjectsV2Command({ Bucket: 'odd-keys', EncodingType: 'url' }));

    expect(page.EncodingType).toBe('url');
    const decoded = (page.Contents ?? []).map((one) => decodeURIComponent((one.Key ?? '').replaceAll('+', ' ')));
    expect(new Set(decoded)).toEqual(new Set(ODD_KEYS));
    expect(page.Contents?.map((one) => one.Key)).toEqual(
      expect.arrayContaining(['sp+ace', 'plus%2Bplus', 'a//b', '%2520']),
    );
  });

  it('may be found by a prefix that is odd itself', async () => {
    for (const Prefix of ['plus+', 'sp ', '%2', '日本/', '//']) {
      const { keys } = await listAll({ Bucket: 'odd-keys', Prefix });
      expect(keys.length).toBeGreaterThan(0);
      expect(keys).toEqual(keys.filter((key) => key.startsWith(Prefix)));
    }
  });

  it('are refused when they are too long or not UTF-8', async () => {
    const long = running.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'k'.repeat(1025), Body: 'x' }));
    expect(await refusalOf(long)).toBe('KeyTooLongError 400');
    const notUtf8 = await raw(running.server, 'GET', `/${BUCKET}/%ff`);
    expect(notUtf8.body.toString()).toContain('<Code>InvalidURI</Code>');
  });
});

describe('the order of keys', () => {
  it('is that of their UTF-8 bytes for any text', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 4 });
    const property = fc.property(text, text, (a, b) => {
      expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    });

    fc.assert(property, { seed: 20260302, numRuns: 2000 });
    expect(compareUtf8('\uFFFD', '😀')).toBeLessThan(0);
  });
});

describe('a list of 1,200 keys', () => {
  it('comes in pages of the size asked for, each key once', async () => {
    const { keys, pages } = await listAll({ Bucket: 'paged', MaxKeys: 500 });

    expect(pages).toEqual([500, 500, 200]);
    expect(keys).toEqual(Array.from({ length: 1200 }, (_, i) => `p/${String(i).padStart(4, '0')}`));
  });

  it('holds no more than 1,000 in a page, whatever is asked', async () => {
    const { pages } = await listAll({ Bucket: 'paged', MaxKeys: 5000 });

    expect(pages).toEqual([1000, 200]);
  });

  it('begins after a key', async () => {
    const page = await running.client.send(
      new ListObjectsV2Command({ Bucket: 'paged', StartAfter: 'p/1196', MaxKeys: 2 }),
    );

    expect(page.Contents?.map((one) => one.Key)).toEqual(['p/1197', 'p/1198']);
    expect(page.IsTruncated).toBe(true);
  });

  it('ends exactly at its end without a further page', async () => {
    const page = await running.client.send(new ListObjectsV2Command({ Bucket: 'paged', Prefix: 'p/119', MaxKeys: 10 }));

    expect(page.KeyCount).toBe(10);
    expect(page.IsTruncated).toBe(false);
  });

  it('may be asked for nothing', async () => {
    const page = await running.client.send(new ListObjectsV2Command({ Bucket: 'paged', MaxKeys: 0 }));

    expect([page.KeyCount, page.IsTruncated]).toEqual([0, false]);
  });
});

describe('a list with a delimiter', () => {
  it.each([
    [1000, ''],
    [1, ''],
    [2, ''],
  ])('folds keys into common prefixes in pages of %d', async (MaxKeys) => {
    const { keys } = await listAll({ Bucket: 'tree', Delimiter: '/', MaxKeys });

    expect(keys.sort()).toEqual(['a', 'a-b', 'a/*', 'b/*', 'c']);
  });

  it('looks under a prefix', async () => {
    const { keys } = await listAll({ Bucket: 'tree', Delimiter: '/', Prefix: 'b/' });

    expect(keys).toEqual(['b/1', 'b/2/*']);
  });

  it('says what is wrong with a question', async () => {
    const ask = (query: string) => raw(running.server, 'GET', `/tree?list-type=2&${query}`);

    for (const query of ['max-keys=many', 'continuation-token=!', 'encoding-type=xml']) {
      expect((await ask(query)).body.toString()).toContain('<Code>InvalidArgument</Code>');
    }
  });
});
