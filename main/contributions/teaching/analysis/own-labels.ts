import { at, kept } from '../../../domain/numbers/index.ts';
import { byName, smallestProbability, spread, type Spread } from '../../../analysis/statistics/index.ts';
import { type Effect, EffectEstimator } from '../../contrasts/analysis/effects.ts';
import type { ImageInput } from '../../../analysis/outcomes/index.ts';
import type { TaughtNetwork } from '../../contrasts/analysis/label-training.ts';
import { labelCounts, type LabelMatrix, modalLabels, topClass } from '../../../analysis/labels/index.ts';

/** Networks that were each taught the labels of one person, on images that none was taught. */
export interface OwnLabelsInput {
  readonly images: readonly ImageInput[];
  /** Labels of everybody who labeled the images. */
  readonly labels: LabelMatrix;
  /** People with networks of their own: their places in `labels`, and the seeds of these networks. */
  readonly persons: readonly { readonly rater: number; readonly seeds: readonly string[] }[];
  /** Networks of all arms; those of `person` were taught by one person each. */
  readonly networks: readonly TaughtNetwork[];
}

export const ownScores = ['nll', 'brier', 'accuracy'] as const;
type OwnScore = (typeof ownScores)[number];

/** How a predictor does on single people's own labels (metrics.md 17.7). */
export interface OwnLabelsResult {
  /** Over people: means over the images that each labeled. */
  readonly over_people: Record<OwnScore, Spread>;
  /** `own` less this one; null: it is `own`. */
  readonly own_difference: { readonly nll: Effect; readonly brier: Effect } | null;
}

/** Scores on one person's labels, by image; NaN where the person gave no label or there is no prediction. */
type Scores = Record<OwnScore, Float64Array>;

/**
 * Predicts the labels of each person by their own networks (`own`), those of other people (`others`), those of each other arm with the
 * same seeds, and the shares of all other people (`people`).
 */
export class OwnLabelsAnalysis {
  readonly #given: OwnLabelsInput;
  readonly #all: ReturnType<typeof labelCounts>;
  readonly #known = new Map<string, (Scores | null)[]>();

  constructor(given: OwnLabelsInput) {
    this.#given = given;
    this.#all = labelCounts(given.labels);
  }

  /** In the order of tables. */
  get predictors(): string[] {
    const arms = new Set(this.#given.networks.map(({ arm }) => arm).filter((arm) => arm !== 'person'));
    return ['own', 'others', ...arms, 'people'];
  }

  result(predictor: string): OwnLabelsResult {
    const scores = this.#scores(predictor).filter((each) => each !== null);
    const difference = (of: 'nll' | 'brier') => this.#difference(predictor, of);
    return {
      over_people: byName(ownScores, (score) => spread(scores.map((each) => meanOfKnown(each[score])))),
      own_difference: predictor === 'own' ? null : { nll: difference('nll'), brier: difference('brier') },
    };
  }

  /** By person; null: nothing predicts this one. */
  #scores(predictor: string): (Scores | null)[] {
    return kept(this.#known, predictor, () =>
      this.#given.persons.map((person) => {
        if (predictor === 'people') return this.#byOthers(person.rater);
        const networks = this.#given.networks.filter(({ arm, seed }) => {
          const isOwn = person.seeds.includes(seed);
          return predictor === 'others' ? arm === 'person' && !isOwn : arm === armOf(predictor) && isOwn;
        });
        return networks.length === 0 ? null : this.#byNetworks(person.rater, networks);
      }),
    );
  }

  /** Means of the scores of several networks. */
  #byNetworks(rater: number, networks: readonly TaughtNetwork[]): Scores {
    const { classes } = this.#given.labels;
    return this.#each(rater, (image, label) => {
      const sum = { nll: 0, brier: 0, accuracy: 0 };
      for (const { softmax } of networks) {
        const p = softmax.subarray(image * classes, (image + 1) * classes);
        sum.nll -= Math.log(Math.max(p[label]!, smallestProbability)) / networks.length;
        sum.brier += brierOf(p, label) / networks.length;
        sum.accuracy += (topClass(p) === label ? 1 : 0) / networks.length;
      }
      return sum;
    });
  }

  /** The shares of all other people, of NLL with Perks' prior; of several most frequent labels, each is chosen equally often. */
  #byOthers(rater: number): Scores {
    const { classes, counts, present } = this.#all;
    return this.#each(rater, (image, label) => {
      const others = Array.from(counts.subarray(image * classes, (image + 1) * classes));
      others[label]! -= 1;
      const n = present[image]! - 1;
      if (n === 0) return null;
      const modes = modalLabels(others);
      return {
        nll: -Math.log((at(others, label) + 1 / classes) / (n + 1)),
        brier: brierOf(
          others.map((count) => count / n),
          label,
        ),
        accuracy: modes.includes(label) ? 1 / modes.length : 0,
      };
    });
  }

  #each(rater: number, of: (image: number, label: number) => Record<OwnScore, number> | null): Scores {
    const { images, values } = this.#given.labels;
    const scores = byName(ownScores, () => new Float64Array(images).fill(Number.NaN));
    for (let image = 0; image < images; image++) {
      const label = values[rater * images + image]!;
      const found = label < 0 ? null : of(image, label);
      if (found) for (const score of ownScores) scores[score][image] = found[score];
    }
    return scores;
  }

  /** With people as blocks, on the images that all of them labeled (metrics.md 13.4). */
  #difference(predictor: string, of: 'nll' | 'brier'): Effect {
    const { images, labels, persons } = this.#given;
    const [own, other] = [this.#scores('own'), this.#scores(predictor)];
    const runs = persons.flatMap((_, person) =>
      [own[person], other[person]].every(Boolean)
        ? [
            { person, predictor: 'own', scores: own[person] },
            { person, predictor, scores: other[person] },
          ]
        : [],
    );
    const values = new Float64Array(runs.length * images.length);
    runs.forEach(({ scores }, run) => scores && values.set(scores[of], run * images.length));
    const estimator = new EffectEstimator(
      {
        images,
        values,
        people: labels,
        within: ['predictor'],
        runs: runs.map((run) => ({
          name: `${run.predictor} ${run.person}`,
          block: `${run.person}`,
          levels: { predictor: run.predictor },
        })),
        labels: { ...labels, raters: runs.length, values: new Int16Array(values.length) },
      },
      { type: 'value', scale: 'real' },
    );
    return estimator.estimate({ type: 'difference', a: { predictor: 'own' }, b: { predictor } }).effect;
  }
}

const armOf = (predictor: string): string => (predictor === 'own' ? 'person' : predictor);

const brierOf = (p: ArrayLike<number>, label: number): number =>
  Array.from(p).reduce((sum, share, k) => sum + (share - (k === label ? 1 : 0)) ** 2, 0);

function meanOfKnown(values: Float64Array): number | null {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
