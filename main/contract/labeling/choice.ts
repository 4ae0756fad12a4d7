import { z } from 'zod';

/**
 * The choice "can't tell". It is not a class, so it has no label: `toLabel` of `domain/labeling/answers.ts` gives null for
 * it, and the analysis counts the answer as missing.
 */
export const cannotTellChoice = -1;

/** What a person chose: a class index, or `cannotTellChoice`. */
export const choiceSchema = z.int().min(cannotTellChoice).max(999);
