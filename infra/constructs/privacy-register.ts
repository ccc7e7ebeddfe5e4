import { Construct } from 'constructs';
import { toldOfPrivacy } from '../settings/privacy.ts';
import type { StageSettings } from '../settings/stage.ts';
import { allOf, type Grant } from './grant.ts';
import { PrivateTable } from './private-table.ts';

export interface PrivacyRegisterProps {
  readonly settings: StageSettings;
}

/**
 * Owns the privacy register: which keys were erased and what was chosen for each purpose, by hashes of the keys, and the
 * requests for exports and erasures.
 *
 * May fail: while the table is out of reach or throttles, both consumers try their batches again and nothing is stored, for
 * nobody knows what may be. The alarms are the consumers'. It must outlive what it guards: a lake that is brought back from
 * a backup is safe only with the register of today.
 */
export class PrivacyRegister extends Construct {
  readonly table: PrivateTable;
  private readonly settings: string;

  constructor(scope: Construct, id: string, { settings }: PrivacyRegisterProps) {
    super(scope, id);
    this.table = new PrivateTable(this, 'Table', {
      partitionKey: 'id',
      keepData: settings.keepData,
      capacity: settings.busyTables,
    });
    this.settings = toldOfPrivacy(settings.privacy);
  }

  /** To ask of keys what may be stored. */
  grantRead(): Grant<{ PRIVACY_TABLE: string }> {
    return this.grant('BatchGetItem');
  }

  /** To ask that of events, and to note what they say of consent. */
  grantGuard(): Grant<{ PRIVACY_TABLE: string; PRIVACY_SETTINGS: string }> {
    return allOf(this.grant('BatchGetItem', 'GetItem', 'UpdateItem'), this.grantSettings());
  }

  /** To know what holds for people who made no choice, and what of an event may be kept. */
  grantSettings(): Grant<{ PRIVACY_SETTINGS: string }> {
    return { environment: { PRIVACY_SETTINGS: this.settings }, statements: [] };
  }

  /** To do `actions` on the table's items. */
  grant(...actions: string[]): Grant<{ PRIVACY_TABLE: string }> {
    return { environment: { PRIVACY_TABLE: this.table.tableName }, statements: [this.table.allow(...actions)] };
  }
}
