/** `npm run conformance`: which rules of AWS's services an endpoint keeps. */
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { misread } from '../../infra/local/errors.ts';
import { runCommand } from '../../infra/local/run-command.ts';
import { allCases } from './all-cases.ts';
import { localDeviations } from './local-deviations.ts';
import { openLocalTarget } from './local-target.ts';
import { type Outcome, tryCase } from './run-cases.ts';
import { openTarget } from './target.ts';

const usage = `Usage: npm run conformance -- [options]

Tries the rules of AWS's services that Headwater relies on, each with the page that states it: at the local services,
at the endpoint that AWS_ENDPOINT_URL names, or at AWS itself. It makes tables, streams, buckets and queues named
headwater-conformance-…, and removes them.

  --aws            at AWS, with the account and region of the environment
  --only WORD      cases whose name holds the word; may be given several times
  --function NAME  the function for the cases of Lambda, with the code of test/fixtures/functions/echo
  --help           print this text

Event source mappings have rules of their own, which are tried at the local runtime alone: test/conformance/mappings.`;

await runCommand(async () => {
  const values = readOptions();
  if (values.help) console.log(usage);
  else await run(values);
});

function readOptions() {
  try {
    return parseArgs({
      options: {
        aws: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true, default: [] },
        function: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (cause) {
    throw misread(cause, usage);
  }
}

async function run(values: ReturnType<typeof readOptions>): Promise<void> {
  const endpoint = values.aws ? undefined : process.env.AWS_ENDPOINT_URL;
  const isLocal = !values.aws && endpoint === undefined;
  const functionName = values.function;
  const target = isLocal
    ? await openLocalTarget()
    : openTarget({ ...(endpoint !== undefined && { endpoint }), functionName });
  console.log(`At ${isLocal ? 'the local services' : (endpoint ?? 'AWS')}:\n`);
  const cases = allCases.filter(
    ({ name }) => values.only.length === 0 || values.only.some((word) => name.includes(word)),
  );
  const outcomes: Outcome[] = [];
  try {
    for (const each of cases) {
      const outcome = await tryCase(each, target);
      outcomes.push(outcome);
      const mark = { holds: '✔', fails: '✘', cannot: '–' }[outcome.result];
      console.log(`${mark} ${each.name} (${outcome.milliseconds} ms)`);
      if (outcome.reason !== undefined) console.log(`    ${outcome.reason}\n    ${each.source}`);
    }
  } finally {
    for (const name of await target.close()) console.error(`Could not be removed: ${name}`);
  }
  console.log(`\n${summaryOf(outcomes)}`);
  tell('Not there', outcomes, 'cannot');
  tell('Fails', outcomes, 'fails');
  if (isLocal)
    for (const [name, reason] of Object.entries(localDeviations)) console.log(`\nKnown: ${name}\n  ${reason}`);
  const isKnown = (name: string) => isLocal && name in localDeviations;
  const wrong = outcomes.filter((outcome) => outcome.result === 'fails' && !isKnown(outcome.case.name));
  if (wrong.length > 0 || outcomes.length === 0) process.exitCode = 1;
}

function summaryOf(outcomes: readonly Outcome[]): string {
  const table = new Table({ head: ['service', 'cases', 'hold', 'fail', 'not there'], style: { head: [], border: [] } });
  const row = (title: string, some: readonly Outcome[]) => {
    const count = (wanted: Outcome['result']) => some.filter(({ result }) => result === wanted).length;
    return [title, some.length, count('holds'), count('fails'), count('cannot')];
  };
  const byService = Map.groupBy(outcomes, (outcome) => outcome.case.service);
  for (const [service, some] of byService) table.push(row(service, some));
  table.push(row('all', outcomes));
  return table.toString();
}

function tell(title: string, outcomes: readonly Outcome[], wanted: Outcome['result']): void {
  const some = outcomes.filter(({ result }) => result === wanted);
  if (some.length > 0) console.log(`\n${title}:\n${some.map((outcome) => `  ${outcome.case.name}`).join('\n')}`);
}
