import { big, dayPartition, instant, type LakeView, type LandedTable, text } from './column.ts';
import { position } from './position.ts';

const auditColumns = [
  text('audit_id', 'One for each entry, however often it landed.'),
  instant('occurred_at', 'When it was asked for or done.'),
  text(
    'actor',
    'Who did it: the name of the key, or the subject of the token; of a command the id of its AWS access key. Of key.refuse nobody, or the name of a key that lacks the scope, is revoked or has ended.',
  ),
  text('actor_type', 'key, token, command or function.'),
  text(
    'source_ip',
    'Address of the caller, masked; null for commands and for key.use; of key.refuse the one of the last request.',
  ),
  text(
    'action',
    'segment.create|replace|delete, catalog.put, consent.put, profile.split, export|erasure.request|complete, suppression.lift, key.create|rotate|revoke; key.use and key.refuse: the first such request of an hour in one sandbox.',
  ),
  text('target_type', 'What it was done to: segment, item, person, key or function.'),
  text(
    'target',
    'Its id, several with commas. Of people only hashes: r: and the first 32 hex digits of sha256("headwater register\\n" and the key, for example user:ada).',
  ),
  text(
    'outcome',
    'asked, which stands there before an action of privacy or of keys is begun; done; or the code of the problem that it was refused with.',
  ),
  text('scope', 'Scope that the caller used.'),
  big(
    'uses',
    'Of key.use and key.refuse: such requests that the sandbox has had since its entry before, this one included.',
  ),
  text(
    'request_id',
    'Request that did it, as the access log names it; of export.complete and erasure.complete the id of the request of privacy.',
  ),
] as const;

export const auditLogLanded = {
  name: 'audit_log_landed',
  comment: 'The audit log as landed: an entry may be repeated. Query audit_log instead.',
  columns: [...auditColumns, ...position],
  sealing: {
    identity: ['audit_id'],
    order: ['sequence_number', 'record_index'],
    sort: ['occurred_at'],
  },
} as const satisfies LandedTable;

export const auditLogView: LakeView = {
  name: 'audit_log',
  comment:
    'Who did what: use and refusals of keys, changes of definitions, keys, consent and splits, exports, erasures and lifted suppressions. Rows are only ever added.',
  columns: [...auditColumns, dayPartition],
};
