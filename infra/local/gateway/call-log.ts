import type { LogFile } from '../log-file.ts';
import type { AwsAnswer, AwsCall } from './types.ts';

const polls = new Set(['GetRecords', 'ReceiveMessage']);

/**
 * Writes a line of JSON for each call: who called what, how it ended, and how many bytes went each way; never what they
 * said. Polls of a stream or a queue are counted, not logged: they never end.
 */
export function callLog(file: LogFile, now: () => Date): (call: AwsCall, answer: AwsAnswer) => void {
  return ({ caller, service, operation, body }, answer) => {
    if (polls.has(operation)) return;
    const line = { time: now().toISOString(), caller, service, operation, status: answer.status };
    file.write(`${JSON.stringify({ ...line, bytesIn: body.length, bytesOut: answer.body.length })}\n`);
  };
}
