import { DEFAULT_PLACEMENT, recommendationRoutes } from '../../schemas/api/recommendation-routes.ts';
import type { Recommendations } from '../../schemas/recommendation.ts';
import type { RecommendationsRecord } from '../../schemas/stream/answered.ts';
import type { CatalogStore } from '../adapters/catalog-store.ts';
import type { ControlStream } from '../adapters/control-stream.ts';
import { embeddedMetrics } from '../adapters/embedded-metrics.ts';
import { errorFields, log } from '../adapters/log.ts';
import type { ModelStore } from '../adapters/model-store.ts';
import type { ProfileStore } from '../adapters/profile-store.ts';
import { type HttpHandler, json } from '../middleware/http.ts';
import { httpApi, type OperationRequest } from '../middleware/http-api.ts';
import type { KeyCheck } from '../middleware/key-check.ts';
import { ProblemError } from '../middleware/problem.ts';
import { type Choice, type Chosen, chooseFor, choosePopular, chooseSimilar, type Wanted } from './choose.ts';
import { modelVersionsOf } from './model-versions.ts';
import { Models } from './models.ts';
import { FRESH_MS, Shelf } from './shelf.ts';
import { findSomebody, isHoldout, type Somebody } from './somebody.ts';

export interface RecommendationApiProps {
  readonly profiles: Pick<ProfileStore, 'read'>;
  readonly models: Pick<ModelStore, 'head' | 'items' | 'neighbours' | 'attempts'>;
  readonly catalog: Pick<CatalogStore, 'read' | 'scan'>;
  readonly stream: ControlStream;
  /** Share of people, 0 to 1, that the model does not choose for. */
  readonly holdoutShare: number;
  /** Whether what somebody bought may be recommended again. */
  readonly isRepurchasable: boolean;
  /** Namespace of the metrics. */
  readonly namespace: string;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  /** A text that no other call answers. */
  readonly newId: () => string;
  /** Writes to the log. */
  readonly print: (line: string) => void;
  readonly apiKeys: KeyCheck;
}

type Asked = Wanted & {
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly placement: string;
  readonly exclude: readonly string[];
};
type Nothing = Readonly<Record<string, never>>;
type ById = { readonly id: string };

/** Longest that an answer waits for its record to be stored. */
const RECORD_MS = 500;
const never: Choice['isLeftOut'] = () => false;

/** Makes the handler that recommends items. */
export function createRecommendationApi(props: RecommendationApiProps): HttpHandler {
  const { clock, namespace, print } = props;
  const count = (metric: string, fields: Readonly<Record<string, string>>) =>
    print(embeddedMetrics({ namespace, metrics: { [metric]: 1 }, time: clock(), fields }));
  const shelf = new Shelf(props.catalog, clock);
  const models = new Models(props.models, clock, (version, error) => {
    log('error', 'A model could not be read: the one before it answers.', {
      code: 'model_unreadable',
      version,
      ...errorFields(error),
    });
    count('ModelFallbacks', { code: 'model_unreadable', version });
  });
  const byModel = <T>(choose: (choice: Choice) => Promise<T>, isLeftOut = never): Promise<T> =>
    models.answer((model, isFallback) => choose({ shelf, clock, model, isFallback, isLeftOut }));

  const leftOutFor = ({ hasBought }: Somebody, exclude: readonly string[]): Choice['isLeftOut'] => {
    const excluded = new Set(exclude);
    return (itemId) => excluded.has(itemId) || (!props.isRepurchasable && hasBought(itemId));
  };

  /** Puts what was answered on the stream; an answer that cannot be noted is given all the same. */
  const note = async (record: RecommendationsRecord): Promise<void> => {
    try {
      await props.stream.publish([record], Date.now() + RECORD_MS);
    } catch (error) {
      log('error', 'An answer could not be noted.', { code: 'answer_not_noted', ...errorFields(error) });
      count('AnswersNotNoted', { code: 'answer_not_noted' });
    }
  };

  return httpApi({
    endpoints: recommendationRoutes,
    apiKeys: props.apiKeys,
    operations: {
      async recommend({ query, space }: OperationRequest<Nothing, Asked>) {
        const requestedAt = clock();
        const [somebody] = await Promise.all([findSomebody(props.profiles, query, space, requestedAt), models.look()]);
        const isOfHoldout = somebody.key !== null && isHoldout(somebody.key, props.holdoutShare);
        const { items, model, variant }: Chosen = await byModel(
          (choice) => chooseFor(choice, somebody, query, isOfHoldout),
          leftOutFor(somebody, query.exclude),
        );
        const answer: Recommendations = { recommendationId: props.newId(), items, model };
        await note(recordOf(answer, { somebody, variant, requestedAt, query }));
        return json(200, answer);
      },

      async similarItems({ params: { id }, query: { n } }: OperationRequest<ById, { readonly n: number }>) {
        // What was unknown a moment ago may be known now: only then is the look at the store spared.
        const known = (await shelf.read([id], FRESH_MS)).get(id) ?? (await shelf.read([id], 0)).get(id);
        const list = await byModel(async (choice) => {
          if (known === undefined && !choice.model?.indexOf.has(id)) throw unknownItem(id);
          return await chooseSimilar(choice, { itemId: id, category: known?.category }, n);
        });
        return json(200, list);
      },

      async popularItems({ query }: OperationRequest<Nothing, { readonly n: number; readonly category?: string }>) {
        return json(200, await byModel((choice) => choosePopular(choice, { ...query, diversity: 0 })));
      },

      async listModels() {
        const [attempts, published] = await Promise.all([props.models.attempts(), props.models.head()]);
        return json(200, modelVersionsOf(attempts, published?.current.version));
      },
    },
  });
}

interface Answering {
  readonly somebody: Somebody;
  readonly variant: Chosen['variant'];
  readonly requestedAt: number;
  readonly query: Asked;
}

function recordOf(
  { recommendationId: id, items, model }: Recommendations,
  { somebody, variant, requestedAt, query: { placement = DEFAULT_PLACEMENT, category } }: Answering,
): RecommendationsRecord {
  const answered = {
    id,
    key: somebody.key,
    placement,
    variant,
    model: model.version,
    ...(category !== undefined && { category }),
    items: items.map(({ itemId, score, reason }) => ({ itemId, score, reason })),
    requestedAt,
  };
  return { v: 1, kind: 'recommendations', items: [answered] };
}

const unknownItem = (id: string): ProblemError =>
  new ProblemError(
    'item_not_found',
    `Neither the catalog nor the model knows an item ${id}: PUT it to /v1/catalog/items, or send events that name it.`,
  );
