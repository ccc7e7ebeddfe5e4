import type { AwsTool } from './aws-tool.ts';

/** A transition as campaigns receive it. */
export interface QueuedTransition {
  readonly id: string;
  readonly profileId: string;
  readonly n: number;
}

interface Received {
  readonly Messages?: readonly { readonly Body: string; readonly ReceiptHandle: string }[];
}

/** Takes all messages from the queue, in the order in which they come. */
export async function takeAll(aws: AwsTool, QueueUrl: string): Promise<QueuedTransition[]> {
  const taken: QueuedTransition[] = [];
  for (;;) {
    const { Messages = [] } = await aws<Received>('sqs', 'ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 });
    if (Messages.length === 0) return taken;
    for (const { Body } of Messages) {
      const { transitions } = JSON.parse(Body) as { transitions: readonly QueuedTransition[] };
      taken.push(...transitions);
    }
    const Entries = Messages.map(({ ReceiptHandle }, place) => ({ Id: String(place), ReceiptHandle }));
    await aws('sqs', 'DeleteMessageBatch', { QueueUrl, Entries });
  }
}
