import type { CleanEvent } from '../../schemas/event/clean-event.ts';
import type { IdentityRules } from '../../schemas/identity-rules.ts';
import type { Key, LinkReason, LinkRecord } from '../../schemas/stream/control.ts';
import { externalKind } from './external-ids.ts';
import { limits } from './limits.ts';
import { externalKeyIn, idWithin, spacesOf } from './spaces.ts';

/**
 * What an event says of whose ids are whose, each to be published to its child.
 *
 * - identify with a user id: the anonymous id belongs to the user, and so do the external ids, which are the traits that
 *   the rules name and `context.externalIds`.
 * - identify without a user id: the anonymous id belongs to each external id, until a user is known.
 * - alias: the previous id, be it a user's or an anonymous one, belongs to the user.
 * - other events say nothing: they bear the ids that the device has at that moment, which a shared device mixes.
 *
 * An id that the rules block says nothing, like a missing one. External ids are of the space that the event's other ids are of.
 */
export function linksOf(event: CleanEvent, rules: IdentityRules): LinkRecord[] {
  if (event.type === 'identify') return identifyLinks(event, rules);
  return event.type === 'alias' ? aliasLinks(event, rules) : [];
}

function identifyLinks(event: CleanEvent, rules: IdentityRules): LinkRecord[] {
  const user = keyOf('user', event.userId, rules);
  const anonymous = keyOf('anonymous', event.anonymousId, rules);
  const links: LinkRecord[] = [];
  if (user !== undefined && anonymous !== undefined) links.push(link(event, anonymous, user, 'identify'));
  for (const [external, why] of externalKeys(event, rules)) {
    if (user !== undefined) links.push(link(event, external, user, why));
    else if (anonymous !== undefined) links.push(link(event, anonymous, external, why));
  }
  return links;
}

function aliasLinks(event: CleanEvent, rules: IdentityRules): LinkRecord[] {
  const user = keyOf('user', event.userId, rules);
  if (user === undefined) return [];
  const previous = (['anonymous', 'user'] as const).map((kind) => keyOf(kind, event.previousId, rules));
  return previous.flatMap((key) => (key === undefined || key === user ? [] : [link(event, key, user, 'alias')]));
}

/** Each external id of the event once, traits first. */
function externalKeys(event: CleanEvent, rules: IdentityRules): Map<Key, LinkReason> {
  const keys = new Map<Key, LinkReason>();
  const spaces = spacesOf(rules);
  const space = spaces.ofId(event.userId ?? event.anonymousId);
  const add = (name: string, value: unknown, why: LinkReason) => {
    const kind = externalKind(name);
    const key = kind === undefined ? undefined : externalKeyIn(spaces, space, kind, value);
    if (key === undefined || keys.has(key) || keys.size >= limits.externalIds) return;
    if (!isBlockedByRules(key.slice(key.indexOf(':') + 1), rules)) keys.set(key, why);
  };
  for (const name of rules.externalTraits) add(name, event.traits[name], 'trait');
  const { externalIds } = event.context;
  if (!Array.isArray(externalIds)) return keys;
  for (const entry of externalIds) {
    if (isOfUsers(entry)) add(entry.type, entry.id, 'externalId');
  }
  return keys;
}

/** Whether an entry of `context.externalIds` names a person, not an account or a hash of an id. */
function isOfUsers(entry: unknown): entry is { readonly type: string; readonly id: unknown } {
  if (typeof entry !== 'object' || entry === null) return false;
  const { type, collection = 'users', encoding = 'none' } = entry as Record<string, unknown>;
  return typeof type === 'string' && collection === 'users' && encoding === 'none';
}

function keyOf(kind: 'user' | 'anonymous', id: string | undefined, rules: IdentityRules): Key | undefined {
  return id === undefined || isBlockedByRules(id, rules) ? undefined : `${kind}:${id}`;
}

function isBlockedByRules(id: string, rules: IdentityRules): boolean {
  const { blockedIds } = rules;
  if (blockedIds.length === 0) return false;
  let set = blockedSets.get(blockedIds);
  if (set === undefined) {
    set = new Set(blockedIds.map((blocked) => blocked.trim().toLowerCase()));
    blockedSets.set(blockedIds, set);
  }
  return set.has(idWithin(spacesOf(rules).ofId(id), id).toLowerCase());
}

/** The rules are the same object for each event: their values are brought into lower case once. */
const blockedSets = new WeakMap<readonly string[], ReadonlySet<string>>();

const link = (event: CleanEvent, child: Key, parent: Key, why: LinkReason): LinkRecord => ({
  v: 1,
  kind: 'link',
  child,
  parent,
  link: { time: event.eventTime, messageId: event.messageId, sourceId: event.sourceId, event: event.event, why },
});
