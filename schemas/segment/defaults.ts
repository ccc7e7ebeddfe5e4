/** Stages of a person's life as a customer, in the order in which they are usually told. */
export const lifecycleStages = ['new', 'activated', 'active', 'atRisk', 'lapsed', 'returned'] as const;
export type LifecycleStage = (typeof lifecycleStages)[number];

export const defaultLifecycleDays = { new: 30, activated: 30, active: 30, lapsed: 90, returned: 30 } as const;

/** Bounds between the five scores, for a shop whose customers buy a few times a year; money in units of the currency. */
export const defaultRfmScale = {
  recencyDays: [14, 30, 90, 180],
  frequency: [2, 3, 5, 8],
  monetary: [50, 100, 250, 500],
} as const;
