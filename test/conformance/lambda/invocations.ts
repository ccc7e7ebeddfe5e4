import assert from 'node:assert/strict';
import { NotThere, refused, rules } from '../case.ts';
import type { Target } from '../target.ts';

async function invoke({ lambda, asked }: Target, event: unknown, more: object = {}) {
  const Payload = typeof event === 'string' ? event : JSON.stringify(event);
  const answer = await lambda.invoke({ FunctionName: asked(), Payload, ...more });
  const text = Buffer.from(answer.Payload ?? []).toString();
  return { ...answer, text, payload: text === '' ? undefined : JSON.parse(text) };
}

export const invocations = rules('lambda', 'invocations', 'lambda/latest/api/API_Invoke.html', {
  'RequestResponse answers 200 with what the handler returned': async (target) => {
    const { StatusCode, ExecutedVersion, FunctionError, payload } = await invoke(target, { a: 'ž' });
    assert.deepEqual([StatusCode, ExecutedVersion, FunctionError], [200, '$LATEST', undefined]);
    assert.equal(payload.size, JSON.stringify({ a: 'ž' }).length);
    assert.equal(payload.date, '1970-01-01T00:00:00.000Z');
  },
  'an error of the handler is an answer, too, with its type and message': async (target) => {
    const { StatusCode, FunctionError, payload } = await invoke(target, { throw: 'too far' });
    assert.deepEqual([StatusCode, FunctionError], [200, 'Unhandled']);
    assert.deepEqual([payload.errorType, payload.errorMessage], ['RangeError', 'too far']);
  },
  'Event answers 202 without a payload, before the work is done': async (target) => {
    const { StatusCode, text } = await invoke(target, { sleepMs: 200 }, { InvocationType: 'Event' });
    assert.deepEqual([StatusCode, text], [202, '']);
  },
  'DryRun answers 204 and does nothing': async (target) => {
    const { StatusCode, text } = await invoke(target, {}, { InvocationType: 'DryRun' });
    assert.deepEqual([StatusCode, text], [204, '']);
  },
  'a payload that is not JSON is InvalidRequestContentException': async (target) => {
    await refused(invoke(target, '{"a":'), 'InvalidRequestContentException');
  },
  'a payload above 6 MB is RequestTooLargeException': async (target) => {
    const event = { a: 'x'.repeat(6 * 1024 * 1024 + 100) };
    await refused(invoke(target, event), 'RequestTooLargeException', 'RequestEntityTooLargeException');
  },
  'an answer above 6 MB is an error of the function': async (target) => {
    const { FunctionError, payload } = await invoke(target, { answerBytes: 6 * 1024 * 1024 + 100 });
    assert.equal(FunctionError, 'Unhandled');
    assert.equal(payload.errorType, 'Function.ResponseSizeTooLarge');
  },
  'a process that ends is an error of the function, and the next invocation has another': async (target) => {
    const { FunctionError, payload } = await invoke(target, { exit: 3 });
    assert.deepEqual([FunctionError, payload.errorType], ['Unhandled', 'Runtime.ExitError']);
    assert.equal((await invoke(target, {})).payload.calls, 1);
  },
  'a function that is not there is ResourceNotFoundException': async ({ lambda, asked, fresh }) => {
    if (asked() === '') throw new NotThere('there is no function');
    await refused(lambda.invoke({ FunctionName: fresh() }), 'ResourceNotFoundException');
  },
});
