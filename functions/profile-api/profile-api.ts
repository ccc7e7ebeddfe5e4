import { profileRoutes } from '../../schemas/api/profile-routes.ts';
import type { AccessKey } from '../../schemas/env.ts';
import type { Profile } from '../../schemas/profile.ts';
import { CursorError, recentPage } from '../../shared/profile/recent-page.ts';
import { decodeProfile } from '../../shared/profile/state.ts';
import { viewOf } from '../../shared/profile/view.ts';
import type { ProfileItem } from '../adapters/profile-store.ts';
import { type HttpHandler, json } from '../middleware/http.ts';
import { httpApi, type OperationRequest } from '../middleware/http-api.ts';
import { ProblemError } from '../middleware/problem.ts';

export interface ProfileApiProps {
  /** Reads a profile by its key. */
  readonly readProfile: (key: string) => Promise<ProfileItem | undefined>;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  readonly apiKeys: readonly AccessKey[];
}

type ById = { readonly id: string };
type Page = { readonly limit: number; readonly cursor?: string };

/** Makes the handler that answers profiles and their recent events. */
export function createProfileApi({ readProfile, clock, apiKeys }: ProfileApiProps): HttpHandler {
  const profileOf = async (id: string): Promise<Profile> => {
    const item = await readProfile(keyOf(id));
    if (item === undefined) {
      throw new ProblemError(
        'profile_not_found',
        'No event of this id has arrived. Give a userId, or anonymous:<anonymousId>, percent-encoded.',
      );
    }
    return decodeProfile(item).profile;
  };
  return httpApi({
    endpoints: profileRoutes,
    apiKeys,
    operations: {
      async getProfile({ params }: OperationRequest<ById>) {
        return json(200, viewOf(await profileOf(params.id), clock()));
      },
      async listProfileEvents({ params, query }: OperationRequest<ById, Page>) {
        return json(200, pageOf(await profileOf(params.id), query));
      },
    },
  });
}

/** `anonymous:<anonymousId>` is a key as it stands; everything else is a userId. */
const keyOf = (id: string): string => (id.startsWith('anonymous:') ? id : `user:${id}`);

function pageOf(profile: Profile, { limit, cursor }: Page) {
  try {
    return recentPage(profile, limit, cursor);
  } catch (error) {
    if (!(error instanceof CursorError)) throw error;
    const errors = [{ path: 'cursor', message: error.message }];
    throw new ProblemError('invalid_parameter', 'Wrong parameters: cursor. Each is described in errors.', { errors });
  }
}
