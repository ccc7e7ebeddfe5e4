import { type Column, instant, number, text, truth, whole } from './column.ts';

/** A column of a training table, which may hold a list. */
export type TrainingColumn =
  | Column
  | { readonly name: string; readonly type: 'array<double>'; readonly comment: string };

/** Files in S3 under `training/<name>/run=<run>/`. A query must name the run: `WHERE run = '…'`. */
export interface TrainingTable {
  readonly name: string;
  readonly comment: string;
  readonly columns: readonly TrainingColumn[];
}

/** The one partition key of training tables. Its values are not listed: they are injected by the query. */
export const runPartition: Column = {
  name: 'run',
  type: 'string',
  comment: "Training run of the row. A query must say which: WHERE run = '…'.",
};

export const trainingFolder = 'training/';

const itemIndex = whole('item_index', 'Number of the item in the run, from 0.');
const person = whole('person', 'Number of the person in the run.');
const doubles = <Name extends string>(name: Name, comment: string) =>
  ({ name, type: 'array<double>', comment }) as const;

export const givenInteractions = {
  name: 'given_interactions',
  comment: 'Interactions of a file that is trained on in the place of the lake: npm run evaluate.',
  columns: [
    text('user_id', 'Person.'),
    text('item_id', 'Item.'),
    instant('happened_at', 'When; null where the file has no times.'),
    number('weight', 'Weight of the interaction; 1 where the file has none.'),
  ],
} as const satisfies TrainingTable;

export const trainingItems = {
  name: 'training_items',
  comment: 'Items of a training run.',
  columns: [
    itemIndex,
    text('item_id', 'Item.'),
    whole('people', 'People who had to do with it.'),
    number('popularity', 'Sum of the decayed weights of its people, as a share of the largest: 0 to 1.'),
    number('trend', 'How much faster than before it was sought at the end, as a share of the largest: 0 to 1.'),
  ],
} as const satisfies TrainingTable;

export const trainingInteractions = {
  name: 'training_interactions',
  comment: 'Histories of a training run: one row a person and item, without names.',
  columns: [
    person,
    itemIndex,
    number('weight', 'log2(1 + decayed sum of the weights of what the person did with the item).'),
    whole('place', 'How many items of the history are later, from 0; among equal times by a stable hash.'),
    whole('size', 'Items of the history.'),
    truth('held', 'Whether the row is held back for validation.'),
    whole('kept_size', 'Items of the history that are not held back.'),
    whole('kept_place', 'place among those.'),
    whole('sample', 'Order in which people are taken for validation, from 1; null for those who never are.'),
  ],
} as const satisfies TrainingTable;

export const trainingTrials = {
  name: 'training_trials',
  comment: 'What several forms of the model make of items for the people of the validation split.',
  columns: [
    person,
    itemIndex,
    doubles('scores', 'Σ over the history of weight · n_i^-b · Σ_u |u|^-a, one value for each form, before n_j^-c.'),
  ],
} as const satisfies TrainingTable;

export const trainingWeights = {
  name: 'training_weights',
  comment: 'What each row of a history gives to the pairs that it is in.',
  columns: [
    person,
    itemIndex,
    whole('place', 'How many items of the history are later.'),
    number('first_weight', 'As the first of a pair: weight · |u|^-a · n^-b.'),
    number('second_weight', 'As the second of a pair: weight · n^-c.'),
  ],
} as const satisfies TrainingTable;

export const trainingNeighbours = {
  name: 'training_neighbours',
  comment: 'Related items of each item of a training run.',
  columns: [
    itemIndex,
    text('kind', 'collaborative: what people did together with it; content: what is like it.'),
    doubles(
      'neighbours',
      'The closest first, score and number of the item packed in one: see shared/recommender/training/pack.ts.',
    ),
  ],
} as const satisfies TrainingTable;

/** Tables of training runs. They hold no names of people. */
export const trainingTables = [
  givenInteractions,
  trainingItems,
  trainingInteractions,
  trainingTrials,
  trainingWeights,
  trainingNeighbours,
] as const;

export type TrainingTableName = (typeof trainingTables)[number]['name'];

/** Key prefix of one part of a table and run. */
export const trainingPrefix = (table: TrainingTableName, run: string, part: string): string =>
  `${trainingFolder}${table}/run=${run}/${part}/`;
