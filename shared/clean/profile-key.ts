/** The key of the profile that an event belongs to: `user:<userId>`, or `anonymous:<anonymousId>`. */
export function profileKeyOf(ids: { userId?: string | undefined; anonymousId?: string | undefined }): string {
  return ids.userId === undefined ? `anonymous:${ids.anonymousId}` : `user:${ids.userId}`;
}
