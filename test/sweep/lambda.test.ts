import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { readWorkMessage } from '../../src/aws/work-message';
import { parseModelConfig } from '../../src/config/model-config';
import { type Lambda, startLambda } from '../../src/local/lambda/lambda';
import type { Queue } from '../../src/local/sqs/queue';
import { type SqsServer, startSqsServer } from '../../src/local/sqs/server';
import { hourOf } from '../../src/sweep/hours';
import { sweepSettings } from '../../src/sweep/sweep-settings';
import { shadowTestSettings } from '../support/shadow-tests';
import { BUCKET, type RunningServer, startServer } from '../local/s3/running-server';

/** The bundled function, as it is deployed, against S3 and SQS that speak their protocols. */
const ROOT = join(__dirname, '../..');
const NOON = Date.UTC(2026, 8, 1, 12);
const MODEL = {
  model: 'churn',
  capture: { bucket: BUCKET, prefix: 'captures/' },
  shadow: { test: shadowTestSettings({ dataStorage: { bucket: 'shadows', prefix: 'tests/' } }) },
  sinks: [
    { type: 'file', name: 'first', path: '/tmp/first' },
    { type: 'file', name: 'second', path: '/tmp/second' },
  ],
};

describe('the sweep function', () => {
  let nowMs = NOON;
  let s3: RunningServer;
  let sqs: SqsServer;
  let queues: Record<'first' | 'second', Queue>;
  let lambda: Lambda;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sweep-'));
    execFileSync(process.execPath, [join(ROOT, 'scripts/bundle.mjs'), join(folder, 'bundle'), 'sweep'], { cwd: ROOT });
    s3 = await startServer({ now: () => new Date(nowMs) });
    s3.server.createBucket('state');
    s3.server.createBucket('shadows');
    sqs = await startSqsServer();
    queues = { first: sqs.createQueue('first'), second: sqs.createQueue('second') };
    writeFileSync(join(folder, 'config.json'), JSON.stringify(MODEL));
    lambda = await startLambda({
      functionName: 'sweep',
      handler: 'index.handler',
      taskRoot: join(folder, 'bundle'),
      memoryMb: 256,
      timeoutMs: 60_000,
      env: {
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        AWS_ENDPOINT_URL_S3: s3.server.url,
        AWS_ENDPOINT_URL_SQS: sqs.url,
        CAPTURE_RELAY_CONFIG: join(folder, 'config.json'),
        CAPTURE_RELAY_STATE_BUCKET: 'state',
        CAPTURE_RELAY_SINK_QUEUES: JSON.stringify({ first: queues.first.arn, second: queues.second.arn }),
      },
    });
  });
  afterAll(async () => {
    await lambda.close();
    await sqs.close();
    await s3.stop();
    rmSync(folder, { recursive: true });
  });

  test('sends a capture that nobody told of to the queue of every sink, as the forwarder reads it', async () => {
    await lambda.invoke({});
    nowMs += 60_000;
    const Key = 'captures/churn/AllTraffic/2026/09/01/12/00-00-000-a.jsonl';
    const { ETag = '' } = await s3.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: 'lost' }));
    nowMs += 3_600_000 + 1_200_000;
    const result = await lambda.invoke({});

    expect(result).toMatchObject({ kind: 'ok', payload: { requeued: 2, hoursLeft: 0, stop: null } });
    for (const [sink, queue] of Object.entries(queues)) {
      const [message] = await queue.receive(10);
      expect(readWorkMessage(JSON.parse(message?.body ?? '') as Record<string, unknown>)).toMatchObject({
        file: { bucket: BUCKET, key: Key, versionId: null },
        eTag: ETag.replaceAll('"', ''),
        sinks: [sink],
        waits: 0,
      });
    }
    const stored = await s3.client.send(
      new GetObjectCommand({ Bucket: 'state', Key: `rollup/v1/churn/first/${hourOf(NOON)}` }),
    );
    expect(JSON.parse((await stored.Body?.transformToString()) ?? '')).toMatchObject({
      files: { captured: 1, missing: 1 },
    });
  });

  test('sends a capture of the shadow test, too, from the bucket that it lies in', async () => {
    const Key = 'tests/churn/Challenger/2026/09/01/13/30-00-000-s.jsonl';
    await s3.client.send(new PutObjectCommand({ Bucket: 'shadows', Key, Body: 'lost' }));
    nowMs += 3_600_000 + 1_200_000;

    await lambda.invoke({});

    const messages = await queues.first.receive(10);
    const files = messages.map(({ body }) => readWorkMessage(JSON.parse(body) as Record<string, unknown>)?.file);
    expect(files).toContainEqual({ bucket: 'shadows', key: Key, versionId: null });
  });

  test('fails when it could not do its work, so that it is tried again', async () => {
    s3.server.faults.add({ kind: 'deny', bucket: 'state' });
    const result = await lambda.invoke({});
    s3.server.faults.clear();

    expect(result).toMatchObject({ kind: 'error', errorMessage: expect.stringContaining('STATE_UNAVAILABLE') });
  });
});

describe('the settings of the sweep function', () => {
  const config = parseModelConfig(MODEL);
  const arn = (name: string): string => `arn:aws:sqs:us-east-1:111122223333:${name}`;

  test('give each sink its own queue, and the shared one to those without', () => {
    const { queues } = sweepSettings(
      { CAPTURE_RELAY_QUEUE: arn('all') },
      config,
      'state',
      new Map([[arn('own'), 'second']]),
    );

    expect([...queues]).toEqual([
      ['first', arn('all')],
      ['second', arn('own')],
    ]);
  });

  test('are refused with everything that is wanting', () => {
    const wanting = (): unknown =>
      sweepSettings({}, { ...config, capture: null }, null, new Map([['no-arn', 'first']]));

    expect(wanting).toThrow(/no ARN: no-arn/);
    expect(wanting).toThrow(/sink second has no queue/);
    expect(wanting).toThrow(/capture\.prefix/);
    expect(wanting).toThrow(/CAPTURE_RELAY_STATE_BUCKET/);
  });
});
