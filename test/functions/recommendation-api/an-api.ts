import type { Attempt, ModelStore, PublishedModels } from '../../../functions/adapters/model-store.ts';
import { createRecommendationApi } from '../../../functions/recommendation-api/recommendation-api.ts';
import type { CatalogFields, CatalogItem, StoredItem } from '../../../schemas/catalog.ts';
import type { Answered } from '../../../schemas/stream/answered.ts';
import type { ControlRecord } from '../../../schemas/stream/control.ts';
import type { ItemNeighbours, ModelItems } from '../../../shared/recommender/model.ts';
import { aHead, aList } from '../../fixtures/models.ts';
import { aContext, anHttpEvent, answerOf } from '../http-event.ts';
import { World } from '../profile-updater/world.ts';
import { settingsKeys } from '../settings-keys.ts';

/** Items by popularity, the most popular first, and what they were seen together with, by id. */
export interface ShopModel {
  readonly version?: string;
  readonly items: readonly string[];
  readonly related?: Readonly<Record<string, readonly (readonly [id: string, score: number])[]>>;
  readonly alike?: Readonly<Record<string, readonly (readonly [id: string, score: number])[]>>;
}

/** A shop of five items: tents go with mats, stoves with pots; nobody knows the lamp's friends. */
export const camping: ShopModel = {
  items: ['tent', 'stove', 'mat', 'pot', 'lamp'],
  related: { tent: [['mat', 1]], mat: [['tent', 1]], stove: [['pot', 1]], pot: [['stove', 1]] },
  alike: { lamp: [['pot', 1]] },
};

export const campingCatalog: Readonly<Record<string, CatalogFields>> = {
  tent: { title: 'Tent', category: 'Camping > Tents', price: 129.9, currency: 'EUR' },
  stove: { title: 'Stove', category: 'Kitchen > Stoves' },
  mat: { title: 'Mat', category: 'Camping > Mats' },
  pot: { title: 'Pot', category: 'Kitchen > Pots' },
  lamp: { title: 'Lamp', category: 'Light' },
};

/** Versions of the model in memory; a test may lose or damage a part. */
export class MemoryModels implements Pick<ModelStore, 'head' | 'items' | 'neighbours' | 'attempts'> {
  published: PublishedModels | undefined;
  readonly parts = new Map<string, { items: ModelItems; neighbours: Map<number, ItemNeighbours> }>();
  readonly tried: Attempt[] = [];
  reads = 0;
  onRead: (what: 'head' | 'items' | 'neighbours', version: string) => void = () => undefined;

  publish(shop: ShopModel): void {
    const { version = '20260301T030000Z-aaaa', items: ids, related = {}, alike = {} } = shop;
    const indexed = (pairs: readonly (readonly [string, number])[] = []) =>
      aList(...pairs.map(([id, score]) => [ids.indexOf(id), score] as const));
    const neighbours = ids.map((id, index) => {
      return [index, { collaborative: indexed(related[id]), content: indexed(alike[id]) }] as const;
    });
    this.parts.set(version, {
      items: {
        ids,
        popularity: Float32Array.from(ids, (_, place) => 1 / (1 + place)),
        trend: new Float32Array(ids.length),
      },
      neighbours: new Map(neighbours),
    });
    const current = aHead({ version, items: ids.length });
    const before = this.published;
    this.published = { current, previous: before ? [before.current, ...before.previous] : [] };
  }

  async head() {
    this.#read('head', '');
    return this.published;
  }
  async items(version: string) {
    this.#read('items', version);
    return this.parts.get(version)?.items;
  }
  async neighbours(version: string, indexes: readonly number[]) {
    this.#read('neighbours', version);
    const found = indexes.flatMap((index) => {
      const neighbours = this.parts.get(version)?.neighbours.get(index);
      return neighbours ? [[index, neighbours] as const] : [];
    });
    return new Map(found);
  }
  async attempts() {
    return this.tried;
  }

  #read(what: 'head' | 'items' | 'neighbours', version: string): void {
    this.reads += 1;
    this.onRead(what, version);
  }
}

export interface AnApi {
  readonly world: World;
  readonly models: MemoryModels;
  /** What the catalog has, by id; a test changes it. */
  readonly catalog: Map<string, StoredItem>;
  /** What was put on the stream. */
  readonly answered: Answered[];
  readonly printed: string[];
  now: number;
  /** Called before an answer is put on the stream: throws when it cannot be. */
  onPublish: () => void;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<ReturnType<typeof answerOf>>;
  /** Ids of the items of an answer. */
  idsOf(path: string): Promise<string[]>;
  /** Says something else of an item. */
  put(itemId: string, fields: CatalogFields): void;
}

const authorized = { authorization: 'Bearer sk_local' };

/** The API before profiles that a profile-updater keeps, a model and a catalog, all in memory. */
export function anApi(
  over: {
    model?: ShopModel | null;
    catalog?: Readonly<Record<string, CatalogFields>>;
    holdoutShare?: number;
    isRepurchasable?: boolean;
  } = {},
): AnApi {
  const { model = camping, catalog = campingCatalog, holdoutShare = 0, isRepurchasable = false } = over;
  const world = new World();
  const models = new MemoryModels();
  if (model) models.publish(model);
  const stored = new Map<string, StoredItem>();
  let made = 0;

  const api: AnApi = {
    world,
    models,
    catalog: stored,
    answered: [],
    printed: [],
    now: world.now,
    onPublish: () => undefined,
    put(itemId, fields) {
      stored.set(itemId, { itemId, given: fields, learnt: {}, updatedAt: ++made });
    },
    async get(path, headers = authorized) {
      const url = new URL(path, 'http://x');
      const [, similarTo] = /^\/v1\/items\/(.+)\/similar$/.exec(url.pathname) ?? [];
      const route = similarTo ? '/v1/items/{id}/similar' : url.pathname;
      const event = anHttpEvent(`GET ${route}`, {
        headers,
        query: joined(url.searchParams),
        ...(similarTo && { params: { id: decodeURIComponent(similarTo) } }),
      });
      return answerOf(await handler(event, aContext()));
    },
    async idsOf(path) {
      const { status, body } = await api.get(path);
      if (status !== 200) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`);
      return body.items.map(({ itemId }: { itemId: string }) => itemId);
    },
  };
  for (const [itemId, fields] of Object.entries(catalog)) api.put(itemId, fields);

  const handler = createRecommendationApi({
    profiles: world.store,
    models,
    catalog: {
      read: async (ids) => new Map(ids.flatMap((id) => (stored.has(id) ? [[id, itemOf(stored, id)] as const] : []))),
      async *scan() {
        yield [...stored.values()];
      },
    },
    stream: {
      publish: async (records: readonly ControlRecord[]) => {
        api.onPublish();
        for (const record of records) if (record.kind === 'recommendations') api.answered.push(...record.items);
      },
    },
    holdoutShare,
    isRepurchasable,
    namespace: 'Headwater-test',
    clock: () => api.now,
    newId: () => `rec-${++made}`,
    print: (line) => api.printed.push(line),
    apiKeys: settingsKeys({ local: 'sk_local' }),
  });
  return api;
}

function itemOf(stored: ReadonlyMap<string, StoredItem>, itemId: string): CatalogItem {
  const { given, updatedAt = 0 } = stored.get(itemId) ?? {};
  return { itemId, ...given, updatedAt };
}

/** As API Gateway hands them on: a repeated parameter joined by commas. */
function joined(given: URLSearchParams): Record<string, string> {
  return Object.fromEntries(Array.from(given.keys(), (name) => [name, given.getAll(name).join(',')]));
}
