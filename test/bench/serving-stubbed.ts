// First of all, as in the function: how the heap grows is settled before it does.
import '../../functions/recommendation-api/heap.ts';
import { EventEmitter } from 'node:events';
import { servingHandler } from './serving-handler.ts';
import { type Answer, servingTables } from './serving-tables.ts';

/**
 * The handler with its storage stubbed where the network begins: `request` of `node:http` hands over what it is asked, and
 * an answer in the pieces in which a socket brings it, in a turn of the event loop of its own. Tells the milliseconds of each answer.
 */
const [items = 0, related = 0, people = 0] = process.argv.slice(2).map(Number);
const answer = await servingTables(items, related, people);
/** As much as a socket brings at once. */
const PIECE = 65_536;

process.getBuiltinModule('node:http').request = stubbed(answer) as never;
const serve = await servingHandler('http://127.0.0.1:1');
const spent: number[] = [];
for (let person = 0; person < people; person += 1) spent.push(await serve(person));
process.send?.(spent);
process.on('disconnect', () => process.exit());

interface Options {
  readonly headers: Readonly<Record<string, string>>;
}

function stubbed(answered: Answer) {
  return ({ headers }: Options) => {
    const request = Object.assign(new EventEmitter(), {
      destroy: (error: Error) => void request.emit('error', error),
      end: (body: Buffer) => void setImmediate(respond, body),
    });
    const operation = String(headers['x-amz-target']).split('.')[1] ?? '';
    const respond = (body: Buffer) => {
      const bytes = Buffer.concat(answered(operation, body.toString()));
      const response = Object.assign(new EventEmitter(), { statusCode: 200, headers: {} });
      request.emit('response', response);
      for (let at = 0; at < bytes.length; at += PIECE) response.emit('data', bytes.subarray(at, at + PIECE));
      response.emit('end');
    };
    return request;
  };
}
