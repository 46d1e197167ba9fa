import { Annotations } from 'aws-cdk-lib';
import { CfnScalableTarget, CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling';
import { CfnEndpoint, CfnEndpointConfig, CfnModel } from 'aws-cdk-lib/aws-sagemaker';
import { PolicyDocument, type PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { CaptureSettings } from '../../src/config/deploy/capture-schema';
import type { CreateEndpointSettings } from '../../src/config/deploy/endpoint-schema';
import { ConfigError } from '../../src/core/errors';
import { dataCaptureConfig } from '../endpoint/capture-config';
import { endpointProblems } from '../endpoint/endpoint-problems';
import { deploymentConfig } from '../endpoint/deployment-config';
import { captureStatements, endpointRole } from '../endpoint/endpoint-role';
import { pasteable } from '../endpoint/pasteable';
import { productionVariants, shadowVariants, type VariantPlan } from '../endpoint/endpoint-variants';
import { chosenKey, keyId } from '../kms/chosen-key';
import { tellKeyPolicies } from '../kms/tell-key-policies';
import { type ShadowProductionVariant, shadowProductionVariants } from './shadow-production-variants';

export interface CapturedEndpointProps {
  /** `endpoint.create` of a configuration. */
  readonly settings: CreateEndpointSettings;
  /** `capture` of a configuration: where captures go, and how they are made. */
  readonly capture: CaptureSettings;
  /** Name of the endpoint where the settings have none. */
  readonly defaultName: string;
  /** Encrypts captures where `capture.kmsKey` names no other. Default: the bucket's own encryption. */
  readonly captureKey?: Pick<IKey, 'keyArn'>;
}

/**
 * A real-time endpoint that captures every request and response. On the L1 classes: no construct library has data
 * capture (aws-cdk #23150). The configuration stays unnamed, since every change replaces it, and CloudFormation makes
 * the new one before it removes the old. Throws a ConfigError for settings that would leave traffic uncaptured, or that
 * SageMaker refuses.
 */
export class CapturedEndpoint extends Construct {
  readonly endpointName: string;
  readonly endpoint: CfnEndpoint;
  readonly variants: readonly string[];
  readonly shadowVariants: readonly string[];
  /** Model names by variant, for shadow tests. */
  readonly models = new Map<string, string>();
  /** Null for a role that was made elsewhere. */
  readonly role: Role | null;
  private readonly roleArn: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: CapturedEndpointProps,
  ) {
    super(scope, id);
    const { settings, capture } = props;
    const problems = endpointProblems(settings, capture);
    if (problems.length > 0) throw new ConfigError(problems);
    const captureKey = chosenKey(capture.kmsKey, props.captureKey ?? null);
    const volumeKey = chosenKey(settings.volumeKmsKey, null);
    const permissions = { settings, capture, captureKey, volumeKey };
    this.role = settings.role === undefined ? endpointRole(this, 'Role', permissions) : null;
    this.roleArn = this.role?.roleArn ?? settings.role ?? '';
    if (settings.role !== undefined) this.tellRole(settings.role, captureStatements(this, permissions));
    tellKeyPolicies(this, this.roleArn, [
      { setting: 'capture.kmsKey', text: capture.kmsKey, use: 'write' },
      { setting: 'endpoint.create.volumeKmsKey', text: settings.volumeKmsKey, use: 'volume' },
    ]);
    const production = productionVariants(settings);
    const shadow = shadowVariants(settings);
    const config = new CfnEndpointConfig(this, 'Config', {
      productionVariants: production.map((each) => this.variant(each)),
      ...(shadow.length === 0
        ? {}
        : {
            shadowProductionVariants: shadowProductionVariants(
              production.map((each) => each.name),
              shadow.map((each) => this.variant(each)),
            ),
          }),
      dataCaptureConfig: dataCaptureConfig(capture, captureKey === null ? null : keyId(captureKey)),
      ...(volumeKey === null ? {} : { kmsKeyId: keyId(volumeKey) }),
    });
    this.endpointName = settings.name ?? props.defaultName;
    const isScaled = production.some((each) => each.autoscaling !== null);
    const deployment = deploymentConfig(settings.deployment);
    this.endpoint = new CfnEndpoint(this, 'Endpoint', {
      endpointName: this.endpointName,
      endpointConfigName: config.attrEndpointConfigName,
      ...(deployment === null ? {} : { deploymentConfig: deployment }),
      // Or an update would put back the number of instances that scaling has left.
      ...(isScaled ? { retainAllVariantProperties: true } : {}),
    });
    for (const each of production) this.scale(each);
    this.variants = production.map((each) => each.name);
    this.shadowVariants = shadow.map((each) => each.name);
  }

  private variant(plan: VariantPlan): CfnEndpointConfig.ProductionVariantProperty & ShadowProductionVariant {
    const { container, name } = plan;
    const model = new CfnModel(this, `Model${name}`, {
      executionRoleArn: this.roleArn,
      primaryContainer: {
        ...(container.image === undefined ? {} : { image: container.image }),
        ...(container.modelDataUrl === undefined ? {} : { modelDataUrl: container.modelDataUrl }),
        ...(container.modelPackage === undefined ? {} : { modelPackageName: container.modelPackage }),
        ...(container.inferenceSpecification === undefined
          ? {}
          : { inferenceSpecificationName: container.inferenceSpecification }),
        ...(container.environment === undefined ? {} : { environment: container.environment }),
      },
      ...(this.props.settings.networkIsolation === undefined
        ? {}
        : { enableNetworkIsolation: this.props.settings.networkIsolation }),
      ...(this.props.settings.vpc === undefined
        ? {}
        : {
            vpcConfig: {
              subnets: this.props.settings.vpc.subnets,
              securityGroupIds: this.props.settings.vpc.securityGroups,
            },
          }),
    });
    this.models.set(name, model.attrModelName);
    return {
      variantName: name,
      modelName: model.attrModelName,
      instanceType: plan.instanceType,
      initialInstanceCount: plan.autoscaling?.minInstances ?? plan.instanceCount,
      initialVariantWeight: plan.weight,
    };
  }

  private scale({ name, autoscaling }: VariantPlan): void {
    if (autoscaling === null) return;
    const target = new CfnScalableTarget(this, `Scaling${name}`, {
      serviceNamespace: 'sagemaker',
      scalableDimension: 'sagemaker:variant:DesiredInstanceCount',
      resourceId: `endpoint/${this.endpointName}/variant/${name}`,
      minCapacity: autoscaling.minInstances,
      maxCapacity: autoscaling.maxInstances,
    });
    target.addResourceDependency(this.endpoint);
    new CfnScalingPolicy(this, `Tracking${name}`, {
      policyName: `${this.endpointName}-${name}`,
      policyType: 'TargetTrackingScaling',
      scalingTargetId: target.ref,
      targetTrackingScalingPolicyConfiguration: {
        predefinedMetricSpecification: { predefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
        targetValue: autoscaling.invocationsPerInstance,
      },
    });
  }

  /** A role that somebody else made cannot be given what it needs from here. */
  private tellRole(role: string, statements: PolicyStatement[]): void {
    const needed = pasteable(this, new PolicyDocument({ statements }));
    Annotations.of(this).addInfo(`${role} must hold these statements, or nothing is captured:\n${needed}`);
  }
}
