import type { ImageInput } from '../../../main/analysis/outcomes/input.ts';
import type { LabelMatrix } from '../../../main/analysis/labels/labels.ts';
import { alphas } from '../../../main/domain/stimuli/interpolation.ts';
import { paperPairs } from '../../../main/domain/anchors/pair-design.ts';
import type { RandomStream } from '../../../main/domain/random/random.ts';

/**
 * A world of raters who decide between the two classes of a pair. On the image at `alpha` of pair p, rater r says class
 * j if
 *
 *   alpha - 1/2 + place_p + shift_p + quirk + own_r + dealing_rp e^breadth_p + noise e^breadth_p z > 0,  z standard normal
 *
 * `place`, `shift` and `breadth` belong to the pair: where it flips, how far networks flip from people (0 for people), and
 * how broad its ambiguous part is, for people and for networks. `quirk` belongs to the image, `own` to the rater, `dealing` to rater and pair. A
 * share of the variance of what belongs to pairs comes from their anchors, half from each, so that pairs of a common
 * anchor correlate. All are normal, in units of alpha; the levels that they give are about those of the paper.
 */
export const world = {
  place: 0.12,
  shift: 0.14,
  quirk: 0.02,
  people: { breadth: 0.6, own: 0.04, dealing: 0.04, noise: 0.06 },
  networks: { breadth: 0.6, own: 0.03, dealing: 0.04, noise: 0.05 },
} as const;

export interface Design {
  /** `shared`: one anchor a class, as in the paper; `fresh`: two for every pair. */
  readonly anchors: 'shared' | 'fresh';
  /** Share of the variance between pairs that anchors carry. */
  readonly anchorShare: number;
}

export type RaterKind = 'people' | 'networks';

const points = alphas(11);
export const classes = 10;
export const images: readonly ImageInput[] = paperPairs.flatMap(([pairI, pairJ], pair) =>
  points.map((alpha, place) => ({ id: pair * points.length + place, pairI, pairJ, alpha })),
);
export const freshImages: readonly ImageInput[] = images.map((image, place) => {
  const pair = String(Math.floor(place / points.length));
  return { ...image, anchorI: pair, anchorJ: pair };
});

/** What belongs to each pair; `sign` -1: an anchor of class i pulls towards i, one of class j towards j. */
function ofPairs(random: RandomStream, sd: number, { anchors, anchorShare }: Design, sign: 1 | -1): Float64Array {
  const shared = Float64Array.from({ length: classes }, () => random.normal());
  const [ofAnchor, ofPair] = [sd * Math.sqrt(anchorShare / 2), sd * Math.sqrt(1 - anchorShare)];
  return Float64Array.from(paperPairs, ([i, j]) => {
    const [first, second] = anchors === 'shared' ? [shared[i]!, shared[j]!] : [random.normal(), random.normal()];
    return ofAnchor * (second + sign * first) + ofPair * random.normal();
  });
}

/** What a study's pairs and images have in common for all raters. */
export interface Stimuli {
  readonly design: Design;
  readonly place: Float64Array;
  readonly shift: Float64Array;
  /** e^breadth. */
  readonly scale: Readonly<Record<RaterKind, Float64Array>>;
  /** Of each image. */
  readonly quirk: Float64Array;
}

export function drawStimuli(random: RandomStream, design: Design): Stimuli {
  return {
    design,
    place: ofPairs(random, world.place, design, -1),
    shift: ofPairs(random, world.shift, design, -1),
    scale: {
      people: ofPairs(random, world.people.breadth, design, 1).map(Math.exp),
      networks: ofPairs(random, world.networks.breadth, design, 1).map(Math.exp),
    },
    quirk: Float64Array.from(images, () => world.quirk * random.normal()),
  };
}

/** `own` of some raters. */
export const drawRaters = (random: RandomStream, kind: RaterKind, count: number): Float64Array =>
  Float64Array.from({ length: count }, () => world[kind].own * random.normal());

export interface Answers {
  readonly labels: LabelMatrix;
  /** Softmax of each network, `[image][class]`: of the same latent value. */
  readonly softmax: Float64Array[];
}

/** Softmax is the logistic function of the latent value over this. */
const temperature = 0.03;

/** What raters say; softmax only on request. */
export function answer(
  random: RandomStream,
  stimuli: Stimuli,
  kind: RaterKind,
  raters: Float64Array,
  withSoftmax = false,
): Answers {
  const { dealing, noise } = world[kind];
  const values = new Int16Array(raters.length * images.length);
  const softmax: Float64Array[] = [];
  raters.forEach((own, rater) => {
    const dealings = ofPairs(random, dealing, stimuli.design, -1);
    const rows = new Float64Array(withSoftmax ? images.length * classes : 0);
    paperPairs.forEach(([i, j], pair) => {
      const common = stimuli.place[pair]! + (kind === 'networks' ? stimuli.shift[pair]! : 0) + own;
      const scale = stimuli.scale[kind][pair]!;
      points.forEach((alpha, step) => {
        const image = pair * points.length + step;
        const x = alpha - 0.5 + common + stimuli.quirk[image]! + scale * (dealings[pair]! + noise * random.normal());
        values[rater * images.length + image] = x > 0 ? j : i;
        if (!withSoftmax) return;
        const share = 1 / (1 + Math.exp(-x / temperature));
        rows[image * classes + j] = share;
        rows[image * classes + i] = 1 - share;
      });
    });
    if (withSoftmax) softmax.push(rows);
  });
  return { labels: { raters: raters.length, images: images.length, classes, values }, softmax };
}

/** How often class k stands second in a pair, and how often first: of the labels of an endless study. */
export const seats = Array.from({ length: classes }, (_, k) => ({
  first: paperPairs.filter(([i]) => i === k).length / paperPairs.length,
  second: paperPairs.filter(([, j]) => j === k).length / paperPairs.length,
}));

export const offsets: readonly number[] = points.map((alpha) => alpha - 0.5);
