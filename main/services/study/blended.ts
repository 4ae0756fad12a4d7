import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { type Confusion, type RealImages, realImagesSchema } from '../../contract/runs/generator.ts';
import { hashSchema } from '../../contract/recipes/recipes.ts';
import type { BlendTask } from '../../contract/runs/run.ts';
import {
  anchorDesignSchema,
  type BlendedStimuliSpec,
  blendedRuleSchema,
  type Blending,
  blendingSchema,
  type PairDesign,
  pairDesignSchema,
} from '../../contract/stimuli/stimuli.ts';
import { at, kept } from '../../domain/numbers/arrays.ts';
import { sizeOf } from '../../domain/data/images.ts';
import { alphas } from '../../domain/stimuli/interpolation.ts';
import { resolvePairs } from '../../domain/anchors/pair-design.ts';
import {
  type BlendedLayout,
  chooseRealAnchors,
  layOutBlends,
  type RealPool,
} from '../../domain/anchors/real-images.ts';
import { type Pair, samePlace } from '../../domain/stimuli/stimulus-set.ts';
import type { DataSetRecord } from '../../contract/api/data-sets.ts';
import type { RunRecord } from '../../storage/runs/run-record.ts';
import type { StimulusSetRecord } from '../../storage/stimulus-sets.ts';
import { testImagesRole } from '../declaration/plan.ts';
import { findRunInPlace } from '../workbench/find.ts';
import type { Workbench } from '../workbench/workbench.ts';

/** Sets between real images: how they are declared, chosen and described; and which classes the reference confuses. */

/** How a blended set was made, as it is stored with it. */
export const blendedProvenanceSchema = z.strictObject({
  source: z.literal('blended'),
  /** Hash of the data set. */
  dataSet: hashSchema,
  /** Hash of what the run of the test images found. */
  candidates: hashSchema,
  /** Weights of the reference classifier; null: none was asked. */
  reference: hashSchema.nullable(),
  /** Positions of each class's anchors among the test images. */
  anchors: z.array(z.array(z.int().min(0))),
  /** What was declared. */
  declared: z.strictObject({
    anchors: z.array(z.union([z.int(), z.array(z.int())])).nullable(),
    anchorDesign: anchorDesignSchema,
    anchorRule: blendedRuleSchema,
    design: pairDesignSchema,
  }),
  interpolation: blendingSchema,
  run: z.int(),
});
export type BlendedProvenance = z.infer<typeof blendedProvenanceSchema>;

/** What a study declares of a blended set's anchors and pairs. */
export const declaredBlends = ({
  anchors,
  anchorDesign,
  anchorRule,
  design,
}: BlendedStimuliSpec): BlendedProvenance['declared'] => ({ anchors, anchorDesign, anchorRule, design });

/** What was read last: pages ask again and again, and blobs never change. */
const lastRead = new LRUCache<string, RealImages>({ max: 16 });

/** @throws UserError `blob.*` */
export const readRealImages = ({ storage }: Pick<Workbench, 'storage'>, hash: string): RealImages =>
  kept(lastRead, hash, () => realImagesSchema.parse(JSON.parse(storage.blobs.get(hash).toString('utf8'))));

export interface StoredRealImages {
  run: RunRecord;
  /** Hash of the content. */
  hash: string;
  content: RealImages;
}

/** What the run of the study's test images found; null before it is done, or without its file. */
export function findRealImages(workbench: Workbench, studyId: number): StoredRealImages | null {
  const run = findRunInPlace(workbench, studyId, testImagesRole);
  if (run?.result?.kind !== 'candidates' || !workbench.storage.blobs.has(run.result.candidates)) return null;
  const hash = run.result.candidates;
  return { run, hash, content: readRealImages(workbench, hash) };
}

/** How the reference confuses classes on the test images; null while that is not known. */
export const knownConfusion = (workbench: Workbench, studyId: number): Confusion | null =>
  findRealImages(workbench, studyId)?.content.confusion ?? null;

/** The pairs of a study's design. @throws UserError `pairs.*`, also while the confusion that decides is not known */
export const studyPairs = (workbench: Workbench, studyId: number, design: PairDesign, classes: number): Pair[] =>
  resolvePairs(design, classes, design.kind === 'confusable' ? knownConfusion(workbench, studyId) : null);

export const poolsOf = ({ classes, clear, members }: RealImages): RealPool[] =>
  members.map((own, k) => ({
    members: own,
    candidates: (classes[k] ?? []).map(({ index }) => index),
    clear: clear?.[k] ?? null,
  }));

export interface ChosenBlends extends BlendedLayout {
  anchors: number[][];
  pairs: Pair[];
}

/** The images that a declaration asks for. @throws UserError `pairs.*`, `stimuli.*` */
export function chooseBlends(content: RealImages, spec: BlendedStimuliSpec, names: readonly string[]): ChosenBlends {
  const pairs = resolvePairs(spec.design, names.length, content.confusion);
  const anchors = chooseRealAnchors(poolsOf(content), spec, pairs, names);
  return { anchors, pairs, ...layOutBlends(pairs, alphas(spec.alphas), spec.anchorDesign, anchors) };
}

/** What a frozen set and the images that are asked for now differ in. */
type BlendDifference = 'data-set' | 'interpolation' | 'pairs' | 'anchors';

/**
 * Compares images, as a set is known by its pixels: its provenance is that of whoever made them first, and may declare
 * the same images in other words. None: freezing would give the set again.
 */
export function blendDifferences(
  { images }: Pick<StimulusSetRecord, 'images'>,
  made: BlendedProvenance,
  chosen: Pick<ChosenBlends, 'images'>,
  { dataSet, interpolation }: { dataSet: string | undefined; interpolation: Blending },
): BlendDifference[] {
  const samePairs =
    chosen.images.length === images.length && chosen.images.every((image, n) => samePlace(at(images, n), image));
  const sameAnchors =
    samePairs &&
    chosen.images.every(({ anchorI, anchorJ }, n) => {
      const image = at(images, n);
      return image.anchorI === anchorI && image.anchorJ === anchorJ;
    });
  const differences: [BlendDifference, boolean][] = [
    ['data-set', dataSet !== undefined && made.dataSet !== dataSet],
    ['interpolation', made.interpolation !== interpolation],
    ['pairs', !samePairs],
    ['anchors', samePairs && !sameAnchors],
  ];
  return differences.flatMap(([what, differs]) => (differs ? [what] : []));
}

/** The task that makes them, without its kind. */
export const blendTask = (
  { dataSet, dataSetHash }: Pick<BlendTask, 'dataSet' | 'dataSetHash'>,
  { ways }: Pick<ChosenBlends, 'ways'>,
  { alphas: count, interpolation }: Pick<BlendedStimuliSpec, 'alphas' | 'interpolation'>,
): Omit<BlendTask, 'kind'> => ({
  dataSet,
  dataSetHash,
  alphas: count,
  interpolation,
  ways: ways.map(([from, to]) => [from, to]),
});

/** The set that such a run made, ready to be frozen. */
export function blendedSet(made: {
  chosen: ChosenBlends;
  rendered: RunRecord;
  found: StoredRealImages;
  spec: BlendedStimuliSpec;
  dataSet: DataSetRecord;
}): Omit<StimulusSetRecord, 'hash'> {
  const { chosen, rendered, found, spec, dataSet } = made;
  if (rendered.result?.kind !== 'stimuli') throw new Error(`run ${rendered.id} has no stimuli`);
  const { task } = found.run;
  const provenance: BlendedProvenance = {
    source: 'blended',
    dataSet: dataSet.hash,
    candidates: found.hash,
    reference: task.kind === 'candidates' ? task.reference : null,
    anchors: chosen.anchors,
    declared: declaredBlends(spec),
    interpolation: spec.interpolation,
    run: rendered.id,
  };
  return {
    ...sizeOf(rendered.result.model),
    pixels: rendered.result.model.pixels,
    classes: dataSet.classes,
    source: 'blended',
    provenance,
    original: null,
    images: chosen.images.map((image) => ({ ...image, z: null })),
  };
}
