import { z } from 'zod';
import { latentBytes, sampleSchema } from '../../contract/api/index.ts';
import { seedSchema } from '../../contract/recipes/index.ts';
import { setting } from '../../contract/settings/index.ts';
import { readSettings, type Setting } from '../../domain/settings/index.ts';

/** A further search for candidates. */
export const furtherSearchSchema = z.strictObject({
  seed: setting(seedSchema.clone(), { title: 'Seed', help: 'The same seed draws the same z' }),
  samples: setting(z.int().min(10).max(50_000).default(2000), { title: 'Samples', help: 'How many z are drawn' }),
  perClass: setting(z.int().min(1).max(500).default(48), {
    title: 'Candidates of each class',
    help: 'How many of the best are kept, beside those of earlier searches',
  }),
});

export type FurtherSearch = z.infer<typeof furtherSearchSchema>;

/** The settings of a further search. */
export const searchSettings: readonly Setting[] = readSettings(furtherSearchSchema);

/** A candidate; in a study between real images `sample` and `index` are the position of a test image, and `seed` is 0. */
export const candidateSchema = z.strictObject({
  ...sampleSchema.shape,
  /** Its index in the own search, which the study file may name; null in others. */
  index: z.int().nullable(),
  /** Softmax of its class by the reference, and ln(that / the next class's); null where none was asked. */
  confidence: z.number().nullable(),
  margin: z.number().nullable(),
  /** Mean distance to the nearest real images in gray levels; null: not measured. Smaller: more like them. */
  distance: z.number().nullable(),
  /** Root mean square difference to the most similar other candidate of the list, in gray levels. */
  variety: z.number(),
  z: latentBytes,
  norm: z.number().nullable(),
});
export type Candidate = z.infer<typeof candidateSchema>;
