import type { FunctionSpec } from '../deploy/local-parts.ts';
import { accessKeyOf } from '../gateway/identity.ts';
import { region } from '../template/types.ts';

/**
 * The whole environment of a function's sandbox: what the template gives and what Lambda itself sets, nothing
 * of this process. The access key id says which function calls the gateway.
 */
export function environmentOf(spec: FunctionSpec, endpointUrl: string): Record<string, string> {
  return {
    _HANDLER: spec.handler,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyOf(spec.logicalId),
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: spec.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${spec.functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    LAMBDA_TASK_ROOT: spec.codeFolder,
    // As on AWS, and so that the SDK finds no settings of the developer's own account.
    HOME: '/home/sbx_user1051',
    LANG: 'en_US.UTF-8',
    PATH: '/usr/local/bin:/usr/bin:/bin',
    TZ: ':UTC',
    // By default glibc keeps an arena for nearly every thread, together some 10 MB in each sandbox.
    MALLOC_ARENA_MAX: '1',
    ...spec.environment,
  };
}
