import { aLargeLake, type LargeLake, type Measured } from './a-large-lake.ts';
import { type Benchmark, type Figure, secondsOf } from './figure.ts';

const EVENTS = 1_000_000;
const DOLLARS_A_TERABYTE = 5;
/** Athena bills no query for less. */
const LEAST_BYTES = 10_000_000;

/** What people ask, by a name for the table. */
const queriesOf = ({ firstDay, lastDay }: LargeLake): Readonly<Record<string, string>> => ({
  'revenue of a day by channel': `SELECT channel, sum(revenue) FROM events WHERE day = '${lastDay}' AND event = 'Order Completed' GROUP BY channel`,
  'events a day of a month': `SELECT day, count(*) FROM events WHERE day >= '${firstDay}' GROUP BY day`,
  'products viewed in a month': `SELECT product_id, count(DISTINCT person_key) FROM events WHERE day >= '${firstDay}' AND event = 'Product Viewed' GROUP BY product_id`,
  'all of one person': `SELECT event_time, event, properties FROM events WHERE day >= '${firstDay}' AND profile_key = (SELECT min(profile_key) FROM events WHERE day = '${lastDay}' AND user_id IS NOT NULL)`,
});

/** A million events of thirty days: sealed, and what queries read before and after. */
export const lake: Benchmark = {
  name: 'lake',
  async run(progress) {
    let made: LargeLake | undefined;
    const seconds = await secondsOf(async () => {
      made = await aLargeLake({ events: EVENTS, progress });
    });
    await using large = made as LargeLake;
    progress(`${EVENTS} events landed in ${Math.round(seconds)} s`);
    const landed = await large.sizeOf('_landed');
    const before = await measureAll(large, progress);
    const sealing = await large.seal();
    const sealed = await large.sizeOf('_sealed');
    const after = await measureAll(large, progress);
    return [
      {
        what: 'sealing, all tables, one core',
        value: sealing.landed / sealing.seconds,
        unit: 'rows/s',
        bound: { kind: 'at least', value: 10_000 },
      },
      { what: '  of a month', value: sealing.seconds, unit: 's' },
      { what: 'files of tables', value: sealed.files, unit: '', peer: { what: 'as landed', value: landed.files } },
      {
        what: 'size of tables',
        value: sealed.bytes / 1e6,
        unit: 'MB',
        peer: { what: 'as landed', value: landed.bytes / 1e6 },
      },
      ...Object.keys(queriesOf(large)).flatMap((name) => figuresOf(name, before.get(name), after.get(name))),
    ];
  },
};

async function measureAll(large: LargeLake, progress: (step: string) => void): Promise<Map<string, Measured>> {
  const measured = new Map<string, Measured>();
  // The first query of all opens the database.
  await large.query('SELECT sealed_before FROM sealing');
  for (const [name, sql] of Object.entries(queriesOf(large))) {
    measured.set(name, await large.query(sql));
    progress(`asked for ${name}`);
  }
  return measured;
}

function figuresOf(name: string, before: Measured | undefined, after: Measured | undefined): Figure[] {
  if (!before || !after) return [];
  const same = JSON.stringify([...before.rows].sort()) === JSON.stringify([...after.rows].sort());
  if (!same) throw new Error(`The query "${name}" answers other rows after the sealing.`);
  const peer = (value: number) => ({ what: 'before sealing', value });
  const price = ({ bytes }: Measured) => (Math.max(bytes, LEAST_BYTES) / 1e12) * DOLLARS_A_TERABYTE * 1000;
  return [
    { what: name, value: after.seconds * 1000, unit: 'ms', peer: peer(before.seconds * 1000) },
    { what: '  read', value: after.bytes / 1e6, unit: 'MB', peer: peer(before.bytes / 1e6) },
    { what: '  a thousand times on Athena', value: price(after), unit: '$', peer: peer(price(before)) },
  ];
}
