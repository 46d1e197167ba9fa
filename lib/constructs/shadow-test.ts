import { Annotations, CfnOutput, Stack } from 'aws-cdk-lib';
import { type IRole, Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnInferenceExperiment } from 'aws-cdk-lib/aws-sagemaker';
import { Construct } from 'constructs';
import { contentTypesOf } from '../../src/config/content-types';
import { problemsOf } from '../../src/config/problems';
import { type CapturePlace, destinationUri } from '../../src/config/shadow-capture';
import { scheduleText } from '../../src/config/shadow-schedule';
import { type RawShadowTest, shadowTest, shadowTestNotes } from '../../src/config/shadow-test';
import { ConfigError } from '../../src/core/errors';
import { type ChosenKey, chosenKey, keyId } from '../kms/chosen-key';
import { tellKeyPolicies } from '../kms/tell-key-policies';
import { acknowledgeWildcards } from '../nag/acknowledge';
import { captureStatements, ShadowTestRole } from './shadow-test-role';

export interface ShadowTestProps {
  /** `shadow.test` as in the model's YAML; checked here, too. */
  readonly test: RawShadowTest;
  /**
   * Where both variants' captures go: `shadowCapture` of the configuration, or a bucket known only at deployment. Null:
   * nothing is captured, which `capture: false` must say as well.
   */
  readonly storage: CapturePlace | null;
  /**
   * Key of the captures in S3, where the settings name none: that of the bucket, so that its readers can read them. Its
   * policy is for whoever made it.
   * @default what S3 encrypts with by default
   */
  readonly captureKey?: Pick<IKey, 'keyArn'>;
  /** @default `test.endpoint` */
  readonly endpointName?: string;
  /** SageMaker model of the variants that name none: the one that the same deployment makes. */
  readonly modelName?: string;
  /** `s3://bucket/key` of the variants' model data, which a role made here may read. */
  readonly modelDataUrls?: readonly string[];
  /** @default `test.role`, else one made here */
  readonly role?: IRole;
  /**
   * Execution role of models that the same deployment makes. It writes an endpoint's captures (SageMaker Developer Guide,
   * "Capture data"), and AWS does not say that a test's are written by another, so it may write these, too.
   */
  readonly modelRole?: IRole;
}

/**
 * A shadow test on an endpoint. While it runs, SageMaker owns the endpoint's variants and puts them back afterwards:
 * change the endpoint only when it has ended. Deleting it deletes neither endpoint nor captures. A name cannot be used
 * again. Throws a ConfigError that lists every problem.
 */
export class ShadowTest extends Construct {
  readonly arn: string;
  readonly role: IRole;

  constructor(scope: Construct, id: string, props: ShadowTestProps) {
    super(scope, id);
    const { test, endpointName, modelNames } = checkedProps(props);
    const stack = Stack.of(this);
    const models = [...new Set(modelNames)];
    const captureKey = chosenKey(test.dataStorage?.kmsKey, props.captureKey ?? null);
    this.role =
      props.role ??
      givenRole(this, test) ??
      new ShadowTestRole(this, 'Role', { ...props, captureKey, endpointName, models });
    if (props.modelRole !== undefined) shareCapture(props.modelRole, { storage: props.storage, captureKey }, stack);
    tellKeyPolicies(this, this.role.roleArn, [
      { setting: 'shadow.test.kmsKey', text: test.kmsKey, use: 'experiment' },
      { setting: 'shadow.test.dataStorage.kmsKey', text: test.dataStorage?.kmsKey, use: 'write' },
    ]);
    for (const note of shadowTestNotes(test)) Annotations.of(this).addInfo(note);
    const experiment = new CfnInferenceExperiment(this, 'Experiment', {
      name: test.name,
      type: 'ShadowMode',
      endpointName,
      roleArn: this.role.roleArn,
      ...(test.description === undefined ? {} : { description: test.description }),
      ...(test.kmsKey === undefined ? {} : { kmsKey: test.kmsKey }),
      modelVariants: test.variants.map((variant, at) => modelVariant(variant, modelNames[at] ?? '')),
      shadowModeConfig: {
        sourceModelVariantName: test.sourceVariant,
        shadowModelVariants: [
          {
            shadowModelVariantName: test.shadowVariant.variant,
            samplingPercentage: test.shadowVariant.samplingPercentage,
          },
        ],
      },
      ...(test.schedule === undefined ? {} : { schedule: schedule(test.schedule) }),
      ...(props.storage === null ? {} : { dataStorageConfig: dataStorageConfig(props.storage, test, captureKey) }),
      ...(test.tags === undefined ? {} : { tags: test.tags }),
    });
    // SageMaker assumes the role as soon as the experiment is created.
    experiment.node.addDependency(this.role);
    this.arn = experiment.attrArn;
    new CfnOutput(this, 'Arn', { value: this.arn, description: `ARN of the shadow test ${test.name}` });
  }
}

function checkedProps({ test: raw, storage, endpointName: given, modelName }: ShadowTestProps): {
  test: RawShadowTest;
  endpointName: string;
  modelNames: string[];
} {
  const parsed = shadowTest.safeParse(raw);
  if (!parsed.success) throw new ConfigError(problemsOf(parsed.error, raw, 'shadow.test'));
  const test = parsed.data;
  const endpointName = given ?? test.endpoint;
  const problems: string[] = [];
  if (endpointName === undefined) problems.push('shadow.test.endpoint is missing: give the name of the endpoint');
  test.variants.forEach(({ model, variant }, at) => {
    if ((model ?? modelName) === undefined)
      problems.push(`shadow.test.variants[${at}].model is missing: give the SageMaker model of variant ${variant}`);
  });
  if ((storage === null) !== (test.capture === false))
    problems.push(
      storage === null
        ? 'shadow.test.dataStorage is missing: give its bucket, or capture: false when the test shall capture nothing'
        : 'shadow.test.capture is false, but a place for captures is given; remove one of the two',
    );
  if (endpointName === undefined || problems.length > 0) throw new ConfigError(problems);
  return { test, endpointName, modelNames: test.variants.map(({ model }) => model ?? modelName ?? '') };
}

function shareCapture(role: IRole, capture: Parameters<typeof captureStatements>[0], stack: Stack): void {
  const statements = captureStatements(capture, stack);
  for (const statement of statements) role.addToPrincipalPolicy(statement);
  acknowledgeWildcards(role, statements, 'Captures below the prefix of the shadow test, whose names SageMaker makes.');
}

const givenRole = (scope: Construct, { role }: RawShadowTest): IRole | null =>
  role === undefined ? null : Role.fromRoleArn(scope, 'GivenRole', role, { mutable: false });

const modelVariant = (
  { variant, instanceType, instanceCount }: RawShadowTest['variants'][number],
  modelName: string,
): CfnInferenceExperiment.ModelVariantConfigProperty => ({
  variantName: variant,
  modelName,
  infrastructureConfig: {
    // The API has this value alone; CloudFormation's page says `RealTime`, which is refused when it is deployed.
    infrastructureType: 'RealTimeInference',
    realTimeInferenceConfig: { instanceType, instanceCount },
  },
});

const schedule = ({
  start,
  end,
}: NonNullable<RawShadowTest['schedule']>): CfnInferenceExperiment.InferenceExperimentScheduleProperty => ({
  ...(start === undefined ? {} : { startTime: scheduleText(start) }),
  endTime: scheduleText(end),
});

function dataStorageConfig(
  storage: CapturePlace,
  { dataStorage }: RawShadowTest,
  captureKey: ChosenKey | null,
): CfnInferenceExperiment.DataStorageConfigProperty {
  const { csv, json } = contentTypesOf(dataStorage?.contentTypes);
  return {
    destination: destinationUri(storage),
    // Always written: without it SageMaker captures everything as BASE64.
    contentType: { csvContentTypes: [...csv], jsonContentTypes: [...json] },
    ...(captureKey === null ? {} : { kmsKey: keyId(captureKey) }),
  };
}
