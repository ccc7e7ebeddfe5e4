import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { StageSettings } from '../settings/stage.ts';
import type { AccessKeys } from './access-keys.ts';
import { allOf, type Grant } from './grant.ts';
import { HeadwaterFunction } from './headwater-function.ts';
import { PrivateTable } from './private-table.ts';

export interface CatalogProps {
  readonly keys: AccessKeys;
  readonly settings: StageSettings;
}

/**
 * Owns the catalog: the table of what is for sale, and the API that takes and shows it. The trainer adds what events
 * tell, recommendations read it.
 *
 * May fail: the table throttles while a large catalog is sent; clients get 503 and send the same again. The alarm
 * `CatalogErrors` means that this goes on, or that a request hits a time-out: see the log of catalog-api. Meanwhile
 * recommendations go by the items that are there, which may be sold out by now.
 */
export class Catalog extends Construct {
  readonly table: PrivateTable;
  readonly api: HeadwaterFunction<'catalog-api'>;

  constructor(scope: Construct, id: string, { keys, settings }: CatalogProps) {
    super(scope, id);

    this.table = new PrivateTable(this, 'Table', { partitionKey: 'itemId', keepData: settings.keepData });
    this.api = new HeadwaterFunction(this, 'Api', {
      name: 'catalog-api',
      description: 'Takes and shows the items of the catalog.',
      grants: allOf(this.grant('GetItem', 'Scan', 'UpdateItem'), keys.grantCheck('API_KEYS', settings.apiKeys)),
      settings,
      timeout: Duration.seconds(29),
    });
  }

  /** To read some items. */
  grantRead(): Grant<{ CATALOG_TABLE: string }> {
    return this.grant('BatchGetItem');
  }

  /** To read some items, or all when there is nothing else to go by. */
  grantReadAll(): Grant<{ CATALOG_TABLE: string }> {
    return this.grant('BatchGetItem', 'Scan');
  }

  /** To read all items, and to write what events tell of them. */
  grantLearn(): Grant<{ CATALOG_TABLE: string }> {
    return this.grant('Scan', 'UpdateItem');
  }

  private grant(...actions: string[]): Grant<{ CATALOG_TABLE: string }> {
    return { environment: { CATALOG_TABLE: this.table.tableName }, statements: [this.table.allow(...actions)] };
  }
}
