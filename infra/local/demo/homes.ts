import type { Random } from './random.ts';

export type Currency = 'USD' | 'EUR' | 'GBP';

export interface Home {
  readonly country: string;
  readonly city: string;
  readonly currency: Currency;
  readonly zoneHours: number;
  readonly timezone: string;
  readonly locale: string;
}

const homes: readonly Home[] = [
  home('US', 'Denver', 'USD', -7, 'America/Denver', 'en-US'),
  home('US', 'Portland', 'USD', -8, 'America/Los_Angeles', 'en-US'),
  home('US', 'Boston', 'USD', -5, 'America/New_York', 'en-US'),
  home('US', 'Austin', 'USD', -6, 'America/Chicago', 'en-US'),
  home('DE', 'Hamburg', 'EUR', 1, 'Europe/Berlin', 'de-DE'),
  home('FR', 'Lyon', 'EUR', 1, 'Europe/Paris', 'fr-FR'),
  home('GB', 'Leeds', 'GBP', 0, 'Europe/London', 'en-GB'),
];
const homeWeights = [22, 20, 22, 16, 7, 5, 8];

export const findHome = (random: Random): Home => homes[random.weighted(homeWeights)] as Home;

function home(
  country: string,
  city: string,
  currency: Currency,
  zoneHours: number,
  timezone: string,
  locale: string,
): Home {
  return { country, city, currency, zoneHours, timezone, locale };
}
