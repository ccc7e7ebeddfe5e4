import { list } from 'isbot';
import { expect, test } from 'vitest';
import { readUserAgent, senderPatterns } from '../../../shared/clean/user-agent.ts';

const senders = [
  'analytics-node/3.1.0',
  'analytics-python/2.2.3',
  '@segment/analytics-node/3.1.0',
  'RudderLabs/1.0',
  'okhttp/4.9.0',
  'node',
  'node-fetch/1.0',
  'undici',
  'axios/1.6.2',
  'python-requests/2.31.0',
  'curl/8.0.1',
  'Go-http-client/1.1',
  'Apache-HttpClient/4.5',
  'Java/17',
  'Ruby',
];

test.each(senders)('%s sends for people and is no robot', (agent) => {
  expect(readUserAgent(agent)).toMatchObject({ isBot: false, deviceType: 'other' });
});

test('leaves out no pattern of robots but those that a sender matches', () => {
  const matching = list.filter((pattern) => senders.some((agent) => new RegExp(pattern, 'i').test(agent)));
  expect([...senderPatterns].sort()).toEqual(matching.sort());
});

test.each([
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)',
])('%s is a robot', (agent) => {
  expect(readUserAgent(agent)).toMatchObject({ isBot: true, deviceType: 'bot' });
});
