import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import {
  NotSentError,
  sendTransitionsTo,
  type TransitionMessage,
} from '../../../functions/adapters/transition-queue.ts';
import type { Transition } from '../../../schemas/stream/control.ts';
import { aTransition } from '../../fixtures/transitions.ts';

afterEach(() => vi.unstubAllEnvs());

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
  readonly MessageGroupId: string;
  readonly MessageDeduplicationId: string;
}

/** A FIFO queue that takes or refuses single messages, and keeps each id once. */
function aQueue(refuses: (entry: Entry) => 'Throttled' | 'Wrong' | undefined = () => undefined) {
  const messages: Entry[] = [];
  const calls: Entry[][] = [];
  const service = async (_: string, { Entries }: { Entries: Entry[] }) => {
    calls.push(Entries);
    const Failed = [];
    for (const entry of Entries) {
      const code = refuses(entry);
      if (code !== undefined) Failed.push({ Id: entry.Id, Code: code, SenderFault: code === 'Wrong' });
      else if (!messages.some((each) => each.MessageDeduplicationId === entry.MessageDeduplicationId))
        messages.push(entry);
    }
    return { Failed };
  };
  return { messages, calls, send: sendTransitionsTo('https://sqs.example/queue.fifo', service as never) };
}

const sentOf = (messages: readonly Entry[]): Transition[] =>
  messages.flatMap(({ MessageBody }) => (JSON.parse(MessageBody) as TransitionMessage).transitions);

test('what a batch brings a person is one message, in the group of the person', async () => {
  const queue = aQueue();
  const transitions = [aTransition(), aTransition({ n: 2, to: 'exited' })];
  await queue.send(transitions);
  const { id, profileId } = aTransition();
  expect(queue.messages).toEqual([
    {
      Id: '0',
      MessageBody: JSON.stringify({ transitions }),
      MessageGroupId: profileId,
      MessageDeduplicationId: `${id}+2`,
    },
  ]);
});

test('many transitions of one person are several messages, sent one after another', async () => {
  const queue = aQueue();
  const transitions = Array.from({ length: 70 }, (_, n) => aTransition({ n: n + 1 }));
  await queue.send(transitions);
  expect(queue.calls.map(({ length }) => length)).toEqual([1, 1, 1, 1, 1]);
  expect(sentOf(queue.messages)).toEqual(transitions);
});

test('sends ten at a time', async () => {
  const queue = aQueue();
  await queue.send(Array.from({ length: 25 }, (_, n) => aTransition({ key: `user:${n}` })));
  expect(queue.calls.map(({ length }) => length).sort()).toEqual([10, 10, 5]);
  expect(queue.messages).toHaveLength(25);
});

test('a call stays below the size that SQS takes', async () => {
  const queue = aQueue();
  const long = 'x'.repeat(3_000);
  const people = Array.from({ length: 12 }, (_, n) => `user:${n}${long}`);
  await queue.send(people.flatMap((key) => Array.from({ length: 16 }, (_, n) => aTransition({ key, n: n + 1 }))));
  for (const call of queue.calls) expect(JSON.stringify(call).length).toBeLessThan(256 * 1024);
  expect(queue.messages).toHaveLength(people.length);
});

test('no one’s transitions pass each other, whichever messages are refused for the moment', async () => {
  const people = fc.array(fc.nat(2), { minLength: 1, maxLength: 150 });
  // As often as one message is sent again.
  const refusals = fc.array(fc.boolean(), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(people, refusals, async (people, refusals) => {
      const left = [...refusals];
      const queue = aQueue(() => (left.shift() ? 'Throttled' : undefined));
      const numbers = new Map<number, number>();
      const transitions = people.map((person) => {
        numbers.set(person, (numbers.get(person) ?? 0) + 1);
        return aTransition({ key: `user:${person}`, n: numbers.get(person) ?? 0 });
      });
      await queue.send(transitions);
      for (const person of new Set(people)) {
        const own = (all: readonly Transition[]) => all.filter(({ key }) => key === `user:${person}`);
        expect(own(sentOf(queue.messages))).toEqual(own(transitions));
      }
    }),
    { numRuns: 30 },
  );
});

test('fails when a message is refused for what it is', async () => {
  const queue = aQueue(({ MessageBody }) => (MessageBody.includes('user:bob') ? 'Wrong' : undefined));
  await expect(queue.send([aTransition(), aTransition({ key: 'user:bob' })])).rejects.toThrow(NotSentError);
  expect(queue.calls).toHaveLength(1);
});

test('fails when the queue goes on refusing', async () => {
  const queue = aQueue(() => 'Throttled');
  await expect(queue.send([aTransition()])).rejects.toThrow(/did not take 1 messages: Throttled/);
}, 20_000);

test('goes to the endpoint of the environment, wherever the queue’s URL points', async () => {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    bodies.push(body);
    response.setHeader('content-type', 'application/x-amz-json-1.0').end('{"Successful":[],"Failed":[]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'HWAudienceWriter');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const url = 'https://sqs.us-east-1.amazonaws.com/000000000000/transitions.fifo';
  await sendTransitionsTo(url)([aTransition()]);
  server.close();
  server.closeAllConnections();
  expect(bodies.map((body) => JSON.parse(body).QueueUrl)).toEqual([url]);
});
