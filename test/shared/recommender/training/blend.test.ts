import { expect, test } from 'vitest';
import { defaultBlend } from '../../../../shared/recommender/model.ts';
import {
  beginTraining,
  nextAsk,
  type TrainingJob,
  trainedOf,
  withAnswer,
} from '../../../../shared/recommender/training/plan.ts';

/** The blend of a training whose people are too few, or whose time too short, to try anything on. */
function untunedBlend(over: Partial<TrainingJob>) {
  let state = beginTraining({
    run: 'r1',
    source: 'lake',
    asOf: Date.UTC(2026, 2, 2),
    budgetMs: 60_000,
    seed: 1,
    ...over,
  });
  for (let ask = nextAsk(state); ask !== undefined; ask = nextAsk(state)) {
    const rows = ask.kind === 'select' ? [['3', '20', '60', '200', '0']] : [];
    state = withAnswer(state, { rows, milliseconds: 1 });
  }
  return trainedOf(state).parameters.blend;
}

test('is the default one where there is nothing to tune it on', () => {
  expect(untunedBlend({})).toEqual({ collaborative: 0.4, content: 0.3, popularity: 0.3 });
  expect(untunedBlend({ budgetMs: 0 })).toEqual(defaultBlend);
});

test('has no content where there is no catalog, and the rest in the same proportion', () => {
  const { collaborative, content, popularity } = untunedBlend({ source: 'given' });
  expect(content).toBe(0);
  expect(collaborative / popularity).toBeCloseTo(4 / 3, 4);
  expect(collaborative + popularity).toBeCloseTo(1, 6);
});

test('is that of the settings where they name one', () => {
  const blend = { collaborative: 0.5, content: 0.25, popularity: 0.25 };
  expect(untunedBlend({ blend })).toEqual(blend);
});
