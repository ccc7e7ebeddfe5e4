import type { AwsAnswer, AwsCall } from '../gateway/types.ts';
import { AwsError, errorAnswer } from '../services/errors.ts';
import type { Decision } from './evaluate.ts';
import type { Need } from './need.ts';
import type { Principal } from './principals.ts';

/** Why a call is denied, in AWS's words, and what would mend it. */
export function denialMessage(principal: Principal, { action, resource }: Need, { by }: Decision): string {
  const { arn, role, functionName } = principal;
  const denied = `User: ${arn} is not authorized to perform: ${action} on resource: ${resource}`;
  if (by) return `${denied} with an explicit deny in an identity-based policy: ${by.where}`;
  const missing = JSON.stringify({ Effect: 'Allow', Action: action, Resource: resource });
  return (
    `${denied} because no identity-based policy allows the ${action} action; ` +
    `the role ${role} of ${functionName} lacks ${missing}`
  );
}

/** Status of a denied call by service; the other JSON services answer 400. */
const forbidden = new Set(['lambda', 's3', 'sqs']);

/** A denied call as its service answers it. */
export function denialAnswer(call: AwsCall, message: string): AwsAnswer {
  const code = call.service === 's3' ? 'AccessDenied' : 'AccessDeniedException';
  const answer = errorAnswer(call, new AwsError(code, message, forbidden.has(call.service) ? 403 : 400));
  if (call.service === 's3') return answer;
  return { ...answer, headers: { ...answer.headers, 'x-amzn-errortype': code } };
}
