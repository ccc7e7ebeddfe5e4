import { dayPartition, instant, type LakeView, type LandedTable, text } from './column.ts';
import { position } from './position.ts';

const recommendationColumns = [
  text('recommendation_id', 'Id of the answer: events that come of it carry it as their property recommendation_id.'),
  text('profile_key', 'Who asked, by the key of that time; null where consent to personalisation was denied.'),
  text('placement', 'Where the items were to be shown, in the words of the app; default where it named none.'),
  text(
    'variant',
    'Who chose: model; holdout (popular items, for somebody the model could have answered); popular (nothing to go by, no consent, or no model).',
  ),
  text('model_version', 'Version of the model that chose, or that would have; null where there was none.'),
  text('category', 'Category that was asked for.'),
  text('items', 'The items, best first: JSON array of objects with item_id, rank from 1, score and reason.'),
  instant('requested_at', 'When it was asked for.'),
] as const;

export const recommendationsLanded = {
  name: 'recommendations_landed',
  comment: 'Answers of recommendations as landed: an answer may be repeated. Query recommendations instead.',
  columns: [...recommendationColumns, ...position],
  sealing: {
    identity: ['recommendation_id'],
    order: ['sequence_number', 'record_index'],
    sort: ['requested_at'],
  },
} as const satisfies LandedTable;

export const recommendationsView: LakeView = {
  name: 'recommendations',
  comment: 'Answers of recommendations, one row an answer.',
  columns: [
    ...recommendationColumns,
    text('person_key', 'Person of the profile: the key that all keys of the person are joined to by now.'),
    dayPartition,
  ],
};
