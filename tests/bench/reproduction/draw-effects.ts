import type { EffectRun } from '../../../main/contributions/contrasts/analysis/effect-cells.ts';
import { EffectEstimator, type EffectParts } from '../../../main/contributions/contrasts/analysis/effects.ts';
import type { ImageInput } from '../../../main/analysis/outcomes/input.ts';
import { at } from '../../../main/domain/numbers/arrays.ts';
import type { Target } from '../../../main/contract/recipes/recipes.ts';

/** A trained network as it was at one target accuracy, with its label of each image of each draw. */
export interface DrawnNetwork {
  /** The training: networks of one training at several targets are compared with each other. */
  readonly run: string;
  readonly target: Target;
  /** `[draw][image]` */
  readonly labels: ArrayLike<number>;
}

/** Labels of the same networks on the draws of one generator by one rule. */
export interface DrawnSets {
  readonly draws: number;
  /** Of one draw. */
  readonly images: number;
  readonly networks: readonly DrawnNetwork[];
}

/** Percent of images on which m networks of a group do not all agree; 2: two networks differ. */
export interface DrawQuestion {
  readonly m: number;
  readonly classes: number;
}

/**
 * Effects over draws (metrics.md 13.4): a draw with all its images stands in the place of a pair, so draws are the
 * independent units; the block is a training. `sets` are named by the level of the factor `set`: draw d of one and draw d
 * of another are one unit, which is exact where both are independent, as the two variances add either way.
 */
export function drawEstimator(sets: ReadonlyMap<string, DrawnSets>, { m, classes }: DrawQuestion): EffectEstimator {
  const all = [...sets.values()];
  const draws = Math.min(...all.map((each) => each.draws));
  const perDraw = at(all, 0).images;
  if (all.some(({ images }) => images !== perDraw)) throw new RangeError('the sets have draws of different sizes');
  const images = Array.from({ length: draws * perDraw }, (_, id): ImageInput => {
    const draw = Math.floor(id / perDraw);
    return { id, pairI: 2 * draw, pairJ: 2 * draw + 1, alpha: 0 };
  });
  const rows = [...sets].flatMap(([set, { networks }]) => networks.map((network) => ({ set, ...network })));
  return setEstimator(images, rows, { m, classes });
}

/** Effects on the images of one set, with the anchors that its pairs share; blocks as above. */
export function setEstimator(
  images: readonly ImageInput[],
  networks: readonly (DrawnNetwork & { set: string })[],
  { m, classes }: DrawQuestion,
): EffectEstimator {
  const values = new Int16Array(networks.length * images.length);
  networks.forEach(({ labels }, row) => {
    for (let image = 0; image < images.length; image++) values[row * images.length + image] = labels[image]!;
  });
  const runs = networks.map(
    ({ set, run, target }): EffectRun => ({
      name: `${run} ${target} ${set}`,
      block: run,
      levels: { set, target: String(target) },
    }),
  );
  const none = { raters: 0, images: images.length, classes, values: new Int16Array(0) };
  return new EffectEstimator(
    {
      images,
      runs,
      within: ['set', 'target'],
      people: none,
      values: null,
      labels: { raters: networks.length, images: images.length, classes, values },
    },
    { type: 'any_differ', m },
  );
}

/** Standard deviations of the level of one study, in percent of images, if one thing were drawn anew. */
export interface LevelSources {
  readonly anchors: number;
  readonly networks: number;
  /** What particular networks do on particular anchors. */
  readonly both: number;
}

/**
 * How far the level of one study, with one draw and as many networks as were measured, would move with other anchors, with
 * other networks, and with their dealings (metrics.md 13.6's parts, for one draw). Null where no interval is defined.
 */
export function levelSources({ effect, classes }: EffectParts): LevelSources | null {
  const { n_pairs: draws, v_pairs, v_runs } = effect;
  const independent = classes[0]?.independent;
  if (draws === null || v_pairs === null || v_runs === null || independent === undefined) return null;
  const deviation = (variance: number): number => 100 * Math.sqrt(Math.max(0, variance));
  return {
    anchors: deviation((v_pairs - independent) * draws),
    networks: deviation(v_runs - independent),
    both: deviation(independent * draws),
  };
}
