import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { PROFILES_SNAPSHOT, profileSnapshots } from '../../schemas/lake/snapshot-table.ts';
import { lakeMarks } from '../../schemas/lake/tables.ts';
import type { StageSettings } from '../settings/stage.ts';
import { EveryMinute } from './every-minute.ts';
import { explainPrefix } from './explain-prefix.ts';
import { allOf, type Grant } from './grant.ts';
import { HeadwaterFunction } from './headwater-function.ts';
import type { Lake } from './lake.ts';
import type { Profiles } from './profiles.ts';

export interface ProfileSnapshotsProps {
  readonly lake: Lake;
  readonly profiles: Profiles;
  readonly settings: StageSettings;
}

/** How far snapshots are. */
const STATE_KEY = 'snapshots/profiles.json';

/**
 * Owns the people in the lake: the function that writes all of them after midnight UTC, as GET /v1/profiles shows them, for
 * the view `profiles`. Anybody who may invoke it makes one at once:
 * `aws lambda invoke --function-name <the output ProfileSnapshotFunction> /dev/stdout`.
 *
 * Costs: each snapshot reads the whole table, half a read unit for each 4 KB, and one for each further key of a person.
 * A million people of 2.5 KB with another key each are about 1.6 million units, 0.20 $; and 0.02 $ a month for each day
 * that is kept.
 *
 * May fail: the table or the bucket throttles, or the 15 minutes of a run are over. The next run, a minute later, goes on;
 * until a snapshot is whole the view shows the one before. The alarm `SnapshotErrors` means that runs fail again and
 * again: see the log, `profiles_unreadable` there means that damaged profiles are missing in the view. `SnapshotSilent`
 * means that nobody looks whether one is due: see the schedule. Meanwhile the view is old but not wrong.
 */
export class ProfileSnapshots extends Construct {
  readonly snapshot: HeadwaterFunction<'profile-snapshot'>;

  constructor(scope: Construct, id: string, { lake, profiles, settings }: ProfileSnapshotsProps) {
    super(scope, id);

    this.snapshot = new HeadwaterFunction(this, 'Snapshot', {
      name: 'profile-snapshot',
      description: 'Writes all people into the lake, for the view profiles.',
      grants: allOf(profiles.grantScan(), grantWrite(lake), {
        environment: {
          SNAPSHOT_MINUTES: String(settings.profileSnapshots.everyMinutes),
          REPORTING_CURRENCY: settings.reportingCurrency,
        },
        statements: [],
      }),
      settings,
      timeout: Duration.minutes(15),
    });
    new EveryMinute(this, 'Clock', {
      invokes: this.snapshot.lambda,
      description: 'Looks whether a snapshot of the profiles is due.',
    });
  }
}

/** To write snapshots and the mark that shows one, to delete old ones, and to see how far they are. */
function grantWrite({ bucket }: Lake): Grant<{ LAKE_BUCKET: string; SNAPSHOT_STATE_KEY: string }> {
  const folder = `${profileSnapshots.name}/`;
  const allow = (actions: string[], ...resources: string[]) => new PolicyStatement({ actions, resources });
  return {
    environment: { LAKE_BUCKET: bucket.bucketName, SNAPSHOT_STATE_KEY: STATE_KEY },
    statements: [
      allow(['s3:DeleteObject', 's3:PutObject'], bucket.arnForObjects(`${folder}*`)),
      allow(['s3:PutObject'], bucket.arnForObjects(`${lakeMarks.name}/${PROFILES_SNAPSHOT}.parquet`)),
      allow(['s3:GetObject', 's3:PutObject'], bucket.arnForObjects(STATE_KEY)),
      // Without it S3 does not tell that an object is missing from that it is forbidden.
      allow(['s3:ListBucket'], bucket.bucketArn),
    ],
    explanations: [explainPrefix(bucket, folder, 'A file is named after its day, its snapshot and its part.')],
  };
}
