import type { AfterStart, StepContext } from '../after-start.ts';
import { demoStateOf, storeOf } from '../demo/send-demo.ts';
import type { Store } from '../demo/store.ts';
import { localEnvironment, type QueryResult, runQuery } from '../query/athena-process.ts';
import { showExactness } from './exactness.ts';
import { showLake } from './lake.ts';
import { showPerson } from './person.ts';
import { showRecommendations } from './recommendations.ts';
import { showReports } from './reports.ts';
import { showSegments } from './segments.ts';

/** What each part of the tour has at hand. */
export interface Stage {
  readonly apiUrl: string;
  readonly dataDir: string;
  readonly store: Store;
  /** Whether this start sent the demo store, so that the lake holds it and nothing else. */
  readonly fresh: boolean;
  readonly print: (line: string) => void;
  readonly query: (sql: string) => Promise<QueryResult>;
  /** Answer of the API to an API key, as JSON. Throws when it is not 200. */
  readonly get: (path: string) => Promise<unknown>;
}

const parts: readonly (readonly [title: string, show: (stage: Stage) => Promise<void>])[] = [
  ['A person, as their events tell', showPerson],
  ['Segments, and why somebody is in one', showSegments],
  ['The lake, by Athena SQL', showLake],
  ['Reports', showReports],
  ['Recommendations, and why each item is there', showRecommendations],
  ['Every event counted once', showExactness],
];

/** Shows a profile, the lake and the proof, then what to try next. A part that throws is told, and fails the tour. */
export const tour: AfterStart = {
  title: 'The tour',
  demo: true,
  async run({ runtime, options, print }: StepContext): Promise<boolean> {
    const state = await demoStateOf(options.dataDir, new Date());
    const stage: Stage = {
      apiUrl: runtime.apiUrl,
      dataDir: options.dataDir,
      store: storeOf(state),
      fresh: state.sentAt !== null && Date.parse(state.sentAt) > performance.timeOrigin,
      print,
      query: (sql) => runQuery(sql, 'local', localEnvironment(runtime.gateway.url)),
      get: (path) => getJson(runtime.apiUrl + path),
    };
    let worked = true;
    for (const [title, show] of parts) {
      print(`\n── ${title} ${'─'.repeat(Math.max(0, 76 - title.length))}\n`);
      await show(stage).catch((error: Error) => {
        worked = false;
        print(`✘ ${error.message}`);
      });
    }
    print(nextSteps(runtime.apiUrl, options.dataDir));
    return worked;
  },
};

async function getJson(url: string): Promise<unknown> {
  const answer = await fetch(url, { headers: { authorization: 'Bearer sk_local' } });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

const nextSteps = (apiUrl: string, dataDir: string): string => {
  const data = dataDir === '.headwater' ? '' : ` --data ${dataDir}`;
  return `
── Try ─────────────────────────────────────────────────────────────────────────

Send an event, and see its person:
  curl -u wk_local: ${apiUrl}/v1/track -H 'content-type: application/json' \\
    -d '{"userId":"ada","event":"Product Viewed","properties":{"product_id":"tent-2","price":129.9}}'
  curl -H 'authorization: Bearer sk_local' ${apiUrl}/v1/profiles/ada

Make a segment, and see who is in it:
  curl -H 'authorization: Bearer sk_local' ${apiUrl}/v1/segments -H 'content-type: application/json' \\
    -d '{"id":"tent-lovers","name":"Looked at tents","condition":{"type":"event","event":"Product Viewed",
         "where":[{"field":"category","op":"contains","value":"Tent"}],"window":{"last":{"days":30}}}}'
  curl -H 'authorization: Bearer sk_local' ${apiUrl}/v1/segments/tent-lovers/members

See a report, or draw it:
  npm run report -- retention --period week${data}
  curl -H 'authorization: Bearer sk_local' '${apiUrl}/v1/reports/overview?format=svg' -o overview.svg

Ask the lake:
  npm run query -- "DESCRIBE events"${data}

Read the API: ${apiUrl}/openapi.json
`;
};
