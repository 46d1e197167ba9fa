import { setTimeout as sleep } from 'node:timers/promises';
import {
  CopyObjectCommand,
  ListObjectsV2Command,
  PutBucketNotificationConfigurationCommand,
  type QueueConfiguration,
} from '@aws-sdk/client-s3';
import { z } from 'zod';
import { BUCKET, type Expectation, outcomeOf, type Side } from './expectation';
import { put, remove, text } from './s3-objects';
import { arnOf, makeQueue, receiveAll } from './sqs-queues';

/**
 * Odd keys, and what a bucket tells a queue of. Sources: S3 User Guide, "Naming Amazon S3 objects", "Event message
 * structure" and "Configuring event notifications using object key name filtering".
 */
const ODD_KEYS = [
  'with space',
  'plus+sign',
  'equals=sign',
  'percent%sign',
  'percent%2Fescape',
  '(parentheses)',
  "quote'ampersand&less<",
  'grüße-日本語-😀',
  'a//b',
  'tab\tand-question?mark#hash',
];

const MESSAGE = z.union([
  z.object({ Event: z.literal('s3:TestEvent'), Bucket: z.string() }),
  z.object({
    Records: z.tuple([
      z.object({
        eventName: z.string(),
        s3: z.object({
          configurationId: z.string(),
          object: z.object({
            key: z.string(),
            size: z.number().optional(),
            eTag: z.string().optional(),
            versionId: z.string().optional(),
            sequencer: z.string(),
          }),
        }),
      }),
    ]),
  }),
]);

type Message = z.infer<typeof MESSAGE>;
type EventRecord = Extract<Message, { Records: unknown }>['Records'][0];

/** What a queue is told while `act` runs, after the test event. One configuration at a time: they replace each other. */
async function notified(
  side: Side,
  own: string,
  rule: Omit<QueueConfiguration, 'QueueArn'>,
  act: () => Promise<unknown>,
  expectedEvents: number,
): Promise<{ tests: number; records: EventRecord[] }> {
  const url = await makeQueue(side, own);
  const configure = async (QueueConfigurations: QueueConfiguration[]) =>
    side.s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: BUCKET,
        NotificationConfiguration: { QueueConfigurations },
      }),
    );
  await configure([{ QueueArn: await arnOf(side, url), ...rule }]);
  await act();
  // What comes after the expected ones would be one too many; S3 sends within a moment here.
  const bodies = await receiveAll(side, url, 1 + expectedEvents);
  await sleep(100);
  bodies.push(...(await receiveAll(side, url, 0)));
  await configure([]);
  const messages = bodies.map((body) => MESSAGE.parse(JSON.parse(body)));
  return {
    tests: messages.filter((message) => 'Event' in message).length,
    records: messages.flatMap((message) => ('Records' in message ? message.Records : [])),
  };
}

const CREATED: Pick<QueueConfiguration, 'Events'> = { Events: ['s3:ObjectCreated:*'] };

/** Run one after another: a bucket has one notification configuration. */
export const s3KeysAndEvents: readonly Expectation[] = [
  {
    name: 'odd keys are stored, listed and read as they are',
    expected: ODD_KEYS.map((key) => [key, key]),
    observe: async (side, own) => {
      for (const key of ODD_KEYS) await put(side, `${own}/${key}`, key);
      const { Contents = [] } = await side.s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: `${own}/` }));
      const listed = Contents.map(({ Key = '' }) => Key.slice(own.length + 1));
      const read = await Promise.all(listed.map(async (key) => [key, await text(side, `${own}/${key}`)]));
      return read.sort(([a = ''], [b = '']) => ODD_KEYS.indexOf(a) - ODD_KEYS.indexOf(b));
    },
  },
  {
    name: 'an event spells a key as a form field, with its slashes',
    expected: { tests: 1, keys: ['/a+b%2Bc%3Dd%25e%28f%29/gr%C3%BC%C3%9Fe%F0%9F%98%80'] },
    observe: async (side, own) => {
      const act = () => put(side, `${own}/a b+c=d%e(f)/grüße😀`, 'x');
      const { tests, records } = await notified(side, own, CREATED, act, 1);
      return { tests, keys: records.map(({ s3 }) => s3.object.key.slice(own.length)) };
    },
  },
  {
    name: 'an event names id, size, ETag and version of what was put',
    expected: {
      name: 'ObjectCreated:Put',
      id: 'forward',
      size: 3,
      eTag: '900150983cd24fb0d6963f7d28e17f72',
      same: true,
    },
    observe: async (side, own) => {
      const puts: (string | undefined)[] = [];
      const act = async () => puts.push((await put(side, own, 'abc')).VersionId);
      const { records } = await notified(side, own, { Id: 'forward', ...CREATED }, act, 1);
      const { eventName: name, s3 } = records[0] ?? {};
      const { size, eTag, versionId } = s3?.object ?? {};
      return { name, id: s3?.configurationId, size, eTag, same: versionId !== undefined && versionId === puts[0] };
    },
  },
  {
    name: 'sequencers of one key grow',
    expected: true,
    observe: async (side, own) => {
      const act = async () => {
        for (const body of ['1', '2', '3']) await put(side, own, body);
      };
      const { records } = await notified(side, own, CREATED, act, 3);
      // AWS: pad the shorter one with zeros on the right, then compare as text.
      const padded = records.map(({ s3 }) => s3.object.sequencer.padEnd(64, '0'));
      const sorted = [...padded].sort();
      return new Set(padded).size === 3 && padded.every((each, at) => each === sorted[at]);
    },
  },
  {
    name: 'events are named for what happened',
    expected: ['ObjectCreated:Put', 'ObjectCreated:Copy', 'ObjectRemoved:DeleteMarkerCreated', 'ObjectRemoved:Delete'],
    observe: async (side, own) => {
      const all = { Events: ['s3:ObjectCreated:*' as const, 's3:ObjectRemoved:*' as const] };
      const act = async () => {
        const { VersionId } = await put(side, own, 'x');
        const CopySource = `${BUCKET}/${own}`;
        await side.s3.send(new CopyObjectCommand({ Bucket: BUCKET, Key: `${own}-copy`, CopySource }));
        await remove(side, own);
        await remove(side, own, { VersionId });
      };
      const { records } = await notified(side, own, all, act, 4);
      return records.map(({ eventName }) => eventName);
    },
  },
  {
    name: 'a refused write is no event',
    expected: 1,
    observe: async (side, own) => {
      const act = async () => {
        await put(side, own, 'x');
        await outcomeOf(put(side, own, 'y', { IfNoneMatch: '*' }));
      };
      return (await notified(side, own, CREATED, act, 1)).records.length;
    },
  },
  {
    name: 'a filter passes what has both its prefix and its suffix',
    expected: ['/in/a.jsonl'],
    observe: async (side, own) => {
      const FilterRules = [
        { Name: 'prefix' as const, Value: `${own}/in/` },
        { Name: 'suffix' as const, Value: '.jsonl' },
      ];
      const act = async () => {
        for (const key of ['in/a.jsonl', 'in/a.csv', 'out/a.jsonl', 'inn/a.jsonl'])
          await put(side, `${own}/${key}`, 'x');
      };
      const { records } = await notified(side, own, { ...CREATED, Filter: { Key: { FilterRules } } }, act, 1);
      return records.map(({ s3 }) => s3.object.key.slice(own.length));
    },
  },
  {
    name: 'two rules that overlap are refused',
    expected: 'InvalidArgument 400',
    observe: async (side, own) => {
      const QueueArn = await arnOf(side, await makeQueue(side, own));
      const rule = (Id: string, Value: string): QueueConfiguration => ({
        Id,
        QueueArn,
        ...CREATED,
        Filter: { Key: { FilterRules: [{ Name: 'prefix', Value }] } },
      });
      const QueueConfigurations = [rule('wide', `${own}/`), rule('narrow', `${own}/deep/`)];
      return outcomeOf(
        side.s3.send(
          new PutBucketNotificationConfigurationCommand({
            Bucket: BUCKET,
            NotificationConfiguration: { QueueConfigurations },
          }),
        ),
      );
    },
  },
];
