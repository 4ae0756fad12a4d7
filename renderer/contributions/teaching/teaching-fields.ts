import type { TeachingChoices } from '../../../main/contributions/teaching/contract/teaching.ts';
import {
  distillationSchema,
  type Teaching,
  teachingSchema,
  tuningSchema,
} from '../../../main/contributions/teaching/contract/design.ts';
import { issueText } from '../../../main/domain/settings/index.ts';
import { teachingSettings } from '../../../main/contributions/teaching/contract/settings.ts';

/** A design as its form holds it; `base` may be empty, and what its arms do not need is there for when they do. */
export type TeachingFields = Omit<Teaching, 'made'> & { [part in 'distill' | 'person']: NonNullable<Teaching[part]> };

/** A new design, with the arms that the images can have; its base is chosen. */
const firstDesign = { base: 'any', arms: ['majority', 'human', 'permuted', 'smoothing'], reference: 'majority' };

export function fieldsOf(known: Teaching | null, choices: TeachingChoices): TeachingFields {
  const first = choices.bases[0]?.name ?? '';
  const { made: _, ...design } = known ?? { ...teachingSchema.parse(firstDesign), base: first };
  const { distill = distillationSchema.parse({}), person = tuningSchema.parse({}) } = design;
  return { ...design, distill, person };
}

/** Parses the fields: the design, or the first problem. */
export function parseTeaching(fields: TeachingFields): { teaching: Teaching } | { problem: string } {
  const { arms, reference, distill, person, ...others } = fields;
  if (others.base === '') return { problem: 'Choose the recipe that all networks have.' };
  if (arms.length < 2) return { problem: 'Choose two arms or more: one of them is the reference.' };
  const { success, data, error } = teachingSchema.safeParse({
    ...others,
    arms,
    ...(reference !== undefined && arms.includes(reference) && { reference }),
    ...(arms.includes('distill') && { distill }),
    ...(arms.includes('person') && { person }),
  });
  return success ? { teaching: data } : { problem: issueText(teachingSettings, error) };
}
