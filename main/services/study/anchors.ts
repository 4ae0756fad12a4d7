import { z } from 'zod';
import { candidatesSchema } from '../../contract/candidates.ts';
import type { Candidates } from '../../contract/candidates.ts';
import { type GeneratorProvenance, generatorProvenanceSchema } from '../../contract/generator.ts';
import { hashSchema } from '../../contract/recipes.ts';
import { UserError } from '../../contract/errors.ts';
import { encodeGrayPng } from '../../files/png.ts';
import type { ReportAnchor } from '../../reports/report-data.ts';
import type { RunRecord, StimulusSetHeader } from '../../storage/index.ts';
import type { Workbench } from '../workbench.ts';

/** How a generated set came about, as it is stored with it. */
export const generatedProvenanceSchema = z.strictObject({
  /** Hash of the weights. */
  generator: hashSchema,
  /** Where they come from, if they came with the product; null: from a run of the study. */
  shipped: generatorProvenanceSchema.nullable().default(null),
  candidates: hashSchema,
  /** Which candidate of each class is the anchor. */
  anchors: z.array(z.int().min(0)),
  interpolation: z.enum(['linear', 'spherical']),
  run: z.int(),
});
export type GeneratedProvenance = z.infer<typeof generatedProvenanceSchema>;

/** The generator that came with the product, if a set was made with it. */
export function shippedGeneratorOf({ provenance }: Pick<StimulusSetHeader, 'provenance'>): GeneratorProvenance | null {
  return generatedProvenanceSchema.safeParse(provenance).data?.shipped ?? null;
}

/** The candidates that a run found. */
export function readCandidates({ storage }: Workbench, run: Pick<RunRecord, 'result' | 'id'>): Candidates {
  if (run.result?.kind !== 'candidates') throw new Error(`run ${run.id} has no candidates`);
  return parseCandidates(storage.blobs.get(run.result.candidates));
}

const parseCandidates = (bytes: Buffer): Candidates => candidatesSchema.parse(JSON.parse(bytes.toString('utf8')));

/**
 * The chosen candidate of each class: the best one, unless a person chose another.
 * @throws UserError `stimuli.anchors`
 */
export function chooseAnchors(candidates: Candidates, chosen: readonly number[] | null): number[] {
  const { classes } = candidates;
  if (chosen === null) return classes.map(() => 0);
  const refuse = (what: string): never => {
    throw new UserError({
      code: 'stimuli.anchors',
      what,
      where: 'stimuli.anchors of the study file',
      remedy: 'Name one candidate for each class, from 0; `boundary stimuli candidates` draws them with their numbers.',
    });
  };
  if (chosen.length !== classes.length) refuse(`There are ${classes.length} classes and ${chosen.length} anchors`);
  chosen.forEach((index, k) => {
    const there = classes[k]?.length ?? 0;
    if (index >= there) refuse(`Class ${k} has ${there} candidates, so there is no number ${index}`);
  });
  return [...chosen];
}

/** The anchors' images of a generated set, for a report; none for an imported one. */
export function anchorsOf({ storage }: Workbench, set: StimulusSetHeader): ReportAnchor[] {
  const provenance = generatedProvenanceSchema.safeParse(set.provenance);
  if (!provenance.success) return [];
  const candidates = parseCandidates(storage.blobs.get(provenance.data.candidates));
  const { width, height } = candidates;
  const pixels = storage.blobs.get(candidates.pixels);
  let first = 0;
  return candidates.classes.map((list, classIndex) => {
    const index = provenance.data.anchors[classIndex] ?? 0;
    const position = first + index;
    first += list.length;
    const image = pixels.subarray(position * width * height, (position + 1) * width * height);
    return {
      classIndex,
      png: encodeGrayPng({ width, height, pixels: image }),
      confidence: list[index]?.confidence ?? null,
    };
  });
}
