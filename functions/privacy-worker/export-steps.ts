import type { TransitionView } from '../../schemas/segment/view.ts';
import type { Key } from '../../schemas/stream/control.ts';
import { identityView } from '../../shared/identity/view.ts';
import { profileIdOf } from '../../shared/profile/new-profile.ts';
import { viewOf } from '../../shared/profile/view.ts';
import type { AudienceLists } from '../adapters/audience-lists.ts';
import type { WriteAudit } from '../adapters/audit-trail.ts';
import { findPerson } from '../adapters/person.ts';
import type { PrivacyRegister } from '../adapters/privacy-register.ts';
import type { PrivacyRequests } from '../adapters/privacy-requests.ts';
import type { ProfileStore } from '../adapters/profile-store.ts';
import { completedEntry } from './audit-entries.ts';
import { findKeys } from './find-keys.ts';
import type { LakeExport } from './lake/types.ts';
import type { ExportPass } from './pass.ts';

/** What the steps of an export reach. */
export interface ExportReach {
  readonly requests: Pick<PrivacyRequests, 'open' | 'finish' | 'noteExport'>;
  readonly register: Pick<PrivacyRegister, 'read'>;
  readonly profiles: Pick<ProfileStore, 'read'>;
  readonly lists: Pick<AudienceLists, 'listTransitions'>;
  readonly lakeExport: LakeExport;
  /** Writes to the audit log. */
  readonly audit: WriteAudit;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
}

export type ExportProgress = ExportPass | 'wait' | 'over';

const PAGE = 100;

/** Does the step that an export is at; each may be done again, with the same effect. Throws what its services throw. */
export class ExportSteps {
  readonly #reach: ExportReach;

  constructor(reach: ExportReach) {
    this.#reach = reach;
  }

  async advance(pass: ExportPass): Promise<ExportProgress> {
    const { lakeExport, profiles, requests, clock } = this.#reach;
    if (pass.step.name === 'find') {
      const keys = await findKeys(profiles, pass.keys);
      await requests.noteExport(keys, pass.id, clock());
      const state = lakeExport.begin({ requestId: pass.id, keys, profileIds: keys.map(profileIdOf) });
      return { ...pass, keys, step: { name: 'lake', state } };
    }
    const { state } = pass.step;
    if (lakeExport.isDone(state)) return await this.finish(pass, { archive: state.key });
    const held = state.step === 'first' ? await this.#held(pass.keys) : {};
    const next = await lakeExport.next(state, held);
    return next === 'wait' ? 'wait' : { ...pass, step: { name: 'lake', state: next } };
  }

  /** Ends the request, by its archive or by why there is none. */
  async finish(pass: ExportPass, end: { readonly archive: string } | { readonly failure: string }): Promise<'over'> {
    const { requests, audit, clock } = this.#reach;
    const request = (await requests.open()).find(({ id }) => id === pass.id);
    const state = 'archive' in end ? 'done' : 'failed';
    if (request === undefined) return 'over';
    const completedAt = clock();
    await audit([completedEntry(request, pass.keys, completedAt, state)]);
    await requests.finish({ ...request, ...end, state, step: state, keys: [], completedAt });
    return 'over';
  }

  /** What is held outside the lake. */
  async #held(keys: readonly Key[]): Promise<Record<string, unknown>> {
    const { profiles, register, clock } = this.#reach;
    const exportedAt = new Date(clock()).toISOString();
    const entries = [...(await register.read(keys))].map(([key, { consent }]) => ({ key, consent }));
    const person = await findPerson(profiles, keys);
    if (person === undefined) return { exportedAt, keys, profile: null, choices: entries };
    const { home, parts, profile } = person;
    const memberships = new Map(parts.get(home)?.audience.memberships ?? []);
    const known = Array.from(parts, ([key, { identity: node, profile: part }]) => {
      return { key, node, eventCount: part?.eventCount ?? 0, firstSeen: part?.firstSeen, lastSeen: part?.lastSeen };
    });
    return {
      exportedAt,
      keys,
      profile: viewOf(profile, clock(), memberships),
      identity: identityView(profile.profileId, home, known),
      choices: entries,
      transitions: (await Promise.all(keys.map((key) => this.#transitions(profileIdOf(key))))).flat(),
    };
  }

  async #transitions(profileId: string): Promise<TransitionView[]> {
    const all: TransitionView[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.#reach.lists.listTransitions(profileId, { limit: PAGE, cursor });
      for (const { id, n, segmentId, version, to, at, cause } of page.items) {
        all.push({ id, n, segmentId, version, to, at: new Date(at).toISOString(), cause });
      }
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return all;
  }
}
