import { itemList, modelVersions, recommendations } from '../recommendation.ts';
import type { Endpoint } from './endpoint.ts';
import { apiKeyProblems, problemAnswer } from './problem.ts';
import { listModels, popularItems, recommend, similarItems } from './recommendation-routes.ts';

const shared = { handler: 'recommendation-api', tag: 'Recommendations' } as const;

const problems = {
  ...apiKeyProblems,
  400: problemAnswer('A parameter is wrong; errors names it.', 'InvalidParameter'),
};

export const recommendationEndpoints: readonly Endpoint[] = [
  {
    ...recommend,
    ...shared,
    summary: 'Items for a person.',
    description:
      'By what the person did up to the last seconds; for somebody unknown, what is popular. Bought, sold-out and hidden items are left out, and so are those that `exclude` names. The consent `personalisation: false` makes it popular items, and the answer is not kept under the person.',
    responses: {
      200: { description: 'The items, the best first.', body: recommendations.meta({ id: 'Recommendations' }) },
      ...problems,
    },
    example: '/v1/recommendations?userId=u-1&n=10&placement=home',
  },
  {
    ...similarItems,
    ...shared,
    summary: 'Items like another.',
    description: 'What people view and buy together with it, and what is like it.',
    responses: {
      200: { description: 'The items, the closest first.', body: itemList.meta({ id: 'ItemList' }) },
      ...problems,
      404: problemAnswer('Neither the catalog nor the model knows the item.'),
    },
    example: '/v1/items/tent-2/similar?n=10',
  },
  {
    ...popularItems,
    ...shared,
    summary: 'Popular items.',
    responses: { 200: { description: 'The items, the most popular first.', body: itemList }, ...problems },
    example: '/v1/items/popular?n=10&category=Camping',
  },
  {
    ...listModels,
    ...shared,
    summary: 'Versions of the model and what they are worth.',
    description: 'How each training ended, the newest first, at most 100.',
    responses: {
      200: { description: 'The versions.', body: modelVersions.meta({ id: 'ModelVersions' }) },
      ...problems,
    },
    example: '/v1/recommendations/models',
  },
];
