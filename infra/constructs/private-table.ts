import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { StageSettings } from '../settings/stage.ts';

export interface PrivateTableProps {
  /** Names of the key attributes, both texts. */
  readonly partitionKey: string;
  /** @default items have no sort key */
  readonly sortKey?: string;
  /** Whether the table outlives the stack and is protected from deletion. */
  readonly keepData: boolean;
  /** @default billed by request */
  readonly capacity?: StageSettings['busyTables'];
}

/**
 * Owns a table of personal data: encrypted, billed by request or by what is provisioned, recoverable to any second of the last 35 days. Items go
 * by themselves at the time that their `expiresAt` names, in seconds since 1970.
 */
export class PrivateTable extends Table {
  constructor(scope: Construct, id: string, { partitionKey, sortKey, keepData, capacity }: PrivateTableProps) {
    super(scope, id, {
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      ...(sortKey !== undefined && { sortKey: { name: sortKey, type: AttributeType.STRING } }),
      ...(capacity?.mode === 'provisioned'
        ? {
            billingMode: BillingMode.PROVISIONED,
            writeCapacity: capacity.leastWrites,
            readCapacity: capacity.leastReads,
          }
        : { billingMode: BillingMode.PAY_PER_REQUEST }),
      encryption: TableEncryption.AWS_MANAGED,
      timeToLiveAttribute: 'expiresAt',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: keepData,
      removalPolicy: keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    if (capacity?.mode !== 'provisioned') return;
    const { leastWrites, mostWrites, leastReads, mostReads, utilisation: targetUtilizationPercent } = capacity;
    this.autoScaleWriteCapacity({ minCapacity: leastWrites, maxCapacity: mostWrites }).scaleOnUtilization({
      targetUtilizationPercent,
    });
    this.autoScaleReadCapacity({ minCapacity: leastReads, maxCapacity: mostReads }).scaleOnUtilization({
      targetUtilizationPercent,
    });
  }

  /** To do `actions` on the table's items. */
  allow(...actions: string[]): PolicyStatement {
    return new PolicyStatement({ actions: actions.map((action) => `dynamodb:${action}`), resources: [this.tableArn] });
  }
}
