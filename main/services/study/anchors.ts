import { z } from 'zod';
import { candidatesSchema } from '../../contract/candidates.ts';
import type { Candidates } from '../../contract/candidates.ts';
import { type GeneratorProvenance, generatorProvenanceSchema } from '../../contract/generator.ts';
import { hashSchema } from '../../contract/recipes.ts';
import { type AnchorSpec, anchorSchema } from '../../contract/study.ts';
import { UserError } from '../../contract/errors.ts';
import { encodeGrayPng } from '../../files/png.ts';
import type { ReportAnchor } from '../../reports/report-data.ts';
import type { RunRecord, StimulusSetHeader } from '../../storage/index.ts';
import type { Workbench } from '../tools/workbench.ts';

/** How a generated set came about, as it is stored with it. */
export const generatedProvenanceSchema = z.strictObject({
  /** Hash of the weights. */
  generator: hashSchema,
  /** Where they come from, if they came with the product; null: from a run of the study. */
  shipped: generatorProvenanceSchema.nullable().default(null),
  candidates: hashSchema,
  /** Which candidate of each class is the anchor, or which point of a person's own. */
  anchors: z.array(anchorSchema),
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
 * What was chosen for each class: the best candidate, unless a person chose another, or a point of their own.
 * @throws UserError `stimuli.anchors`
 */
export function chooseAnchors(candidates: Candidates, chosen: readonly AnchorSpec[] | null): AnchorSpec[] {
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
  const latent = classes[0]?.[0]?.z.length ?? 0;
  chosen.forEach((anchor, k) => {
    const there = classes[k]?.length ?? 0;
    if (typeof anchor !== 'number') {
      const { length } = anchor.z;
      if (length !== latent)
        refuse(`The anchor of class ${k} has ${length} numbers, and the generator takes ${latent}`);
    } else if (anchor >= there) refuse(`Class ${k} has ${there} candidates, so there is no number ${anchor}`);
  });
  return [...chosen];
}

/** The latent point of each class's anchor, float32. `anchors`: as `chooseAnchors` gives them. */
export function anchorPoints(candidates: Candidates, anchors: readonly AnchorSpec[]): Float32Array[] {
  return anchors.map((anchor, k) =>
    Float32Array.from(typeof anchor === 'number' ? (candidates.classes[k]?.[anchor]?.z ?? []) : anchor.z),
  );
}

/** The anchors' images of a generated set, for a report; none for an imported one. */
export function anchorsOf(bench: Workbench, set: StimulusSetHeader): ReportAnchor[] {
  const provenance = generatedProvenanceSchema.safeParse(set.provenance);
  if (!provenance.success) return [];
  const candidates = parseCandidates(bench.storage.blobs.get(provenance.data.candidates));
  const pixels = bench.storage.blobs.get(candidates.pixels);
  return provenance.data.anchors.flatMap((anchor, classIndex) =>
    typeof anchor === 'number'
      ? [candidateAnchor(candidates, pixels, classIndex, anchor)]
      : ownAnchor(bench, set, classIndex),
  );
}

function candidateAnchor(
  { classes, width, height }: Candidates,
  pixels: Uint8Array,
  classIndex: number,
  index: number,
): ReportAnchor {
  const position = classes.slice(0, classIndex).reduce((sum, list) => sum + list.length, 0) + index;
  const image = pixels.subarray(position * width * height, (position + 1) * width * height);
  const confidence = classes[classIndex]?.[index]?.confidence ?? null;
  return { classIndex, png: encodeGrayPng({ width, height, pixels: image }), confidence };
}

/** A point that a person chose is no candidate: its image is the end of any pair of its class. */
function ownAnchor({ storage }: Workbench, set: StimulusSetHeader, classIndex: number): ReportAnchor[] {
  const position = storage.stimulusSets
    .images(set.hash)
    .findIndex(
      ({ pairI, pairJ, alpha }) => (pairI === classIndex && alpha === 0) || (pairJ === classIndex && alpha === 1),
    );
  if (position < 0) return [];
  const { width, height, pixels } = set.original ?? set;
  const area = width * height;
  const image = storage.blobs.get(pixels).subarray(position * area, (position + 1) * area);
  return [{ classIndex, png: encodeGrayPng({ width, height, pixels: image }), confidence: null }];
}
