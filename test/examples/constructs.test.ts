import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { capturedEndpoint } from '../../examples/constructs/captured-endpoint';
import { forwarder } from '../../examples/constructs/forwarder';
import { found } from '../../examples/constructs/overlaps';
import { pipelineAlarms } from '../../examples/constructs/pipeline-alarms';
import { shadowVariant } from '../../examples/constructs/shadow-production-variants';
import { shadowTest } from '../../examples/constructs/shadow-test';
import { stores } from '../../examples/constructs/stores';
import { wholeApp } from '../../examples/constructs/whole-app';
import { MonitoringStack } from '../../examples/custom-app/monitoring-stack';
import * as published from '../../lib/index';
import { codeBlocks, generatedPart, readPage, ROOT, tableNames } from '../support/docs-pages';

// The built-in validation takes longer than everything else here; `npm run synth` runs it.
process.env.CDK_VALIDATION = 'false';

const PAGE = 'docs/constructs.md';
const FOLDER = 'examples/constructs';

function templateOf(make: (stack: Stack) => unknown): Template {
  const stack = new Stack(new App(), 'Mine');
  make(stack);
  return Template.fromStack(stack);
}

describe('docs/constructs.md', () => {
  test('names every export that is there at run time, and no other', () => {
    expect(tableNames(readPage(PAGE)).sort()).toEqual(Object.keys(published).sort());
  });

  const examples = [
    ...readdirSync(join(ROOT, FOLDER)).map((file) => ({ name: file.replace(/\.ts$/, ''), path: `${FOLDER}/${file}` })),
    { name: 'custom-app', path: 'examples/custom-app/app.ts' },
  ];

  test.each(examples)('shows $path as it is', ({ name, path }) => {
    const expected = `\n\`\`\`ts\n${readPage(path)}\`\`\`\n\n`;
    const part = generatedPart(readPage(PAGE), name);
    if (process.env.UPDATE_DOCS === '1' && part !== null) writeFileSync(join(ROOT, PAGE), part.replace(expected));

    expect(generatedPart(readPage(PAGE), name)?.text).toBe(expected);
  });
});

describe('an application of others', () => {
  /** With the package linked, as npm does it, and packages beside it. */
  function inApplication<Result>(files: Readonly<Record<string, string>>, body: (folder: string) => Result): Result {
    const folder = mkdtempSync(join(tmpdir(), 'consumer-'));
    const modules = join(folder, 'node_modules');
    mkdirSync(modules);
    symlinkSync(ROOT, join(modules, 'capture-relay'));
    for (const name of ['aws-cdk-lib', 'constructs', '@types'])
      symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    try {
      return body(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  test('is compiled with the options that the page gives', () => {
    const [options = ''] = codeBlocks(readPage(PAGE), 'json');
    const files = {
      'tsconfig.json': options,
      'stores.ts': readPage(`${FOLDER}/stores.ts`),
      'forwarder.ts': readPage(`${FOLDER}/forwarder.ts`),
      'shadow-test.ts': readPage(`${FOLDER}/shadow-test.ts`),
    };
    const { status, stdout } = inApplication(files, (cwd) =>
      spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', '.'], {
        cwd,
        encoding: 'utf8',
      }),
    );

    expect([status, stdout]).toEqual([0, '']);
  });

  test('tells what is wrong with its props once, without a stack, and makes nothing', () => {
    const app = readPage('examples/custom-app/app.ts');
    const broken = readPage('examples/custom-app/monitoring-stack.ts').replace(
      "const PREFIX = 'datacapture/churn/'",
      "const PREFIX = 'datacapture'",
    );
    const { status, stderr } = inApplication({ 'app.ts': app, 'monitoring-stack.ts': broken }, (cwd) =>
      spawnSync(process.execPath, ['--import', join(ROOT, 'node_modules/tsx/dist/loader.mjs'), 'app.ts'], {
        cwd,
        encoding: 'utf8',
      }),
    );

    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^the configuration has 2 problem\(s\):\n {2}- capture\.prefix must end .*\n {2}- watched\[0\]\.prefix must end .*\n$/,
    );
  });
});

describe('each construct stands alone', () => {
  test('buckets that outlive their stack, with their key', () => {
    const template = templateOf(stores);

    expect(
      Object.values(template.findResources('AWS::S3::Bucket')).map((each) => each.DeletionPolicy as unknown),
    ).toEqual(['Retain', 'Retain', 'Retain']);
    template.hasResource('AWS::KMS::Key', { DeletionPolicy: 'Retain' });
  });

  test('an endpoint that captures everything', () => {
    templateOf(capturedEndpoint).hasResourceProperties('AWS::SageMaker::EndpointConfig', {
      DataCaptureConfig: {
        EnableCapture: true,
        InitialSamplingPercentage: 100,
        DestinationS3Uri: Match.stringLikeRegexp('^s3://ml-captures/captures/credit-risk'),
      },
    });
  });

  test('a forwarder, its trigger and its alarms', () => {
    const template = templateOf((stack) => pipelineAlarms(stack, forwarder(stack, stores(stack))));
    const [captures] = Object.keys(
      template.findResources('AWS::S3::Bucket', { Properties: { BucketName: 'ml-captures-111122223333' } }),
    );

    template.resourceCountIs('AWS::SQS::Queue', 2);
    template.hasResourceProperties('Custom::CaptureNotifications', {
      BucketName: { Ref: captures },
      Rules: [Match.objectLike({ Prefix: 'captures/credit-risk/', Suffix: '.jsonl' })],
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName: 'credit-risk-missing-files-arthur' });
  });

  test('a shadow test', () => {
    templateOf(shadowTest).hasResourceProperties('AWS::SageMaker::InferenceExperiment', {
      EndpointName: 'credit-risk',
      DataStorageConfig: Match.objectLike({
        Destination: Match.stringLikeRegexp('^s3://ml-captures/shadow-tests/credit-risk'),
      }),
    });
  });

  test("a shadow variant of an endpoint's own configuration", () => {
    templateOf(shadowVariant).hasResourceProperties('AWS::SageMaker::EndpointConfig', {
      ShadowProductionVariants: [Match.objectLike({ VariantName: 'Challenger' })],
    });
  });

  test('the proof of an overlap, with a key', () => {
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^credit-risk and audit would both get captures\/credit-risk\/.*\.jsonl$/);
  });

  test('all of it, from a folder of YAML', () => {
    const names = wholeApp(new App(), join(ROOT, 'examples/two-endpoints-one-bucket'));

    expect(names).toEqual(['capture-relay-store', 'capture-relay-churn', 'capture-relay-credit-risk']);
  });
});

describe('examples/custom-app', () => {
  const template = Template.fromStack(new MonitoringStack(new App(), 'Monitoring'));

  test('forwards the captures of a bucket that the application made itself', () => {
    const [captures] = Object.keys(
      template.findResources('AWS::S3::Bucket', { Properties: { BucketName: 'ml-churn-captures' } }),
    );

    template.hasResourceProperties('Custom::CaptureNotifications', { BucketName: { Ref: captures } });
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Principal: { Service: 's3.amazonaws.com' },
            Condition: Match.objectLike({ ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [captures, 'Arn'] } } }),
          }),
        ]),
      },
    });
  });

  test('is a program that runs with tsx', () => {
    const folder = mkdtempSync(join(tmpdir(), 'custom-app-'));
    execFileSync(process.execPath, ['--import', 'tsx', 'examples/custom-app/app.ts'], {
      cwd: ROOT,
      env: { ...process.env, CDK_OUTDIR: folder },
    });
    const made = readdirSync(folder);
    rmSync(folder, { recursive: true });

    expect(made).toContain('Monitoring.template.json');
  });
});
