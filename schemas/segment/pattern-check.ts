import * as z from 'zod/mini';
import { PatternError, readPattern } from './pattern.ts';

/** Refuses a text that `readPattern` cannot read, with what is wrong with it. */
export const patternCheck = () =>
  z.superRefine((source: string, context) => {
    try {
      readPattern(source);
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      context.addIssue({ code: 'custom', message: `is a pattern that ${error.message}` });
    }
  });
