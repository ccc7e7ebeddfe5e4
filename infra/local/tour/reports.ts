import { reports } from '../../../schemas/report/reports.ts';
import type { Ledger } from '../demo/ledger.ts';
import { named } from '../demo/reconciliation.ts';
import type { ReportAnswer } from '../report/answer.ts';
import { screenOf } from '../report/screen.ts';
import type { Stage } from './tour.ts';

const WIDTH = 100;

/** Reports that a marketer would open first, for all days of the demo store. */
const shown = ['revenue', 'traffic', 'funnel'];

/** Shows reports as `npm run report` prints them, and holds their sums against the shop's own ledger. */
export async function showReports({ store, fresh, get, print }: Stage): Promise<void> {
  const { ledger } = store;
  const days = { from: ledger.window.from.slice(0, 10), to: new Date().toISOString().slice(0, 10) };
  for (const name of shown) {
    const report = reports.find((each) => each.name === name);
    if (!report) throw new Error(`There is no report ${name}.`);
    const asked = report.parameters.some((parameter) => parameter.name === 'period')
      ? { ...days, period: 'week' }
      : days;
    const options = Object.entries(asked).map(([option, value]) => `--${option} ${value}`);
    print(`npm run report -- ${name} ${options.join(' ')}\n`);
    const answer = (await get(`/v1/reports/${name}?${new URLSearchParams(asked)}`)) as ReportAnswer;
    print(`${screenOf(report, answer, WIDTH)}\n`);
    if (name === 'revenue' && fresh) compare(answer, ledger);
  }
}

/** Amounts of the ledger are in 1/10,000 of a unit. */
function compare({ rows, parameters }: ReportAnswer, { revenue }: Ledger): void {
  const currency = String(parameters.currency);
  const told = Math.round(rows.reduce((sum, { gross }) => sum + Number(gross), 0) * 10_000);
  const known = named(revenue)[currency] ?? 0;
  if (told !== known)
    throw new Error(`Revenue in ${currency} is ${told / 10_000}, and ${known / 10_000} by the ledger.`);
}
