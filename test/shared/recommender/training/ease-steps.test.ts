import { describe, expect, test } from 'vitest';
import { decodeLists, encodeLists, holdsLists } from '../../../../shared/recommender/training/ease-lists.ts';
import { nextLambda } from '../../../../shared/recommender/training/ease-steps.ts';
import {
  type AnswerRow,
  type Ask,
  beginTraining,
  nextAsk,
  type TrainingJob,
  trainedOf,
  withAnswer,
} from '../../../../shared/recommender/training/plan.ts';
import { aList } from '../../../fixtures/models.ts';
import { aJob } from './a-training.ts';

const ndcgOf = (lambda: number): number => 1 / (1 + Math.abs(Math.log(lambda / 700)));
const tried = (lambda: number) => ({
  lambda,
  quality: { recall: 0, ndcg: ndcgOf(lambda), hitRate: 0, map: 0, coverage: 0, novelty: 0 },
});

/** Follows a plan over that many items, on which λ 700 is best. */
function follow(items: number, job: Partial<TrainingJob>, milliseconds = 1) {
  let state = beginTraining({ ...aJob, method: 'ease', ...job });
  const asks: Ask[] = [];
  for (let ask = nextAsk(state); ask; ask = nextAsk(state)) {
    asks.push(ask);
    const rows: AnswerRow[] = [];
    if (ask.kind === 'select' && asks.length === 3) rows.push(['100', `${items}`, '5000', '9000', '100']);
    else if (ask.kind === 'select') rows.push(['50', '100', '0', '0', '0', '0', '0']);
    else if (ask.kind === 'ease' && ask.trial) {
      rows.push(['1', `${ndcgOf(ask.lambda)}`, '0.2', '0.3', '0.1', '0.5', '8', '0.9', '0.05']);
    }
    state = withAnswer(JSON.parse(JSON.stringify(state)), { rows, milliseconds });
  }
  return { trained: trainedOf(state), eases: asks.filter((ask) => ask.kind === 'ease'), asks };
}

describe('lambda', () => {
  test('goes up or down from 200 by two until half and double are no better', () => {
    const lambdas: ReturnType<typeof tried>[] = [];
    for (let next = nextLambda(lambdas); next !== undefined; next = nextLambda(lambdas)) lambdas.push(tried(next));
    expect(lambdas.map(({ lambda }) => lambda)).toEqual([200, 400, 800, 1600]);
  });

  test('of the best trial trains the model, with its order and popularity', () => {
    const { trained, eases } = follow(500, { budgetMs: 60_000 });
    expect(eases.map(({ lambda, trial }) => [lambda, trial === undefined])).toEqual([
      [200, false],
      [400, false],
      [800, false],
      [1600, false],
      [800, true],
    ]);
    expect(trained.parameters).toMatchObject({
      ease: { lambda: 800 },
      blend: { collaborative: 0.95, content: 0, popularity: 0.05 },
      history: { orderDecay: 0.9 },
    });
    expect(trained.quality).toMatchObject({ ndcg: ndcgOf(800), recall: 0.2 });
    expect(trained.validated).toBe(50);
  });

  test('leaves content its default share where there is a catalog', () => {
    const { trained } = follow(500, { budgetMs: 60_000, hasCatalog: true });
    expect(trained.parameters.blend).toEqual({ collaborative: 0.665, content: 0.3, popularity: 0.035 });
  });

  test('is tried once when that takes longer than the budget, and not at all without one', () => {
    expect(follow(500, { budgetMs: 1_000 }, 1_001).eases).toHaveLength(2);
    const { trained, eases } = follow(500, { budgetMs: 0 });
    expect(eases).toMatchObject([{ lambda: 200 }]);
    expect(trained).toMatchObject({ validated: 0, parameters: { ease: { lambda: 200 } } });
  });
});

test('is tried on the people on whom the order of histories was found best', () => {
  let state = beginTraining({ ...aJob, method: 'best', hasTimes: true, budgetMs: 60_000 });
  let [samples, measures] = [0, 0];
  const people = new Set<number | undefined>();
  for (let ask = nextAsk(state); ask; ask = nextAsk(state)) {
    const rows: AnswerRow[] = [];
    if (ask.kind === 'ease') {
      if (ask.trial) people.add(ask.trial.people);
      rows.push(['1', '0.1', '0', '0', '0', '0', '0', '1', '0']);
    } else if (ask.kind === 'select' && state.done === 2) rows.push(['900', '500', '5000', '9000', '800']);
    else if (ask.kind === 'select' && ask.sql.startsWith('WITH reach')) {
      samples += 1;
      rows.push([samples === 1 ? '300' : '70', '100']);
    } else if (ask.kind === 'select') {
      measures += 1;
      rows.push(['1', `${measures / 1_000}`, '0', '0', '0', '0', '0']);
    }
    state = withAnswer(state, { rows, milliseconds: 1 });
  }
  expect(trainedOf(state)).toMatchObject({ validated: 300, parameters: { ease: { lambda: 200 } } });
  expect([...people]).toEqual([70]);
});

test('more items than EASE takes are trained by what people had together, which is said', () => {
  expect(follow(10_000, {}).trained.note).toBeUndefined();
  const { trained, eases, asks } = follow(10_001, {});
  expect(eases).toEqual([]);
  expect(asks.at(-1)).toMatchObject({ kind: 'unload', table: 'training_neighbours' });
  expect(trained.parameters.ease).toBeUndefined();
  expect(trained.note).toBe('Trained by what people had together: EASE takes up to 10000 items, and there are 10001.');
});

test('lists come back from their file', () => {
  const lists = [aList([4, 0.5], [2, -0.25]), aList(), aList([0, 2])];
  const file = encodeLists(lists, 7);
  expect(holdsLists(file)).toBe(true);
  expect(Array.from(decodeLists(file), ({ item, neighbours }) => [item, neighbours()])).toEqual(
    lists.map((list, at) => [7 + at, list]),
  );
  expect(holdsLists(Buffer.from('PAR1'))).toBe(false);
});
