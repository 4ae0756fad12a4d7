import { z } from 'zod';

/** The choice "can't tell". It is not a class, so it is stored without a label, and the analysis counts it as missing. */
export const cannotTellChoice = -1;

/** What a person chose: a class index, or `cannotTellChoice`. */
export const choiceSchema = z.int().min(cannotTellChoice).max(999);
