import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { App, BootstraplessSynthesizer, CfnOutput, type IStackSynthesizer, Stack } from 'aws-cdk-lib';
import * as z from 'zod';
import { CapturedEndpoint } from '../../lib/constructs/captured-endpoint';
import { pythonEnvironment } from './python-environment';
import { startMoto } from './s3-servers/moto';
import { runProgram } from './vendors/python-program';

/** The endpoint in a stack of its own on moto, which alone has SageMaker: what is deployed is what was meant. */
export const name = "data capture as deployed, on moto's SageMaker";

const STACK = 'endpoint';
const KEY = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const IMAGE = '111122223333.dkr.ecr.us-east-1.amazonaws.com/credit-risk:1';
const DATA = 's3://ml-models/credit-risk/model.tar.gz';

/** Every field: SageMaker captures nothing of a mode that is left out, and as BASE64 what no header names. */
const DATA_CAPTURE = {
  EnableCapture: true,
  InitialSamplingPercentage: 100,
  DestinationS3Uri: 's3://ml-captures/captures/credit-risk',
  KmsKeyId: KEY,
  CaptureOptions: [{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }],
  CaptureContentTypeHeader: {
    CsvContentTypes: ['text/csv'],
    JsonContentTypes: ['application/json', 'application/jsonlines'],
  },
};

/** What `cloudformation_create.py` prints. */
const MADE = z.object({
  status: z.string(),
  outputs: z.record(z.string(), z.string()),
  resources: z.record(z.string(), z.array(z.string())),
});

export async function run({ env }: { env: string }): Promise<{ skipped: string } | undefined> {
  const found = pythonEnvironment(env, { name: 'moto', minors: [11, 14] });
  if ('skipped' in found) return found;
  const folder = mkdtempSync(join(tmpdir(), 'moto-endpoint-'));
  const template = synthesize(folder);
  const moto = await startMoto(found.python);
  const client = new SageMakerClient({
    endpoint: moto.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'moto', secretAccessKey: 'moto' },
  });
  try {
    const made = MADE.parse(
      JSON.parse(await runProgram(found.python, 'cloudformation_create.py', [moto.url, STACK, template])),
    );
    // moto leaves out what it does not know, and calls the stack complete all the same.
    assert.deepEqual(Object.keys(made.resources).sort(), [
      'AWS::IAM::Role',
      'AWS::SageMaker::Endpoint',
      'AWS::SageMaker::EndpointConfig',
      'AWS::SageMaker::Model',
    ]);
    assert.equal(made.status, 'CREATE_COMPLETE');
    // moto's CloudFormation does not read EndpointName (its cloudformation_name_type is empty) and makes a name of its own.
    const endpointName = made.outputs.EndpointName;
    await expectEndpoint(client, { endpointName, roleName: made.resources['AWS::IAM::Role']?.[0] });
  } finally {
    client.destroy();
    await moto.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return undefined;
}

/** Without CDK's bootstrap, of which moto's `create_stack` knows no parameter. Returns the template's path. */
function synthesize(outdir: string): string {
  const app = new App({ outdir, postCliContext: { '@aws-cdk/core:validateAgainstDefaultRules': true } });
  // A class of CDK's own that its interface does not fit, where an optional member may not be undefined.
  const synthesizer = new BootstraplessSynthesizer() as IStackSynthesizer;
  const stack = new Stack(app, STACK, { synthesizer, analyticsReporting: false });
  const { endpoint } = new CapturedEndpoint(stack, 'Endpoint', {
    settings: { image: IMAGE, modelDataUrl: DATA, instanceType: 'ml.m5.large', instanceCount: 2 },
    capture: { bucket: 'ml-captures', prefix: 'captures/credit-risk/', kmsKey: KEY },
    defaultName: 'credit-risk',
  });
  new CfnOutput(stack, 'EndpointName', { value: endpoint.attrEndpointName });
  app.synth();
  return join(outdir, `${STACK}.template.json`);
}

async function expectEndpoint(
  client: SageMakerClient,
  { endpointName, roleName }: { readonly endpointName: string | undefined; readonly roleName: string | undefined },
): Promise<void> {
  const endpoint = await client.send(new DescribeEndpointCommand({ EndpointName: endpointName }));
  assert.equal(endpoint.EndpointStatus, 'InService');
  const config = await client.send(
    new DescribeEndpointConfigCommand({ EndpointConfigName: endpoint.EndpointConfigName }),
  );
  assert.deepEqual(config.DataCaptureConfig, DATA_CAPTURE);
  const [variant, ...others] = config.ProductionVariants ?? [];
  assert.deepEqual(others, []);
  assert.deepEqual(
    [variant?.VariantName, variant?.InstanceType, variant?.InitialInstanceCount],
    ['AllTraffic', 'ml.m5.large', 2],
  );
  const model = await client.send(new DescribeModelCommand({ ModelName: variant?.ModelName }));
  assert.deepEqual([model.PrimaryContainer?.Image, model.PrimaryContainer?.ModelDataUrl], [IMAGE, DATA]);
  // The role may write captures: with another, an endpoint works and captures nothing.
  assert.equal(model.ExecutionRoleArn?.split('/').at(-1), roleName);
}
