import { amount, big, instant, type LandedTable, text } from './column.ts';
import { position } from './position.ts';

export const marketingSpendLanded = {
  name: 'marketing_spend_landed',
  comment: 'Marketing spend as landed: every row of every import. Query marketing_spend for what holds now.',
  columns: [
    text('date', 'UTC day on which the money was spent, YYYY-MM-DD.'),
    text('channel', 'Traffic channel that it was spent on, for example paid, email or social.'),
    text('source', 'Campaign source, as utm_source has it.'),
    text('medium', 'Campaign medium, as utm_medium has it.'),
    text('campaign', 'Campaign name, as utm_campaign has it.'),
    text('currency', 'ISO 4217 code of the cost.'),
    amount('cost', 'What it cost.'),
    big('impressions', 'How often it was shown.'),
    big('clicks', 'How often it was clicked.'),
    text('import_id', 'Import that brought the row.'),
    big('import_row', 'Number of the row in the imported file, from 1.'),
    instant('imported_at', 'When that import began.'),
    ...position,
  ],
  sealing: {
    identity: ['import_id', 'import_row'],
    order: ['sequence_number', 'record_index'],
    sort: ['date', 'channel', 'campaign'],
  },
} as const satisfies LandedTable;
