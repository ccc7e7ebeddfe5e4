/** Bounds of identities. A person that keeps them fits an item, and a mistake at a sender cannot join the whole world. */
export const limits = {
  /** Keys of a person, and of any subtree. */
  keys: 100,
  /** Parents that a key remembers, the best by rank. */
  links: 20,
  /** Parents that a key must not have, the latest decisions. */
  blocked: 100,
  /** Children that have left and are remembered, so that their old reports are known for old. */
  left: 100,
  /** External ids that one event may name. */
  externalIds: 10,
  /** Characters of an external id. */
  idLength: 256,
} as const;
