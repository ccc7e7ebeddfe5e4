import type { ModelVersions } from '../../schemas/recommendation.ts';
import type { Attempt } from '../adapters/model-store.ts';

/** How trainings ended, as the API tells it. */
export function modelVersionsOf(attempts: readonly Attempt[], serving: string | undefined): ModelVersions {
  const items = attempts.map(({ version, outcome, reason, startedAt, endedAt, before, trained }) => ({
    version,
    outcome,
    serving: version === serving,
    ...(reason !== undefined && { reason }),
    startedAt: new Date(startedAt).toISOString(),
    endedAt: new Date(endedAt).toISOString(),
    ...(before !== undefined && { before }),
    ...(trained && {
      items: trained.items,
      people: trained.people,
      interactions: trained.interactions,
      quality: trained.quality,
      baselines: trained.baseline,
      parameters: { ...trained.parameters },
    }),
  }));
  return { items, nextCursor: null };
}
