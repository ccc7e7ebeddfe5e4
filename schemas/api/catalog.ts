import * as z from 'zod';
import { type CatalogFields, catalogFields, MAX_ITEMS } from '../catalog.ts';
import { getItem, listItems, putItems } from './catalog-routes.ts';
import type { Endpoint } from './endpoint.ts';
import { apiKeyProblems, bodyProblems, notStored, problemAnswer } from './problem.ts';

const catalogItem = z
  .object({
    itemId: z.string(),
    title: z.string().optional(),
    category: z.string().optional().describe('Path from the widest to the closest, levels joined by ` > `.'),
    brand: z.string().optional(),
    price: z.number().nonnegative().optional(),
    currency: z.string().optional().describe('ISO 4217 code of the price.'),
    tags: z.array(z.string()).optional(),
    stock: z.number().int().nonnegative().optional().describe('Units for sale; absent means enough.'),
    hidden: z.boolean().optional(),
    image: z.string().optional(),
    url: z.string().optional(),
    updatedAt: z.iso.datetime(),
    learnt: z
      .array(z.enum(catalogFields as readonly [keyof CatalogFields, ...(keyof CatalogFields)[]]))
      .describe('Fields that nobody gave: they are as events tell.'),
  })
  .meta({ id: 'CatalogItem' });
export type CatalogItemView = z.infer<typeof catalogItem>;

const itemsPage = z.object({ items: z.array(catalogItem), nextCursor: z.string().nullable() });
const itemsTaken = z.object({ items: z.number().int().nonnegative().describe('Items of the request.') });

const invalid = problemAnswer('A parameter is wrong; errors names it.', 'InvalidParameter');
const shared = { handler: 'catalog-api', tag: 'Catalog' } as const;

export const catalogEndpoints: readonly Endpoint[] = [
  {
    ...putItems,
    ...shared,
    summary: `Say what is known of up to ${MAX_ITEMS} items.`,
    description:
      'A field that is left out stays as it is, `null` unsets one: then what events tell of it shows, if they do. Each field is written by itself, so that whoever changes another one at the same moment takes nothing away. All items are taken, or with one that is wrong none; the same request may be sent again. An item stands at most once in a request.',
    responses: {
      ...apiKeyProblems,
      200: { description: 'All items are stored.', body: itemsTaken },
      503: notStored,
      ...bodyProblems,
      413: problemAnswer('The body is above 2 MB: send fewer items at once.', 'CatalogTooLarge'),
    },
    example: {
      items: [
        {
          itemId: 'p-100',
          title: 'Fernpath Ridge Tent 2',
          category: 'Camping > Tents',
          brand: 'Fernpath',
          price: 249.9,
          currency: 'USD',
          tags: ['lightweight', 'two persons'],
          stock: 14,
          image: 'https://www.fernpath.example/images/ridge-tent-2.webp',
          url: 'https://www.fernpath.example/products/ridge-tent-2',
        },
        { itemId: 'p-101', stock: 0 },
      ],
    },
  },
  {
    ...listItems,
    ...shared,
    summary: 'All items of the catalog.',
    description: 'In no order that means anything, but always the same.',
    responses: { 200: { description: 'A page of items.', body: itemsPage }, 400: invalid, ...apiKeyProblems },
    example: '/v1/catalog/items?limit=100',
  },
  {
    ...getItem,
    ...shared,
    summary: 'One item, as recommendations see it.',
    responses: {
      ...apiKeyProblems,
      200: { description: 'The item.', body: catalogItem },
      400: invalid,
      404: problemAnswer('There is no item of this id.', 'ItemNotFound'),
    },
    example: '/v1/catalog/items/p-100',
  },
];
