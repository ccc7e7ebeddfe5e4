import type { MessageType } from '../../schemas/event/vocabulary.ts';

const messageTypeOf = {
  identify: 'identify',
  track: 'track',
  page: 'page',
  screen: 'screen',
  group: 'group',
  alias: 'alias',
  i: 'identify',
  t: 'track',
  p: 'page',
  s: 'screen',
  g: 'group',
  a: 'alias',
} as const satisfies Record<MessageType | string, MessageType>;

/** Message types by the word and by the letter that routes name them by. */
export const messageTypes: ReadonlyMap<string, MessageType> = new Map(Object.entries(messageTypeOf));

/** A route that takes events in its body. */
export type EventRoute = { readonly kind: 'message'; readonly type: MessageType } | { readonly kind: 'batch' };

export type Route = EventRoute | { readonly kind: 'metrics' | 'pixel' | 'settings' | 'sourceConfig' };

/** What each route of the HTTP API takes, by API Gateway's route key. */
export const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
  ...[...messageTypes].map(([word, type]) => [`POST /v1/${word}`, { kind: 'message', type }] as const),
  ['POST /v1/batch', { kind: 'batch' }],
  ['POST /v1/b', { kind: 'batch' }],
  ['POST /beacon/v1/batch', { kind: 'batch' }],
  ['POST /v1/m', { kind: 'metrics' }],
  ['GET /v1/pixel/{type}', { kind: 'pixel' }],
  ['GET /v1/projects/{writeKey}/settings', { kind: 'settings' }],
  ['GET /sourceConfig', { kind: 'sourceConfig' }],
]);
