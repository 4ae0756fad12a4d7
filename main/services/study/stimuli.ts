import { bytesOf } from '../../domain/numbers/arrays.ts';
import { z } from 'zod';
import { UserError } from '../../contract/wire/errors.ts';
import {
  type CandidateRecord,
  type Candidates,
  candidatesSchema,
  type Confusion,
  type GeneratorProvenance,
  generatorProvenanceSchema,
} from '../../contract/runs/generator.ts';
import { hashSchema } from '../../contract/recipes/recipes.ts';
import {
  anchorDesignSchema,
  anchorRuleSchema,
  type AnchorSpec,
  type ClassAnchors,
  classAnchorsSchema,
  type GeneratedStimuliSpec,
} from '../../contract/stimuli/stimuli.ts';
import type { Study } from '../../contract/studies/study.ts';
import { type BlendedProvenance, blendedProvenanceSchema, readRealImages } from './blended.ts';
import { anchorCounts, layOutDesign, pickAnchors } from '../../domain/anchors/anchors.ts';
import { ownGenerator } from '../../domain/plans/declaration.ts';
import { stimulusSetHash } from '../../domain/plans/identity.ts';
import { type ImageSize, sizeOf } from '../../domain/data/images.ts';
import { alphas, stimulusLatents } from '../../domain/stimuli/interpolation.ts';
import { resolvePairs } from '../../domain/anchors/pair-design.ts';
import { type LatentSpace, latentPoint } from '../../domain/anchors/latents.ts';
import { type Pair, pixelsAt, sameAlpha, type StimulusImage } from '../../domain/stimuli/stimulus-set.ts';
import { encodePng } from '../../files/png.ts';
import type { ReportAnchor } from '../../exhibits/report-data.ts';
import type { DataSetRecord } from '../../contract/api/data-sets.ts';
import type { RunRecord } from '../../storage/runs/run-record.ts';
import type { StimulusSetHeader, StimulusSetRecord } from '../../storage/stimulus-sets.ts';
import type { ShippedGenerator } from '../generators/shipped.ts';
import { readImages } from '../workbench/find.ts';
import type { FrozenStimuli } from '../workbench/stimulus-sources.ts';
import type { Workbench } from '../workbench/workbench.ts';

/** How a generated set was made, as it is stored with it. */
export const generatedProvenanceSchema = z.strictObject({
  generator: hashSchema,
  /** Their provenance if they came with the product; null: they are from a run of the study. */
  shipped: generatorProvenanceSchema.nullable().default(null),
  candidates: hashSchema,
  /** Anchors of each class, one or a list: the index of a candidate, or a latent point. */
  anchors: z.array(classAnchorsSchema),
  /** What was declared, unless it was one anchor a class and the best. */
  declared: z
    .strictObject({
      anchors: z.array(classAnchorsSchema).nullable(),
      anchorDesign: anchorDesignSchema,
      anchorRule: anchorRuleSchema,
    })
    .optional(),
  interpolation: z.enum(['linear', 'spherical']),
  /** For pairs by confusion: hash of what the run of the test images found. */
  confusion: hashSchema.optional(),
  run: z.int(),
});
export type GeneratedProvenance = z.infer<typeof generatedProvenanceSchema>;

/** Provenance of the shipped generator that made a set; null for other sets. */
export function readShippedProvenance({
  provenance,
}: Pick<StimulusSetHeader, 'provenance'>): GeneratorProvenance | null {
  return generatedProvenanceSchema.safeParse(provenance).data?.shipped ?? null;
}

export function readCandidates({ storage }: Workbench, run: Pick<RunRecord, 'result' | 'id'>): Candidates {
  if (run.result?.kind !== 'candidates') throw new Error(`run ${run.id} has no candidates`);
  return parseCandidates(storage.blobs.get(run.result.candidates));
}

const parseCandidates = (bytes: Buffer): Candidates => candidatesSchema.parse(JSON.parse(bytes.toString('utf8')));

/** What the generator of these candidates makes images from. */
export function candidatesSpace({ classes, conditional }: Candidates): LatentSpace {
  const length = classes[0]?.[0]?.z.length ?? 0;
  return conditional ? { z: length - classes.length, classes: classes.length } : { z: length, classes: 0 };
}

type DeclaredAnchors = Pick<GeneratedStimuliSpec, 'anchors' | 'anchorDesign' | 'anchorRule'>;

/** What the study declares of anchors, in a form in which equal declarations are equal. */
export const declaredAnchors = ({ anchors, anchorDesign, anchorRule }: DeclaredAnchors) => ({
  anchors,
  anchorDesign: anchorDesign ?? { kind: 'one' as const },
  anchorRule: anchorRule ?? { kind: 'best' as const },
});

export const anchorList = (anchors: ClassAnchors): readonly AnchorSpec[] =>
  Array.isArray(anchors) ? anchors : [anchors];

/**
 * The anchors of each class: first those that a person chose, then by the rule as many as the design needs.
 * @param seed of the search
 * @throws UserError `stimuli.anchors`, `stimuli.too-few-anchors`
 */
export function chooseAnchors(
  candidates: Candidates,
  spec: DeclaredAnchors,
  pairs: readonly Pair[],
  seed: number,
): AnchorSpec[][] {
  const { classes } = candidates;
  const { anchorDesign, anchorRule } = declaredAnchors(spec);
  const byHand = chosenByHand(candidates, spec);
  const space = candidatesSpace(candidates);
  return anchorCounts(pairs, anchorDesign, classes.length).map((count, k) => {
    const chosen = (byHand[k] ?? []).slice(0, count);
    const pool = {
      candidates: (classes[k] ?? []).map(({ index }) => index),
      clear: candidates.clear?.[k] ?? null,
    };
    const indexOf = new Map((classes[k] ?? []).map(({ z, index }) => [pointKey({ z, from: null }, []), index]));
    const taken = new Set(
      chosen.flatMap((anchor) => {
        const equal = indexOf.get(pointKey(anchor, classes[k] ?? [])) ?? [];
        return typeof anchor !== 'number' && anchor.from?.seed === seed ? [equal, anchor.from.sample].flat() : equal;
      }),
    );
    const picked = pickAnchors(pool, anchorRule, k, count - chosen.length, taken);
    return [
      ...chosen,
      ...picked.map((each): AnchorSpec => {
        if ('candidate' in each) return each.candidate;
        return { z: [...latentPoint(seed, each.sample, space)], from: { seed, sample: each.sample } };
      }),
    ];
  });
}

/** @throws UserError `stimuli.anchors` */
function chosenByHand({ classes }: Candidates, spec: DeclaredAnchors): (readonly AnchorSpec[])[] {
  const { anchors: chosen } = spec;
  if (chosen === null) return [];
  const refuse = (what: string): never => {
    throw new UserError(
      'stimuli.anchors',
      what,
      'stimuli.anchors of the study file',
      'Name candidates of each class, from 0; `boundary stimuli candidates` draws them with their numbers.',
    );
  };
  if (chosen.length !== classes.length) refuse(`There are ${classes.length} classes and ${chosen.length} anchors`);
  refuseEqualAnchors(spec, classes);
  const latent = classes[0]?.[0]?.z.length ?? 0;
  return chosen.map((anchors, k) => {
    const there = classes[k]?.length ?? 0;
    for (const anchor of anchorList(anchors)) {
      if (typeof anchor !== 'number') {
        const { length } = anchor.z;
        if (length !== latent)
          refuse(`The anchor of class ${k} has ${length} numbers, and the generator takes ${latent}`);
      } else if (anchor >= there) refuse(`Class ${k} has ${there} candidates, so there is no number ${anchor}`);
    }
    return anchorList(anchors);
  });
}

/** The latent point of an anchor, equal for equal ones; an index where its candidate is not known. */
function pointKey(anchor: AnchorSpec, candidates: readonly CandidateRecord[]): string {
  const z = typeof anchor === 'number' ? candidates[anchor]?.z : anchor.z;
  return z ? z.map(Math.fround).join() : `candidate ${JSON.stringify(anchor)}`;
}

/**
 * Pairs between the same anchor are not independent, so where a class has several, they differ.
 * @param candidates of each class, where they are known
 * @throws UserError `stimuli.anchors`
 */
export function refuseEqualAnchors(
  { anchors, anchorDesign }: Pick<DeclaredAnchors, 'anchors' | 'anchorDesign'>,
  candidates: Candidates['classes'],
): void {
  if ((anchorDesign ?? { kind: 'one' }).kind === 'one') return;
  (anchors ?? []).forEach((own, k) => {
    const keys = anchorList(own).map((anchor) => pointKey(anchor, candidates[k] ?? []));
    const second = keys.findIndex((key, n) => keys.indexOf(key) < n);
    if (second < 0) return;
    throw new UserError(
      'stimuli.anchors',
      `Anchors ${keys.indexOf(keys[second] ?? '') + 1} and ${second + 1} of class ${k} are the same latent point`,
      'stimuli.anchors',
      'Choose each anchor of a class once; those that are missing are chosen by the rule.',
    );
  });
}

/** The latent points of each class's anchors, float32. `anchors`: as `chooseAnchors` gives them. */
export function anchorPoints(candidates: Candidates, anchors: readonly (readonly AnchorSpec[])[]): Float32Array[][] {
  return anchors.map((list, k) =>
    list.map((anchor) =>
      Float32Array.from(typeof anchor === 'number' ? (candidates.classes[k]?.[anchor]?.z ?? []) : anchor.z),
    ),
  );
}

/** The anchors' images of a generated set, for a report; none for an imported one. */
export function reportAnchors(workbench: Workbench, set: StimulusSetHeader): ReportAnchor[] {
  const blended = blendedProvenanceSchema.safeParse(set.provenance).data;
  if (blended) return realAnchors(workbench, set, blended);
  const provenance = generatedProvenanceSchema.safeParse(set.provenance);
  if (!provenance.success) return [];
  const candidates = parseCandidates(workbench.storage.blobs.get(provenance.data.candidates));
  const pixels = workbench.storage.blobs.get(candidates.pixels);
  return provenance.data.anchors.flatMap((anchors, classIndex) =>
    anchorList(anchors).flatMap((anchor, n) =>
      typeof anchor === 'number'
        ? [candidateAnchor(candidates, pixels, classIndex, anchor)]
        : ownAnchor(workbench, set, classIndex, n),
    ),
  );
}

/** Images of the test part, which are the ends of the pairs that have them. */
function realAnchors(
  workbench: Workbench,
  set: StimulusSetHeader,
  { anchors, candidates }: BlendedProvenance,
): ReportAnchor[] {
  const { classes } = readRealImages(workbench, candidates);
  return anchors.flatMap((own, classIndex) =>
    own.flatMap((position) => {
      const confidence = classes[classIndex]?.find(({ index }) => index === position)?.confidence ?? null;
      return endOfPair(workbench, set, classIndex, (id) => id === String(position)).map((anchor) => ({
        ...anchor,
        confidence,
      }));
    }),
  );
}

/** @param images uint8 [count, height, width, channels] */
const pngAt = (images: ImageSize & { pixels: Uint8Array }, position: number): Uint8Array =>
  encodePng({ ...sizeOf(images), pixels: pixelsAt(images, position) });

function candidateAnchor(candidates: Candidates, pixels: Uint8Array, classIndex: number, index: number): ReportAnchor {
  const { classes } = candidates;
  const position = classes.slice(0, classIndex).reduce((sum, list) => sum + list.length, 0) + index;
  const confidence = classes[classIndex]?.[index]?.confidence ?? null;
  return { classIndex, png: pngAt({ ...sizeOf(candidates), pixels }, position), confidence };
}

/** A latent point that a person chose has no candidate image: its image is the end of a pair of its class. */
const ownAnchor = (workbench: Workbench, set: StimulusSetHeader, classIndex: number, n: number): ReportAnchor[] =>
  endOfPair(workbench, set, classIndex, (id) => Number(id ?? 1) === n + 1);

/** The end of a pair of a class whose anchor is the one; none: no pair has it. */
function endOfPair(
  workbench: Workbench,
  set: StimulusSetHeader,
  classIndex: number,
  isIt: (id: string | null | undefined) => boolean,
): ReportAnchor[] {
  const position = workbench.storage.stimulusSets
    .images(set.hash)
    .findIndex(
      ({ pairI, pairJ, alpha, anchorI, anchorJ }) =>
        alpha !== null &&
        ((pairI === classIndex && sameAlpha(alpha, 0) && isIt(anchorI)) ||
          (pairJ === classIndex && sameAlpha(alpha, 1) && isIt(anchorJ))),
    );
  if (position < 0) return [];
  return [{ classIndex, png: pngAt(readImages(workbench, set, 'original'), position), confidence: null }];
}

interface ChosenLatents {
  images: readonly StimulusImage[];
  /** float32 [images, latent]. */
  values: Float32Array;
  latents: string;
  anchors: AnchorSpec[][];
}

/** Interpolates between the anchors, pair by pair. @throws UserError `pairs.*`, `stimuli.*` */
export function interpolateAnchors(
  workbench: Workbench,
  search: RunRecord,
  spec: GeneratedStimuliSpec,
  dataSet: DataSetRecord,
  confusion: Confusion | null = null,
): ChosenLatents {
  const candidates = readCandidates(workbench, search);
  const pairs = resolvePairs(spec.design, dataSet.classes.length, confusion);
  const anchors = chooseAnchors(candidates, spec, pairs, spec.seed);
  const points = anchorPoints(candidates, anchors);
  const { images, values } = designLatents({ points, space: candidatesSpace(candidates) }, spec, pairs);
  return { images, values, latents: workbench.storage.blobs.put(bytesOf(values)), anchors };
}

/** All images of a design and their latent points, float32 [images, latent]. */
export function designLatents(
  { points, space }: { points: readonly (readonly Float32Array[])[]; space: LatentSpace },
  {
    alphas: count,
    interpolation,
    anchorDesign,
  }: Pick<GeneratedStimuliSpec, 'alphas' | 'interpolation' | 'anchorDesign'>,
  pairs: readonly Pair[],
): Pick<ChosenLatents, 'images' | 'values'> {
  const images = layOutDesign(pairs, alphas(count), anchorDesign);
  return { images, values: stimulusLatents(images, points, interpolation, space.classes) };
}

interface ChosenGenerator {
  weights: string;
  shipped: ShippedGenerator | null;
}

export function freezeGenerated(
  workbench: Workbench,
  made: {
    chosen: ChosenLatents;
    rendered: RunRecord;
    search: RunRecord;
    generator: ChosenGenerator;
    spec: GeneratedStimuliSpec;
    dataSet: DataSetRecord;
    /** For pairs by confusion: hash of what the run of the test images found. */
    confusion?: string | undefined;
  },
): FrozenStimuli {
  const { chosen, rendered, search, spec, dataSet } = made;
  if (rendered.result?.kind !== 'stimuli') throw new Error(`run ${rendered.id} has no stimuli`);
  if (search.result?.kind !== 'candidates') throw new Error(`run ${search.id} has no candidates`);
  const { original } = rendered.result;
  const model = { ...rendered.result.model, ...sizeOf(rendered.result.model) };
  const latent = chosen.values.length / chosen.images.length;
  const provenance: GeneratedProvenance = {
    generator: made.generator.weights,
    shipped: made.generator.shipped?.provenance ?? null,
    candidates: search.result.candidates,
    ...anchorProvenance(chosen.anchors, spec),
    interpolation: spec.interpolation,
    ...(made.confusion !== undefined && { confusion: made.confusion }),
    run: rendered.id,
  };
  return freeze(workbench, {
    ...model,
    classes: dataSet.classes,
    source: 'generated',
    provenance,
    original: original.pixels === model.pixels ? null : { ...original, ...sizeOf(original) },
    images: chosen.images.map((image, index) => ({
      ...image,
      z: chosen.values.slice(index * latent, (index + 1) * latent),
    })),
  });
}

/** Sets with one anchor a class that are the best or chosen by hand are described as earlier versions did. */
function anchorProvenance(
  anchors: readonly AnchorSpec[][],
  spec: GeneratedStimuliSpec,
): Pick<GeneratedProvenance, 'anchors' | 'declared'> {
  const declared = declaredAnchors(spec);
  const first = declared.anchorDesign.kind === 'one' ? anchors.map(([anchor]) => anchor ?? []) : [...anchors];
  const asEver = declared.anchorDesign.kind === 'one' && declared.anchorRule.kind === 'best';
  return asEver ? { anchors: first } : { anchors: first, declared };
}

export function freeze({ storage, now }: Workbench, set: Omit<StimulusSetRecord, 'hash'>): FrozenStimuli {
  const { images, pixels, channels } = set;
  const hash = stimulusSetHash({ ...sizeOf(set), images, pixels: storage.blobs.get(pixels) });
  storage.stimulusSets.put({ ...set, hash }, now());
  return { setHash: hash, channels, pixels, count: images.length };
}

/** Hash of the weights at the study's checkpoint, or the last. @throws UserError `generator.no-such-checkpoint` */
export function chosenWeights({ storage }: Workbench, runId: number, last: string, study: Study): string {
  const step = ownGenerator(study)?.checkpoint ?? null;
  if (step === null) return last;
  const kept = storage.runHistory.sampleGrids(runId);
  const chosen = kept.find((grid) => grid.step === step);
  if (chosen) return chosen.weights;
  throw new UserError(
    'generator.no-such-checkpoint',
    `The generator has no weights of step ${step}`,
    'generator.checkpoint of the study file',
    `Choose one of these steps, or null for the last: ${kept.map((grid) => grid.step).join(', ')}.`,
  );
}
