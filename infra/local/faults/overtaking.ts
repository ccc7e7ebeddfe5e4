import type { AwsAnswer, AwsCall } from '../gateway/types.ts';

/** Puts of the same item that go by before one that is late: its own again, and what came after it. */
const OVERTAKEN_BY = 2;
/** So long a put waits to be overtaken; functions are not asked again about an item for ever. */
const LONGEST_MS = 20_000;

/** Late puts of items, which come when others have put a newer one in their place: else they would harm nothing. */
export class Overtaking {
  readonly #held = new Map<string, Set<() => void>>();

  /**
   * Resolves when an item of a put, or of a transaction with puts, was put again, and once more, or after 20 s; at once for a
   * call that puts no item.
   */
  async overtaken(call: AwsCall): Promise<void> {
    const items = itemsOf(call);
    if (items.length === 0) return;
    const passes = new Map<string, () => void>();
    await new Promise<void>((resolve) => {
      const longest = setTimeout(resolve, LONGEST_MS);
      longest.unref();
      for (const item of items) {
        let left = OVERTAKEN_BY;
        passes.set(item, () => {
          left -= 1;
          if (left > 0) return;
          clearTimeout(longest);
          resolve();
        });
      }
      for (const [item, pass] of passes) this.#held.set(item, (this.#held.get(item) ?? new Set()).add(pass));
    });
    for (const [item, pass] of passes) {
      this.#held.get(item)?.delete(pass);
      if (this.#held.get(item)?.size === 0) this.#held.delete(item);
    }
  }

  /** Tells of a call that was done. */
  done(call: AwsCall, { status }: AwsAnswer): void {
    if (this.#held.size === 0 || status !== 200) return;
    for (const item of itemsOf(call)) for (const pass of [...(this.#held.get(item) ?? [])]) pass();
  }
}

interface Put {
  readonly TableName?: string;
  readonly Item?: { readonly id?: { readonly S?: string } };
}
interface Input extends Put {
  readonly TransactItems?: readonly { readonly Put?: Put }[];
}

/** Table and id of the items that a call puts, those into tables of items with an id. */
function itemsOf({ service, operation, body }: AwsCall): string[] {
  if (service !== 'dynamodb' || (operation !== 'PutItem' && operation !== 'TransactWriteItems')) return [];
  const { TransactItems, ...put } = JSON.parse(body.toString()) as Input;
  const puts = operation === 'PutItem' ? [put] : (TransactItems ?? []).map(({ Put = {} }) => Put);
  return puts.flatMap(({ TableName, Item }) => (Item?.id?.S === undefined ? [] : `${TableName} ${Item.id.S}`));
}
