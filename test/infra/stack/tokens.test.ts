import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { App, Stack } from 'aws-cdk-lib/core';
import featureFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { expect, onTestFinished, test } from 'vitest';
import { settingsOf } from '../../../infra/config.ts';
import { AccessKeys } from '../../../infra/constructs/access-keys.ts';
import { Catalog } from '../../../infra/constructs/catalog.ts';
import { EventStream } from '../../../infra/constructs/event-stream.ts';
import { PrivateBucket } from '../../../infra/constructs/private-bucket.ts';
import { anHttpEvent } from '../../functions/http-event.ts';
import { AnIssuer, aPair, tokenOf } from '../../functions/middleware/an-issuer.ts';
import { resourcesOf, type TemplateJson } from './synthesized.ts';

const jwt = { issuer: 'https://login.example.com/', audience: 'headwater' };
const withJwt = (over: object, rest: object = {}) =>
  settingsOf('test', { test: { auth: { jwt: { ...jwt, ...over } }, ...rest } });

test('a stage takes no tokens, unless it says whose', () => {
  expect(settingsOf('prod').auth).toEqual({});
  expect(withJwt({}).auth.jwt).toEqual({
    issuer: jwt.issuer,
    audience: ['headwater'],
    scopesClaim: 'scope',
    scopePrefix: '',
    keyIdClaim: 'sub',
  });
});

test.each([
  ['an issuer in the clear', { issuer: 'http://login.example.com' }, /auth\.jwt\.issuer: is no URL such as/],
  ['an issuer that only begins like this machine', { issuer: 'http://localhost.example.com' }, /auth\.jwt\.issuer/],
  ['an issuer with a fragment', { issuer: 'https://login.example.com/#a' }, /auth\.jwt\.issuer/],
  ['keys in the clear', { jwksUri: 'http://login.example.com/jwks' }, /auth\.jwt\.jwksUri/],
  ['no audience', { audience: [] }, /auth\.jwt\.audience/],
  ['an algorithm', { algorithms: ['none'] }, /auth\.jwt: .*"algorithms"/],
  [
    'more than a function has room for',
    { audience: ['a'.repeat(3_000)] },
    /auth\.jwt: and apiKeys are together too long/,
  ],
])('%s is no setting', (_, over, message) => {
  expect(() => withJwt(over)).toThrow(message);
});

test.each(['http://localhost:8080/realms/shop', 'http://127.0.0.1', 'https://login.example.com:8443/a/v2.0'])(
  'an issuer may be %s',
  (issuer) => expect(withJwt({ issuer }).auth.jwt?.issuer).toBe(issuer),
);

const route = 'GET /v1/catalog/items/{id}';

/** A stack with one function that takes keys; `bundle` is where its code is, `ask` calls it in a process of its own. */
function aCatalog(settings: ReturnType<typeof settingsOf>) {
  const outdir = mkdtempSync(join(tmpdir(), 'headwater-tokens-'));
  onTestFinished(() => rmSync(outdir, { recursive: true }));
  const app = new App({ context: featureFlags, outdir });
  const stack = new Stack(app, 'Test');
  const accessLogs = new PrivateBucket(stack, 'AccessLogs', { keepData: false, undeleteDays: 1 });
  const stream = new EventStream(stack, 'Events', { settings, accessLogs });
  const keys = new AccessKeys(stack, 'Keys', { keepData: false, stream, tokens: settings.auth.jwt, spaces: [] });
  new Catalog(stack, 'Catalog', { keys, settings });
  const template = app.synth().getStackArtifact(stack.artifactId).template as TemplateJson;
  const [, lambda] = resourcesOf(template, 'AWS::Lambda::Function').find(([id]) => id.startsWith('CatalogApi')) ?? [];
  const bundle = join(outdir, `asset.${lambda?.Properties.Code.S3Key.split('.')[0]}`);
  const variables = Object.entries<string | object>(lambda?.Properties.Environment.Variables).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : 'made-by-cloudformation',
  ]);
  const ask = async (token: string) => {
    const event = anHttpEvent(route, { headers: { authorization: `Bearer ${token}` }, params: { id: 'mug' } });
    const code = `const { handler } = await import(${JSON.stringify(join(bundle, 'index.mjs'))});
      const { statusCode, body } = await handler(${JSON.stringify(event)}, {});
      console.log(JSON.stringify({ status: statusCode, code: JSON.parse(body).code }));`;
    const env = { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: 'http://127.0.0.1:9', ...Object.fromEntries(variables) };
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], { env });
    // After the lines of its log: there is no stream that takes its audit log.
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  };
  return { bundle, ask, environment: Object.fromEntries(variables) };
}

const pair = aPair('one', 'RS256');
const claims = { aud: 'headwater', sub: 'ada', scope: 'manage', exp: Date.now() / 1000 + 3_600 };

test('a function of a stage with an issuer verifies tokens as it is bundled, by keys that it reads over HTTP', async () => {
  const server = createServer((request, response) => {
    const found =
      request.url === '/realm/.well-known/openid-configuration'
        ? { issuer, jwks_uri: `${issuer}/keys?of=shop` }
        : undefined;
    const keys = request.url === '/realm/keys?of=shop' ? new AnIssuer(pair).keys() : undefined;
    response.writeHead(found || keys ? 200 : 404).end(JSON.stringify(found ?? keys ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/realm`;

  const { ask, bundle } = aCatalog(withJwt({ issuer }));

  expect(await ask(tokenOf(pair, { ...claims, iss: issuer }))).toEqual({ status: 403, code: 'read_scope_missing' });
  expect(await ask(tokenOf(pair, { ...claims, iss: issuer, exp: 1 }))).toEqual({ status: 401, code: 'token_expired' });
  expect(statSync(join(bundle, 'tokens.mjs')).size).toBeLessThan(25 * 1024);
});

test('a function of a stage without an issuer holds nothing of it, and takes a token for an unknown key', async () => {
  const { ask, bundle, environment } = aCatalog(settingsOf('dev'));
  expect(environment.AUTH_JWT).toBe('null');
  expect(readdirSync(bundle).sort()).toEqual(['index.mjs', 'index.mjs.map']);
  expect(await ask(tokenOf(pair, claims))).toEqual({ status: 401, code: 'key_unknown' });
});
