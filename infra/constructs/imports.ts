import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { IMPORTS, INBOX, REJECTED } from '../../schemas/import/state.ts';
import type { StageSettings } from '../settings/stage.ts';
import type { EventStream } from './event-stream.ts';
import { EveryMinute } from './every-minute.ts';
import { explainPrefix } from './explain-prefix.ts';
import { allOf, type Grant } from './grant.ts';
import { HeadwaterFunction } from './headwater-function.ts';
import type { Lake } from './lake.ts';
import type { Segments } from './segments.ts';

export interface ImportsProps {
  readonly stream: EventStream;
  readonly lake: Lake;
  readonly segments: Segments;
  readonly settings: StageSettings;
}

/** Days that rejected lines stay, which may hold personal data. */
const REJECTED_DAYS = 30;

/**
 * Owns the function that brings in the files of the lake bucket's inbox, and its clock.
 *
 * May fail: the stream throttles, or the function ends in the midst of a file; it goes on where it stopped, within a
 * minute. A file or map that nothing can be made of is no failure: what is wrong lies beside the file in the inbox. The
 * alarm `ImporterErrors` means that it fails again and again: see its log. `ImporterSilent` means that nobody looks into
 * the inbox: see its schedule.
 */
export class Imports extends Construct {
  readonly importer: HeadwaterFunction<'importer'>;

  constructor(scope: Construct, id: string, { stream, lake, segments, settings }: ImportsProps) {
    super(scope, id);

    this.importer = new HeadwaterFunction(this, 'Importer', {
      name: 'importer',
      description: 'Brings history in from the files of the inbox.',
      grants: allOf(
        stream.grantPut(),
        stream.grantListShards(),
        lake.grantBarriers(),
        this.grantFiles(lake),
        this.grantBarriers(segments),
      ),
      settings,
      timeout: Duration.minutes(15),
    });
    new EveryMinute(this, 'Clock', {
      invokes: this.importer.lambda,
      description: 'Looks for files in the inbox, and after imports that stopped.',
    });
    lake.bucket.addLifecycleRule({ prefix: REJECTED, expiration: Duration.days(REJECTED_DAYS) });
  }

  private grantFiles({ bucket }: Lake): Grant {
    const allow = (actions: string[], ...prefixes: string[]) =>
      new PolicyStatement({ actions, resources: prefixes.map((prefix) => bucket.arnForObjects(`${prefix}*`)) });
    return {
      environment: {},
      statements: [allow(['s3:GetObject', 's3:PutObject'], INBOX, IMPORTS), allow(['s3:DeleteObject'], INBOX)],
      explanations: [
        explainPrefix(bucket, INBOX, 'Whoever puts a file there names it.'),
        explainPrefix(bucket, IMPORTS, 'An import is named by the content of its file.'),
      ],
    };
  }

  /** To see how far profiles are. */
  private grantBarriers({ table }: Segments): Grant<{ SEGMENTS_TABLE: string }> {
    return { environment: { SEGMENTS_TABLE: table.tableName }, statements: [table.allow('Query')] };
  }
}
