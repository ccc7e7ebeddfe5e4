import { readFileSync } from 'node:fs';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { ArnFormat, Aws, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { DEFAULT_CURRENCY } from '../../schemas/event/vocabulary.ts';
import { type Column, dayPartition, type LakeTable, type LakeView } from '../../schemas/lake/column.ts';
import { reporting } from '../../schemas/lake/shop-views.ts';
import { lakeTables } from '../../schemas/lake/tables.ts';
import {
  runPartition,
  type TrainingColumn,
  type TrainingTable,
  trainingFolder,
  trainingTables,
} from '../../schemas/lake/training-tables.ts';
import { lakeViews } from '../../schemas/lake/views.ts';
import type { Explanation } from './grant.ts';
import { prestoView } from './presto-view.ts';

export interface LakeCatalogProps {
  readonly stage: string;
  readonly bucket: Bucket;
  /** ISO 4217 code that the view `reporting` names. */
  readonly reportingCurrency: string;
}

const glueColumns = (columns: readonly TrainingColumn[]) =>
  columns.map(({ name, type, comment }) => ({ name, type, comment }));

/**
 * Owns the database `headwater_<stage>` with its tables over the files and its views over the tables.
 *
 * Days are projected, not crawled: a file is queryable as soon as it is written. It holds no data, so that nothing
 * is lost when it is deleted; made anew, it shows the same rows.
 */
export class LakeCatalog extends Construct {
  readonly databaseName: string;

  constructor(scope: Construct, id: string, { stage, bucket, reportingCurrency }: LakeCatalogProps) {
    super(scope, id);
    this.databaseName = `headwater_${stage}`;

    const database = new CfnDatabase(this, 'Database', {
      catalogId: Aws.ACCOUNT_ID,
      databaseInput: { name: this.databaseName, description: 'Customer events of Headwater. Query the views.' },
    });
    for (const table of lakeTables) this.addTable(table.name, database, tableOf(table, bucket));
    for (const table of trainingTables) this.addTable(table.name, database, trainingTableOf(table, bucket));
    for (const view of lakeViews) {
      const sql = view.name === reporting.name ? reportingIn(reportingCurrency) : sqlOf(view);
      this.addTable(view.name, database, viewOf(view, sql, this.databaseName));
    }
  }

  /**
   * The catalog itself, the database, and all of its tables and views: what Glue asks a reader's permission for. Not by
   * name, because a role's policy has room for 10,240 characters.
   */
  get arns(): string[] {
    const arn = (resource: string, resourceName?: string) =>
      Stack.of(this).formatArn({
        service: 'glue',
        resource,
        ...(resourceName === undefined
          ? { arnFormat: ArnFormat.NO_RESOURCE_NAME }
          : { resourceName, arnFormat: ArnFormat.SLASH_RESOURCE_NAME }),
      });
    return [
      arn('catalog'),
      // Athena looks for this one before each query, whether or not it is there.
      arn('database', 'default'),
      arn('database', this.databaseName),
      arn('table', `${this.databaseName}/*`),
    ];
  }

  /** Why the tables and views are not named one by one. */
  get explanation(): Explanation {
    const arn = 'arn:<AWS::Partition>:glue:<AWS::Region>:<AWS::AccountId>';
    return {
      id: `AwsSolutions-IAM5[Resource::${arn}:table/${this.databaseName}/*]`,
      reason: 'A view reads other views: all that there is in the database belongs to the lake.',
    };
  }

  private addTable(name: string, database: CfnDatabase, tableInput: CfnTable.TableInputProperty): void {
    const table = new CfnTable(this, name, { catalogId: Aws.ACCOUNT_ID, databaseName: this.databaseName, tableInput });
    table.addResourceDependency(database);
  }
}

function tableOf(table: LakeTable, bucket: Bucket): CfnTable.TableInputProperty {
  const location = bucket.s3UrlForObject(`${table.name}/`);
  return parquetTable(table, location, table.unpartitioned ? [] : [dayPartition], projectedDays(location));
}

/** A run's folder is read by its name alone, which a query must give: nobody lists runs. */
function trainingTableOf(table: TrainingTable, bucket: Bucket): CfnTable.TableInputProperty {
  const location = bucket.s3UrlForObject(`${trainingFolder}${table.name}/`);
  const { name: run } = runPartition;
  return parquetTable(table, location, [runPartition], {
    'projection.enabled': 'true',
    [`projection.${run}.type`]: 'injected',
    'storage.location.template': `${location}${run}=\${${run}}/`,
  });
}

function parquetTable(
  { name, comment, columns }: Pick<TrainingTable, 'name' | 'comment' | 'columns'>,
  location: string,
  partitionKeys: readonly Column[],
  projection: Record<string, string>,
): CfnTable.TableInputProperty {
  return {
    name,
    description: comment,
    tableType: 'EXTERNAL_TABLE',
    partitionKeys: glueColumns(partitionKeys),
    parameters: {
      EXTERNAL: 'TRUE',
      classification: 'parquet',
      comment,
      ...(partitionKeys.length > 0 ? projection : {}),
    },
    storageDescriptor: {
      location,
      columns: glueColumns(columns),
      inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
      outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
      serdeInfo: { serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
    },
  };
}

function projectedDays(location: string): Record<string, string> {
  const { name: day } = dayPartition;
  return {
    'projection.enabled': 'true',
    [`projection.${day}.type`]: 'date',
    [`projection.${day}.format`]: 'yyyy-MM-dd',
    [`projection.${day}.range`]: '2024-01-01,NOW',
    'storage.location.template': `${location}${day}=\${${day}}/`,
  };
}

const sqlOf = ({ name }: LakeView): string =>
  readFileSync(new URL(`../../schemas/lake/views/${name}.sql`, import.meta.url), 'utf8');

/** The view `reporting` with another currency in the place of the default one. */
function reportingIn(currency: string): string {
  const sql = sqlOf(reporting);
  const written = `'${DEFAULT_CURRENCY}'`;
  if (!sql.includes(written))
    throw new Error(`views/reporting.sql must name ${written}, which the stage replaces; it is: ${sql}`);
  return sql.replace(written, `'${currency}'`);
}

function viewOf({ name, comment, columns }: LakeView, sql: string, schema: string): CfnTable.TableInputProperty {
  return {
    name,
    description: comment,
    tableType: 'VIRTUAL_VIEW',
    parameters: { presto_view: 'true', comment },
    viewOriginalText: prestoView({ sql, schema, columns }),
    viewExpandedText: '/* Presto View */',
    // Athena takes the columns from the view's text; the catalog shows these, with their comments.
    storageDescriptor: { columns: glueColumns(columns), serdeInfo: {} },
  };
}
