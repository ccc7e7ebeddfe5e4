import { type AccessKey, accessKeyRules } from './access-key.ts';
import { externalTraitName, type IdentityRules } from './identity-rules.ts';
import { type Space, spaceId } from './spaces.ts';

/** A variable of a function's environment. */
export interface Variable<T = unknown> {
  /** What it holds, and who sets it. */
  readonly description: string;
  /** Throws `VariableError` with what is wrong, without the text: it may be secret. */
  read(text: string): T;
}

export class VariableError extends Error {
  override readonly name = 'VariableError';
}

export const text = (description: string): Variable<string> => ({
  description,
  read: (given) => {
    if (given === '') throw new VariableError('is empty');
    return given;
  },
});

/** A whole number from `least` to `most`. */
export const whole = (description: string, least: number, most: number): Variable<number> => ({
  description,
  read: (given) => {
    const value = Number(given);
    if (given.trim() === '' || !Number.isInteger(value) || value < least || value > most) {
      throw new VariableError(`is no whole number from ${least} to ${most}`);
    }
    return value;
  },
});

/** Identity rules as JSON. */
export const identityRules = (description: string): Variable<IdentityRules> => ({
  description,
  read: (given) => {
    const rules = parsed(given) as Partial<Record<keyof IdentityRules, unknown>> | null;
    const textsOf = (name: keyof IdentityRules, pattern: RegExp): string[] => {
      const texts: unknown = rules?.[name];
      if (!Array.isArray(texts)) throw new VariableError(`${name} is no JSON array`);
      const wrong = texts.findIndex((each) => typeof each !== 'string' || !pattern.test(each));
      if (wrong >= 0) throw new VariableError(`${name} ${wrong} does not match ${pattern}`);
      return texts as string[];
    };
    const spaces = (rules as { spaces?: unknown } | null)?.spaces;
    return {
      externalTraits: textsOf('externalTraits', externalTraitName),
      blockedIds: textsOf('blockedIds', /./),
      ...(spaces !== undefined && { spaces: spacesOf(spaces) }),
    };
  },
});

/** Names of spaces as a JSON array. */
export const spaceIds = (description: string): Variable<readonly string[]> => ({
  description,
  read: (given) => {
    const ids = parsed(given);
    if (!Array.isArray(ids) || !ids.every(isSpaceId)) throw new VariableError('is no JSON array of names of spaces');
    return ids;
  },
});

const isSpaceId = (value: unknown): value is string => typeof value === 'string' && spaceId.test(value);

function spacesOf(given: unknown): readonly Space[] {
  if (!Array.isArray(given)) throw new VariableError('spaces is no JSON array');
  for (const [at, space] of given.entries()) {
    const { id, sources } = (space ?? {}) as Partial<Record<keyof Space, unknown>>;
    const isWhole = isSpaceId(id) && Array.isArray(sources) && sources.every((each) => typeof each === 'string');
    if (!isWhole) throw new VariableError(`spaces ${at} is no {id, sources}`);
  }
  return given as readonly Space[];
}

/** A JSON array of access keys. */
export const accessKeys = (description: string): Variable<readonly AccessKey[]> => ({
  description,
  read: (given) => {
    const keys = parsed(given);
    if (!Array.isArray(keys)) throw new VariableError('is no JSON array');
    return keys.map(accessKeyOf);
  },
});

function parsed(given: string): unknown {
  try {
    return JSON.parse(given);
  } catch {
    throw new VariableError('is no JSON');
  }
}

function accessKeyOf(key: unknown, position: number): AccessKey {
  const read = (name: keyof AccessKey): string => {
    const value: unknown = (key as Record<string, unknown> | null)?.[name];
    const { pattern, is } = accessKeyRules[name];
    if (typeof value !== 'string' || !pattern.test(value)) throw new VariableError(`${position} ${name} ${is}`);
    return value;
  };
  return { id: read('id'), sha256: read('sha256') };
}
