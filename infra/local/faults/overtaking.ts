import type { AwsAnswer, AwsCall } from '../gateway/types.ts';

/** Puts of the same item that go by before one that is late: its own again, and what came after it. */
const OVERTAKEN_BY = 2;
/** So long a put waits to be overtaken; functions are not asked again about an item for ever. */
const LONGEST_MS = 20_000;

/** Late puts of items, which come when others have put a newer one in their place: else they would harm nothing. */
export class Overtaking {
  readonly #held = new Map<string, Set<() => void>>();

  /** Resolves when the item of a put was put again, and once more, or after 20 s; at once for a call that puts no item. */
  async overtaken(call: AwsCall): Promise<void> {
    const item = itemOf(call);
    if (item === undefined) return;
    const held = this.#held.get(item) ?? new Set();
    this.#held.set(item, held);
    await new Promise<void>((resolve) => {
      const longest = setTimeout(release, LONGEST_MS);
      longest.unref();
      let left = OVERTAKEN_BY;
      function pass() {
        left -= 1;
        if (left === 0) release();
      }
      function release() {
        clearTimeout(longest);
        held.delete(pass);
        resolve();
      }
      held.add(pass);
    });
    if (held.size === 0) this.#held.delete(item);
  }

  /** Tells of a call that was done. */
  done(call: AwsCall, { status }: AwsAnswer): void {
    if (this.#held.size === 0 || status !== 200) return;
    const item = itemOf(call);
    if (item !== undefined) for (const pass of [...(this.#held.get(item) ?? [])]) pass();
  }
}

/** The table and id of the item that a call puts, if it puts one into a table of items with an id. */
function itemOf({ service, operation, body }: AwsCall): string | undefined {
  if (service !== 'dynamodb' || operation !== 'PutItem') return undefined;
  const { TableName, Item } = JSON.parse(body.toString()) as { TableName?: string; Item?: { id?: { S?: string } } };
  return Item?.id?.S === undefined ? undefined : `${TableName} ${Item.id.S}`;
}
