import type { LocalService } from '../gateway/types.ts';
import { account } from '../template/types.ts';
import { AwsError, jsonAnswer } from './errors.ts';
import { checkBatch, eachEntry } from './sqs/batch.ts';
import { checked, entries, inputs } from './sqs/input.ts';
import { checkBatchSize, outgoing, receivedAnswer, sentAnswer } from './sqs/messages.ts';
import type { Outgoing } from './sqs/queue.ts';
import { openQueueStore } from './sqs/queue-store.ts';
import { openQueues, type Queues } from './sqs/queues.ts';
import { receiptOf } from './sqs/receipt.ts';

export interface SqsOptions {
  readonly dataDir: string;
  /** Epoch milliseconds. Default: the clock. */
  readonly now?: () => number;
}

/** SQS, standard and FIFO, kept in `<dataDir>/sqs`. Throws `DataFolderError` when that cannot be opened. */
export async function createSqsService({ dataDir, now = Date.now }: SqsOptions): Promise<LocalService> {
  const store = await openQueueStore(dataDir);
  const queues = await openQueues(store, now);
  const operations = operationsOn(queues);
  return {
    name: 'sqs',
    handle: async ({ operation, body, headers }) => {
      const run = operations[operation as keyof typeof operations];
      if (!run) throw new AwsError('UnknownOperationException', `sqs has no local operation ${operation}`);
      const input = checked(inputs[operation as keyof typeof inputs], parsed(body)) as never;
      return jsonAnswer(((await run(input, `http://${headers.host}`)) ?? {}) as object, 200, '1.0');
    },
    close: async () => {
      for (const queue of queues.all()) queue.close();
      await store.close();
    },
  };
}

type Input<Name extends keyof typeof inputs> = ReturnType<(typeof inputs)[Name]['parse']>;
type Operations = {
  [Name in keyof typeof inputs]: (input: Input<Name>, base: string) => Promise<unknown>;
};

function operationsOn(queues: Queues): Operations {
  const urlOf = (base: string, name: string) => `${base}/${account}/${name}`;
  return {
    CreateQueue: async ({ QueueName, Attributes }, base) => {
      await queues.create(QueueName, Attributes);
      return { QueueUrl: urlOf(base, QueueName) };
    },
    SetQueueAttributes: ({ QueueUrl, Attributes }) => queues.byUrl(QueueUrl).configure(Attributes),
    GetQueueUrl: async ({ QueueName }, base) => ({ QueueUrl: urlOf(base, queues.byName(QueueName).name) }),
    GetQueueAttributes: async ({ QueueUrl, AttributeNames: asked }) => {
      const attributes = Object.entries(await queues.byUrl(QueueUrl).attributes());
      const shown = attributes.filter(([name]) => asked.includes('All') || asked.includes(name));
      return shown.length > 0 ? { Attributes: Object.fromEntries(shown) } : {};
    },
    ListQueues: async ({ QueueNamePrefix }, base) => {
      const names = queues.all().map(({ name }) => name);
      return { QueueUrls: names.filter((name) => name.startsWith(QueueNamePrefix)).map((name) => urlOf(base, name)) };
    },
    DeleteQueue: ({ QueueUrl }) => queues.delete(queues.byUrl(QueueUrl).name),
    PurgeQueue: ({ QueueUrl }) => queues.byUrl(QueueUrl).purge(),
    SendMessage: async (input) => {
      const queue = queues.byUrl(input.QueueUrl);
      const message = outgoing(queue, input);
      const [sent] = await queue.send([message]);
      return sent && sentAnswer(queue, message, sent);
    },
    SendMessageBatch: async ({ QueueUrl, Entries }) => {
      const queue = queues.byUrl(QueueUrl);
      checkBatch(Entries);
      const messages: { readonly Id: string; readonly message: Outgoing }[] = [];
      const { Failed } = await eachEntry(Entries, async (entry) => {
        messages.push({ Id: entry.Id, message: outgoing(queue, checked(entries.send, entry)) });
      });
      checkBatchSize(messages.map(({ message }) => message));
      const sent = await queue.send(messages.map(({ message }) => message));
      const Successful = messages.map(({ Id, message }, index) => {
        const original = sent[index];
        return { Id, ...(original && sentAnswer(queue, message, original)) };
      });
      return { Successful, Failed };
    },
    ReceiveMessage: async (input) => {
      const queue = queues.byUrl(input.QueueUrl);
      const { VisibilityTimeout, ReceiveMessageWaitTimeSeconds } = queue.settings;
      const received = await queue.receive(
        input.MaxNumberOfMessages,
        (input.VisibilityTimeout ?? VisibilityTimeout) * 1000,
        (input.WaitTimeSeconds ?? ReceiveMessageWaitTimeSeconds) * 1000,
      );
      const asked = [...input.AttributeNames, ...input.MessageSystemAttributeNames];
      const Messages = received.map((message) => receivedAnswer(queue, message, asked));
      return Messages.length > 0 ? { Messages } : {};
    },
    DeleteMessage: ({ QueueUrl, ReceiptHandle }) => queues.byUrl(QueueUrl).delete(receiptOf(ReceiptHandle)),
    DeleteMessageBatch: ({ QueueUrl, Entries }) => {
      const queue = queues.byUrl(QueueUrl);
      checkBatch(Entries);
      return eachEntry(Entries, (entry) => queue.delete(receiptOf(checked(entries.delete, entry).ReceiptHandle)));
    },
    ChangeMessageVisibility: ({ QueueUrl, ReceiptHandle, VisibilityTimeout }) =>
      queues.byUrl(QueueUrl).hide(receiptOf(ReceiptHandle), VisibilityTimeout * 1000),
    ChangeMessageVisibilityBatch: ({ QueueUrl, Entries }) => {
      const queue = queues.byUrl(QueueUrl);
      checkBatch(Entries);
      return eachEntry(Entries, (entry) => {
        const { ReceiptHandle, VisibilityTimeout } = checked(entries.hide, entry);
        return queue.hide(receiptOf(ReceiptHandle), VisibilityTimeout * 1000);
      });
    },
  };
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch (cause) {
    throw new AwsError('SerializationException', `The body is not JSON: ${(cause as Error).message}`);
  }
}
