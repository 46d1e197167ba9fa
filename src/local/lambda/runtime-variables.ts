import { randomBytes } from 'node:crypto';
import { devNull } from 'node:os';

/** The variables a function sees: what Lambda sets, the function's own, and nothing else of this process. */
export interface FunctionSettings {
  readonly functionName: string;
  readonly handler: string;
  readonly taskRoot: string;
  readonly memoryMb: number;
  readonly env: Readonly<Record<string, string>>;
  /** Of the Node that runs the function, e.g. 24. */
  readonly nodeMajor: number;
}

/** Of this process only these pass: to find programs, and to trust a local certificate. */
const PASSED = ['PATH', 'NODE_EXTRA_CA_CERTS'];

/** Where a function lives when it says nothing. */
const DEFAULT_REGION = 'us-east-1';

export function regionOf(env: Readonly<Record<string, string>>): string {
  return env.AWS_REGION ?? DEFAULT_REGION;
}

/**
 * Builds the environment of one process. Names and precedence (reserved over own):
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function runtimeVariables(settings: FunctionSettings, runtimeApi: string): Record<string, string> {
  const { functionName, handler, taskRoot, memoryMb, env, nodeMajor } = settings;
  const region = regionOf(env);
  return {
    ...passed(),
    LANG: 'en_US.UTF-8',
    // As on Lambda, where a role's keys are always set and no ~/.aws exists: without these lines the SDK would find
    // the developer's own profile, and a local run could reach a real account.
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    ...env,
    TZ: ':UTC',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: `AWS_Lambda_nodejs${nodeMajor}.x`,
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName(new Date()),
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    LAMBDA_TASK_ROOT: taskRoot,
    _HANDLER: handler,
  };
}

function passed(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of PASSED) {
    const value = process.env[name];
    if (value !== undefined) found[name] = value;
  }
  return found;
}

function logStreamName(date: Date): string {
  return `${date.toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${randomBytes(16).toString('hex')}`;
}
