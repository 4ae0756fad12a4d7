import type { AnchorDesign, AnchorRule } from '../../contract/stimuli/index.ts';
import {
  anchorCounts,
  type ClassPool,
  latentPoint,
  type LatentSpace,
  layOutDesign,
  pickAnchors,
} from '../../domain/anchors/index.ts';
import { at } from '../../domain/numbers/index.ts';
import { type Interpolation, type Pair, type PlacedImage, stimulusLatents } from '../../domain/stimuli/index.ts';

/** What a search for anchors found, class by class, among the samples that `seed` draws. */
export interface AnchorSearch {
  readonly seed: number;
  readonly space: LatentSpace;
  readonly classes: readonly ClassPool[];
}

/** A stimulus set's layout: pairs i < j in ascending order, alphas, and how anchors are shared among pairs. */
export interface StimulusDesign {
  readonly pairs: readonly Pair[];
  readonly alphas: readonly number[];
  readonly anchorDesign: AnchorDesign;
  readonly interpolation: Interpolation;
}

export interface DrawnStimuli {
  readonly images: PlacedImage[];
  /** float32 [images, pointLength]. */
  readonly latents: Float32Array;
  /** Number of the sample of each anchor, class by class. */
  readonly anchors: number[][];
}

/**
 * One draw of anchors, and the latent points of its stimuli. The same search, rule and design give the same stimuli as a
 * study that declares them.
 * @throws UserError `stimuli.too-few-anchors`
 */
export function drawStimuli(search: AnchorSearch, rule: AnchorRule, design: StimulusDesign): DrawnStimuli {
  const { pairs, alphas, anchorDesign, interpolation } = design;
  const counts = anchorCounts(pairs, anchorDesign, search.classes.length);
  const anchors = search.classes.map((pool, k) =>
    pickAnchors(pool, rule, k, at(counts, k)).map((picked) =>
      'sample' in picked ? picked.sample : at(pool.candidates, picked.candidate),
    ),
  );
  const points = anchors.map((samples) => samples.map((sample) => latentPoint(search.seed, sample, search.space)));
  const images = layOutDesign(pairs, alphas, anchorDesign);
  return { images, latents: stimulusLatents(images, points, interpolation, search.space.classes), anchors };
}
