import { catalogEndpoints } from './catalog.ts';
import type { Endpoint } from './endpoint.ts';
import { ingestionEndpoints } from './ingestion.ts';
import { privacyEndpoints } from './privacy.ts';
import { profileEndpoints } from './profiles.ts';
import { recommendationEndpoints } from './recommendations.ts';
import { reportEndpoints } from './reports.ts';
import { segmentEndpoints } from './segments.ts';
import { serviceEndpoints } from './service.ts';

/** Every endpoint of the HTTP API. */
export const endpoints: readonly Endpoint[] = [
  ...ingestionEndpoints,
  ...profileEndpoints,
  ...segmentEndpoints,
  ...catalogEndpoints,
  ...recommendationEndpoints,
  ...reportEndpoints,
  ...privacyEndpoints,
  ...serviceEndpoints,
];

/** API Gateway's key of a route, for example `GET /v1/profiles/{id}`. */
export const routeKeyOf = ({ method, path }: Pick<Endpoint, 'method' | 'path'>): string => `${method} ${path}`;
