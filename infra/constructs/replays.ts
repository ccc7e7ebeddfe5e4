import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { StageSettings } from '../settings/stage.ts';
import type { EventStream } from './event-stream.ts';
import { explainPrefix } from './explain-prefix.ts';
import { allOf, type Grant } from './grant.ts';
import { HeadwaterFunction } from './headwater-function.ts';
import type { Lake } from './lake.ts';
import { OnSchedule } from './on-schedule.ts';
import type { PrivacyRegister } from './privacy-register.ts';
import type { Profiles } from './profiles.ts';
import type { Segments } from './segments.ts';

export interface ReplaysProps {
  readonly stream: EventStream;
  readonly lake: Lake;
  readonly profiles: Profiles;
  readonly segments: Segments;
  readonly register: PrivacyRegister;
  readonly settings: StageSettings;
}

/** Where files of histories lie while profiles are folded anew. */
const REPLAYS = 'replays/';
/** Days after which they go though their replay was never over: they hold personal data. */
const REPLAY_DAYS = 2;

/**
 * Owns the replays: the function that folds profiles anew from the lake and runs failed events and batches that were set aside again, and the clock by
 * which it goes on with what was begun. `npm run replay` begins one.
 *
 * May fail: the lake cannot be queried, or a store throttles; a replay goes on where it stopped, within five minutes. While
 * it mends people of several keys it pauses the reading of the stream for profiles, for ten minutes at most in one go: the
 * alarm of its lag may ring then, and means nothing else. The alarm `ReplayerErrors` means that a replay fails again and
 * again: see its log. `ReplayerSilent` means that nobody would end a pause whose command is gone: see its schedule.
 */
export class Replays extends Construct {
  readonly replayer: HeadwaterFunction<'replayer'>;

  constructor(scope: Construct, id: string, { stream, lake, profiles, segments, register, settings }: ReplaysProps) {
    super(scope, id);

    this.replayer = new HeadwaterFunction(this, 'Replayer', {
      name: 'replayer',
      description: 'Folds profiles anew from the lake, and runs failed events again.',
      grants: allOf(
        profiles.grantRebuild(settings),
        segments.grantReplay(),
        register.grantRead(),
        lake.grantStartQuery(),
        lake.grantBarriers(),
        this.grantFiles(lake),
        stream.grantPut(),
        stream.grantListShards(),
        stream.grantPutBack(),
        { environment: { LANDING_MAPPING: lake.landing.mapping.eventSourceMappingId }, statements: [] },
      ),
      settings,
      timeout: Duration.minutes(15),
    });
    new OnSchedule(this, 'Clock', {
      invokes: this.replayer.lambda,
      description: 'Goes on with replays whose command is gone.',
      schedule: ScheduleExpression.rate(Duration.minutes(5)),
    });
    lake.bucket.addLifecycleRule({ prefix: REPLAYS, expiration: Duration.days(REPLAY_DAYS) });
  }

  private grantFiles({ bucket }: Lake): Grant {
    return {
      environment: {},
      statements: [
        new PolicyStatement({
          actions: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'],
          resources: [bucket.arnForObjects(`${REPLAYS}*`)],
        }),
      ],
      explanations: [explainPrefix(bucket, REPLAYS, 'Files are named by their replay and what they hold.')],
    };
  }
}
