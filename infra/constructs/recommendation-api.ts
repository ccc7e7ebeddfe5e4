import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { StageSettings } from '../settings/stage.ts';
import type { AccessKeys } from './access-keys.ts';
import type { Catalog } from './catalog.ts';
import type { EventStream } from './event-stream.ts';
import { allOf } from './grant.ts';
import { HeadwaterFunction } from './headwater-function.ts';
import type { Profiles } from './profiles.ts';
import type { Recommendations } from './recommendations.ts';

export interface RecommendationApiProps {
  readonly stream: EventStream;
  readonly profiles: Profiles;
  readonly catalog: Catalog;
  readonly recommendations: Recommendations;
  readonly keys: AccessKeys;
  readonly settings: StageSettings;
}

/**
 * Owns the API that recommends items: by the profile as of now, the latest version of the model, and the catalog of the last
 * seconds. Each answer is put on the stream, for the view `recommendations`.
 *
 * May fail: a version of the model cannot be read, then the one before it answers, and without any the newest items of the
 * catalog; the stream throttles, then answers are given that the lake does not know. The alarm `ModelUnreadable` means the
 * former: see the log for the version, and train again. `AnswersNotNoted` means the latter: figures of recommendations lack
 * those answers, nothing else does. `RecommendationErrors` means that requests end in an error: see the log.
 */
export class RecommendationApi extends Construct {
  readonly api: HeadwaterFunction<'recommendation-api'>;
  /** Times that a version could not be read. */
  readonly fallbacks: Metric;
  /** Answers that the stream did not take. */
  readonly notNoted: Metric;

  constructor(scope: Construct, id: string, props: RecommendationApiProps) {
    super(scope, id);
    const { stream, profiles, catalog, recommendations, keys, settings } = props;
    const { stackName: namespace } = Stack.of(this);
    const { holdoutShare, repurchasable } = settings.recommendations;

    this.api = new HeadwaterFunction(this, 'Api', {
      name: 'recommendation-api',
      description: 'Recommends items.',
      grants: allOf(
        profiles.grantRead(),
        catalog.grantReadAll(),
        recommendations.grantRead(),
        stream.grantPut(),
        {
          environment: {
            HOLDOUT_PER_MILLE: String(Math.round(holdoutShare * 1000)),
            REPURCHASABLE: repurchasable ? '1' : '0',
          },
          statements: [],
        },
        keys.grantCheck('API_KEYS', settings.apiKeys),
      ),
      settings,
    });
    this.fallbacks = new Metric({ namespace, metricName: 'ModelFallbacks', statistic: 'Sum' });
    this.notNoted = new Metric({ namespace, metricName: 'AnswersNotNoted', statistic: 'Sum' });
  }
}
