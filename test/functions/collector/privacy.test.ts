import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { openPrivacy, type PrivacySettings } from '../../../schemas/privacy-settings.ts';
import { anIdentify, aTrack } from '../../fixtures/events.ts';
import { aCollector } from './a-collector.ts';

const aPrivateCollector = (privacy: PrivacySettings) => aCollector(undefined, privacy);
const withConsent = (consent: Partial<PrivacySettings['consent']>): PrivacySettings => ({
  ...openPrivacy,
  consent: { ...openPrivacy.consent, ...consent },
});
const regions = [{ countries: ['DE'], defaults: { analytics: false } }];

describe('what the request said of consent', () => {
  test.each<[string, Partial<PrivacySettings['consent']>, Record<string, string>, object | undefined]>([
    ['goes along, when it asks not to be tracked', { doNotTrack: 'deny' }, { dnt: '1' }, { doNotTrack: true }],
    [
      'goes along, when the browser denies sale and sharing',
      { doNotTrack: 'deny' },
      { 'sec-gpc': '1' },
      { doNotTrack: true },
    ],
    ['is nothing, when it may be tracked', { doNotTrack: 'deny' }, { dnt: '0' }, undefined],
    ['is nothing that nobody asks for', {}, { dnt: '1', 'cloudfront-viewer-country': 'DE' }, undefined],
    ['names the country', { regions }, { 'cloudfront-viewer-country': 'de' }, { country: 'DE' }],
    [
      'names it by the header of the settings',
      { regions, countryHeader: 'cf-ipcountry' },
      { 'cf-ipcountry': 'FR' },
      { country: 'FR' },
    ],
    ['is nothing, when the country is none', { regions }, { 'cloudfront-viewer-country': 'Germany' }, undefined],
  ])('%s', async (_, consent, headers, expected) => {
    const collector = aPrivateCollector(withConsent(consent));
    await collector.send('POST /v1/track', aTrack(), { headers });
    expect(collector.envelopes()[0]?.signals).toEqual(expected);
  });
});

describe('fields', () => {
  const privacy: PrivacySettings = {
    ...openPrivacy,
    fields: [
      { path: 'traits.email', action: 'hash' },
      { path: 'properties.note', action: 'drop' },
      { path: 'context.device.id', action: 'drop' },
    ],
  };
  const hash = `sha256:${createHash('sha256').update('canary@shop.example').digest('hex')}`;

  test('are hashed and dropped before the stream', async () => {
    const collector = aPrivateCollector(privacy);
    await collector.send('POST /v1/batch', {
      batch: [
        anIdentify({ traits: { email: ' Canary@shop.example' } }),
        aTrack({ properties: { note: 'canary', n: 1 } }),
      ],
      context: { device: { id: 'canary', model: 'm' }, traits: { email: 'canary@shop.example' } },
    });
    const context = { device: { model: 'm' }, traits: { email: hash } };
    expect(collector.events()).toMatchObject([
      { traits: { email: hash }, context },
      { properties: { n: 1 }, context },
    ]);
    expect(JSON.stringify(collector.envelopes())).not.toMatch(/canary/i);
  });

  test.each<[string, unknown]>([
    ['an event of no known type', { type: 'x', traits: { email: 'canary@shop.example' } }],
    ['a list in the place of an event', [{ traits: { email: 'canary@shop.example' } }]],
    ['a text in the place of an event', '{"traits":{"email":"canary@shop.example"}}'],
  ])('reach no stream in %s', async (_, event) => {
    const collector = aPrivateCollector(privacy);
    await collector.send('POST /v1/batch', { batch: [event] });
    expect(collector.records).toHaveLength(1);
    expect(JSON.stringify(collector.envelopes())).not.toContain('canary');
  });

  test('are left as they came without rules', async () => {
    const collector = aCollector();
    const sent = anIdentify();
    await collector.send('POST /v1/identify', sent);
    expect(collector.events()).toEqual([sent]);
  });
});
