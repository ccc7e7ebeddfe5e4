import { createHash } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { ProfileItem } from '../../../functions/adapters/profile-store.ts';
import { createProfileApi } from '../../../functions/profile-api/profile-api.ts';
import { profileView, recentEventsPage } from '../../../schemas/profile.ts';
import { newLedger } from '../../../shared/profile/ledger.ts';
import { encodeProfile } from '../../../shared/profile/state.ts';
import { ARRIVAL, aCleanEvent } from '../../fixtures/events.ts';
import { aContext, aProfile } from '../../fixtures/profiles.ts';

const stored = new Map(
  [
    aProfile([
      aCleanEvent({ userId: 'ann/1 %', messageId: 'm-1' }),
      aCleanEvent({ userId: 'ann/1 %', messageId: 'm-2' }),
    ]),
    aProfile([aCleanEvent({ anonymousId: 'a-1' })]),
  ].map((profile): [string, ProfileItem] => {
    const encoded = encodeProfile({ profile, ledger: newLedger() });
    return [profile.key, { id: profile.key, version: 1, token: 't', lastSeen: profile.lastSeen, ...encoded }];
  }),
);

const handler = createProfileApi({
  readProfile: async (key) => stored.get(key),
  clock: () => ARRIVAL,
  apiKeys: [{ id: 'local', sha256: createHash('sha256').update('sk_local').digest('hex') }],
});

async function get(id: string, over: { query?: Record<string, string>; events?: boolean; key?: string } = {}) {
  const path = `/v1/profiles/{id}${over.events ? '/events' : ''}`;
  const answer = await handler(
    {
      version: '2.0',
      routeKey: `GET ${path}`,
      rawPath: path,
      rawQueryString: '',
      headers: { authorization: `Bearer ${over.key ?? 'sk_local'}` },
      pathParameters: { id },
      queryStringParameters: over.query,
      requestContext: { requestId: 'r-1', http: { method: 'GET', path } },
      isBase64Encoded: false,
    } as unknown as APIGatewayProxyEventV2,
    aContext,
  );
  return { status: answer.statusCode, body: JSON.parse(answer.body ?? 'null') };
}

describe('GET /v1/profiles/{id}', () => {
  it('answers the profile of a user id, taken as it stands', async () => {
    const { status, body } = await get('ann/1 %');
    expect(status).toBe(200);
    expect(profileView.parse(body)).toMatchObject({ userId: 'ann/1 %', computed: { eventCount: 2 } });
  });

  it('answers the profile of an anonymous id', async () => {
    expect((await get('anonymous:a-1')).body).toMatchObject({ userId: null, anonymousIds: ['a-1'] });
  });

  it('answers 404 profile_not_found for an id of which no event came', async () => {
    expect(await get('nobody')).toMatchObject({ status: 404, body: { code: 'profile_not_found' } });
    expect((await get('a-1')).status).toBe(404);
  });

  it('asks for an API key', async () => {
    expect((await get('ann/1 %', { key: 'sk_other' })).status).toBe(401);
  });
});

describe('GET /v1/profiles/{id}/events', () => {
  it('answers pages of events, the newest first', async () => {
    const first = await get('ann/1 %', { events: true, query: { limit: '1' } });
    expect(recentEventsPage.parse(first.body).items).toMatchObject([{ messageId: 'm-2', event: 'Product Viewed' }]);
    const query = { limit: '1', cursor: first.body.nextCursor };
    const second = await get('ann/1 %', { events: true, query });
    expect(second.body).toMatchObject({ items: [{ messageId: 'm-1' }], nextCursor: null });
  });

  it.each([{ limit: '0' }, { limit: 'ten' }, { limit: '101' }, { cursor: 'nonsense' }])(
    'answers 400 for %o',
    async (query) => {
      const { status, body } = await get('ann/1 %', { events: true, query });
      expect(status).toBe(400);
      expect(body).toMatchObject({ code: 'invalid_parameter', errors: [{ path: Object.keys(query)[0] }] });
    },
  );

  it.each([
    [{ limit: '1.5' }, 'is not a whole number from 1 to 100'],
    [{ cursor: 'x'.repeat(201) }, 'is longer than 200 characters'],
  ])('says what is wrong with %o', async (query, message) => {
    const { body } = await get('ann/1 %', { events: true, query });
    expect(body.errors).toEqual([{ path: Object.keys(query)[0], message }]);
  });
});
