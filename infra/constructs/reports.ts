import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { StageSettings } from '../settings/stage.ts';
import type { AccessKeys } from './access-keys.ts';
import { allOf, type Grant } from './grant.ts';
import { HeadwaterFunction } from './headwater-function.ts';
import type { Lake } from './lake.ts';
import { PrivateTable } from './private-table.ts';
import type { Segments } from './segments.ts';

export interface ReportsProps {
  readonly lake: Lake;
  readonly segments: Segments;
  readonly keys: AccessKeys;
  readonly settings: StageSettings;
}

/**
 * Owns the reports: the API that answers them, and the table by which the same report is asked of the lake once.
 *
 * May fail: a query is refused, stopped or needs too long; who asked is told, and asking again starts it anew. The alarm
 * `ReportErrors` means that requests end in an error on our side: see the log of the function. The table holds addresses
 * of results and no figures; when it is lost, the next requests ask the lake again.
 */
export class Reports extends Construct {
  readonly table: PrivateTable;
  readonly api: HeadwaterFunction<'report-api'>;

  constructor(scope: Construct, id: string, { lake, segments, keys, settings }: ReportsProps) {
    super(scope, id);

    this.table = new PrivateTable(this, 'Table', { partitionKey: 'pk', sortKey: 'sk', keepData: false });
    this.api = new HeadwaterFunction(this, 'Api', {
      name: 'report-api',
      description: 'Answers reports of the lake as JSON, CSV and charts.',
      grants: allOf(
        this.grantRuns(),
        segments.grantRead(),
        lake.grantStartQuery(),
        {
          environment: {
            REPORTING_CURRENCY: settings.reportingCurrency,
            // A record that is older than this is set aside: so far apart may those of one batch be.
            REPORT_MARGIN_DAYS: String(Math.ceil(settings.lakeWriter.recordAgeHours / 24)),
            REPORT_OPEN_SECONDS: String(settings.reports.openSeconds),
            REPORT_CLOSED_SECONDS: String(settings.reports.closedSeconds),
            REPORT_WAIT_SECONDS: String(settings.reports.waitSeconds),
          },
          statements: [],
        },
        keys.grantCheck('API_KEYS', settings.apiKeys),
      ),
      settings,
      timeout: Duration.seconds(29),
      lateModules: ['draw'],
    });
  }

  private grantRuns(): Grant<{ REPORTS_TABLE: string }> {
    return {
      environment: { REPORTS_TABLE: this.table.tableName },
      statements: [this.table.allow('GetItem', 'PutItem')],
    };
  }
}
