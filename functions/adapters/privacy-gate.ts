import type { IdentityRules } from '../../schemas/identity-rules.ts';
import type { PrivacySettings } from '../../schemas/privacy-settings.ts';
import { type CleanedBatchRecord, Hearing } from '../../shared/privacy/decide.ts';
import type { PrivacyRegister } from './privacy-register.ts';

/** The register could not be asked, or told: nothing of the batch may be stored, which comes again. */
export class RegisterUnreachableError extends Error {
  override readonly name = 'RegisterUnreachableError';

  constructor(cause: unknown) {
    super('The privacy register could not be asked or told: see the cause.', { cause });
  }
}

/** Takes out of a batch what may not be stored. Throws `RegisterUnreachableError`. */
export type PrivacyGate = <R extends CleanedBatchRecord>(records: readonly R[]) => Promise<readonly R[]>;

/**
 * Asks the register once for all keys of a batch, and notes what the batch chooses before anything of it is stored: so the
 * next batch, whoever takes it, knows.
 */
export function createPrivacyGate(
  register: Pick<PrivacyRegister, 'read' | 'noteConsent'>,
  { consent }: PrivacySettings,
  identity: IdentityRules,
): PrivacyGate {
  return async (records) => {
    if (records.length === 0) return records;
    const hearing = new Hearing(records, { consent, identity });
    const { keys } = hearing;
    const known = keys.length === 0 ? new Map() : await register.read(keys).catch(unreachable);
    const { notes, records: admitted } = hearing.judge(known);
    await Promise.all(Array.from(notes, ([key, choices]) => register.noteConsent(key, choices))).catch(unreachable);
    return admitted;
  };
}

function unreachable(cause: unknown): never {
  throw new RegisterUnreachableError(cause);
}
