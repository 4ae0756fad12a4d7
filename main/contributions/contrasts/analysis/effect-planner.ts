import { chiSquaredQuantile, studentQuantile } from '../../../analysis/statistics/index.ts';
import { leastVariance, rounding, totalVariance } from '../../../analysis/claims/index.ts';
import type { EffectParts, Replicates } from './effects.ts';

/** How wide the interval of an effect would be with other numbers of seeds and pairs (metrics.md 13.6). */
export interface EffectPlan {
  /** Variances of pairs, runs and their interaction; lists over the classes of blocks, in order of their values. */
  var_pairs: number;
  var_runs: number[];
  var_interaction: number[];
  /** Half the width of the 95 % interval, by pairs, then seeds (blocks of each class); without its lean. */
  half_width: Record<string, Record<string, number>>;
  /** The fewest seeds, 2 to 200, with which half the width is at most the target; by pairs. Null: more. */
  smallest_seeds: Record<string, number | null>;
}

export interface PlanQuestion {
  readonly pairs: readonly number[];
  readonly seeds: readonly number[];
  readonly target: number;
}

/** The most seeds that are tried for the target. */
export const mostSeeds = 200;

/** What a study is planned with: pairs, blocks of each class, and labelers where they are random. */
export interface StudySize {
  readonly pairs: number;
  readonly seeds: number;
  readonly people: number | null;
}

/** Variance of what belongs to single replicates (runs of a class, or labelers), and of their dealings with single pairs. */
interface Component {
  readonly own: number;
  readonly interaction: number;
  /** In the pilot: how many, and the variance of their means over pairs, which holds both. */
  readonly count: number;
  readonly square: number;
}

/** What an effect's variance is made of, from one study: what it would be in a study of another size. */
export class EffectForecast {
  readonly pairs: number;
  readonly classes: readonly Component[];
  readonly labelers: Component | null;
  /** The pilot's pairs, their degrees of freedom, and the variance of the pairs' means. */
  readonly #pilot: { pairs: number; freedom: number; square: number };

  constructor({ classes, labelers }: EffectParts, pilot: { pairs: number; freedom: number; square: number }) {
    this.#pilot = pilot;
    const component = ({ count, own, independent }: Replicates): Component => {
      const [interaction, square] = [independent * count * pilot.pairs, own * count];
      const excess = square - interaction / pilot.pairs;
      return { own: excess > rounding * square ? excess : 0, interaction, count, square };
    };
    this.classes = classes.map(component);
    this.labelers = labelers && component(labelers);
    const noise = [...this.classes, ...(this.labelers ? [this.labelers] : [])];
    this.pairs = Math.max(
      0,
      pilot.square - noise.reduce((sum, { interaction, count }) => sum + interaction / count, 0),
    );
  }

  /** Null where an effect has no basis for it. */
  static of(parts: EffectParts): EffectForecast | null {
    const { reason, replicates, n_pairs: pairs, v_pairs, pairs_only } = parts.effect;
    const isDefined = reason === null || reason === 'no_variation';
    if (replicates !== 'runs' || !isDefined || pairs === null || v_pairs === null) return null;
    return new EffectForecast(parts, { pairs, freedom: pairs_only?.df ?? pairs - 1, square: v_pairs * pairs });
  }

  #variance({ pairs, seeds, people }: StudySize): { V: number; df: number } {
    const part = ({ own, interaction }: Component, count: number) => {
      const overlap = interaction / (count * pairs);
      return { own: own / count + overlap, overlap, count };
    };
    const runs = this.classes.map((component) => part(component, seeds));
    const labelers = this.labelers && people !== null ? part(this.labelers, people) : undefined;
    const overlaps = [...runs, ...(labelers ? [labelers] : [])].reduce((sum, { overlap }) => sum + overlap, 0);
    return totalVariance({
      units: this.pairs / pairs + overlaps,
      freedom: pairs - 1,
      runs,
      ...(labelers && { labelers }),
    });
  }

  /** Half the width of the 95 % interval for pairs with fresh anchors, without its lean. */
  halfWidth(size: StudySize): number {
    const { V, df } = this.#variance(size);
    return halfWidthOf(V, df);
  }

  /** The smallest difference that a test with this level (two-sided) tells from none with this probability. */
  smallestTold(size: StudySize, { level, power }: { level: number; power: number }): number {
    const { V, df } = this.#variance(size);
    return smallestTold(V, df, { level, power });
  }

  /** The fewest seeds, `from` to 200, with which half the width is at most the target; null: more. */
  smallestSeeds({ pairs, people }: Omit<StudySize, 'seeds'>, target: number, from = 2): number | null {
    for (let seeds = from; seeds <= mostSeeds; seeds++) {
      const { V, df } = this.#variance({ pairs, seeds, people });
      // Where even a normal quantile is too much, which t exceeds, it is not computed.
      if (1.95 * Math.sqrt(V) <= target && halfWidthOf(V, df) <= target) return seeds;
    }
    return null;
  }

  /**
   * Where half the width lies in four of five pilots like this one: the pilot's variances are estimates. Chi squared with
   * degrees of freedom of the whole (Satterthwaite 1946), which is a sum of the pilot's mean squares.
   */
  halfWidthRange(size: StudySize): { low: number; high: number } {
    const half = this.halfWidth(size);
    const freedom = this.#freedom(size);
    if (half === 0 || !(freedom > 0)) return { low: half, high: half };
    const end = (p: number): number => half * Math.sqrt(freedom / chiSquaredQuantile(p, freedom));
    return { low: end(0.9), high: end(0.1) };
  }

  #freedom(size: StudySize): number {
    const { pairs, seeds, people } = size;
    const { pairs: P, freedom, square } = this.#pilot;
    const of = ({ count, square: own, interaction }: Component, planned: number): number => {
      const share = 1 / (planned * pairs) - 1 / (count * pairs) - 1 / (P * planned);
      return (own / planned) ** 2 / (count - 1) + (interaction * share) ** 2 / ((count - 1) * freedom);
    };
    const terms = [
      (square / pairs) ** 2 / freedom,
      ...this.classes.map((component) => of(component, seeds)),
      ...(this.labelers && people !== null ? [of(this.labelers, people)] : []),
    ];
    return this.#variance(size).V ** 2 / terms.reduce((sum, term) => sum + term, 0);
  }
}

const halfWidthOf = (V: number, df: number): number =>
  V < leastVariance ? 0 : studentQuantile(0.975, df) * Math.sqrt(V);

/** The smallest effect that is found with the given power, from an estimate's variance: t of the test and t of the power. */
export const smallestTold = (V: number, df: number, { level, power }: { level: number; power: number }): number =>
  V < leastVariance ? 0 : (studentQuantile(1 - level / 2, df) + studentQuantile(power, df)) * Math.sqrt(V);

/** The fewest seeds that are recommended: with fewer, the variance between them is hardly known, and the interval may be far wider. */
export const leastSeeds = 5;

/** Sizes among which a study is planned. */
export interface PlanChoices {
  readonly pairs: readonly number[];
  /** Null: people are fixed. */
  readonly people: readonly number[] | null;
  /** The fewest seeds, where groups of networks need more than `leastSeeds`. */
  readonly seeds?: number;
  readonly target: number;
}

/** How many answers of networks, to how many pairs, beside how many people. */
const extent = ({ pairs, seeds, people }: StudySize): number => pairs * seeds * (people ?? 1);

const smallest = (sizes: readonly StudySize[]): StudySize | null =>
  sizes.reduce<StudySize | null>(
    (least, size) => (least === null || extent(size) < extent(least) ? size : least),
    null,
  );

/**
 * The study with the smallest product of pairs, seeds and people of which half the interval is expected to be at most the
 * target: each of the three then adds about as much to the variance as the others.
 * @returns for each number of pairs, and of all; null: none has it with 200 seeds
 */
export function planStudy(
  forecast: EffectForecast,
  { pairs, people, seeds = leastSeeds, target }: PlanChoices,
): { byPairs: (StudySize | null)[]; best: StudySize | null } {
  const from = Math.max(leastSeeds, seeds);
  const byPairs = pairs.map((P) =>
    smallest(
      (people ?? [null]).flatMap((H) => {
        const S = forecast.smallestSeeds({ pairs: P, people: H }, target, from);
        return S === null ? [] : [{ pairs: P, seeds: S, people: H }];
      }),
    ),
  );
  return { byPairs, best: smallest(byPairs.flatMap((size) => size ?? [])) };
}

/** For pairs with fresh anchors; with shared ones the variance is larger. Null where the effect has no basis for it. */
export function planEffect(
  parts: EffectParts,
  { isLinear, arePeopleFixed }: { isLinear: boolean; arePeopleFixed: boolean },
  { pairs, seeds, target }: PlanQuestion,
): EffectPlan | null {
  const forecast = isLinear && arePeopleFixed ? EffectForecast.of(parts) : null;
  if (!forecast) return null;
  const byPairs = <T>(of: (P: number) => T): Record<string, T> =>
    Object.fromEntries(pairs.map((P) => [String(P), of(P)]));
  const half = (P: number, S: number): number => forecast.halfWidth({ pairs: P, seeds: S, people: null });
  return {
    var_pairs: forecast.pairs,
    var_runs: forecast.classes.map(({ own }) => own),
    var_interaction: forecast.classes.map(({ interaction }) => interaction),
    half_width: byPairs((P) => Object.fromEntries(seeds.map((S) => [String(S), half(P, S)]))),
    smallest_seeds: byPairs((P) => forecast.smallestSeeds({ pairs: P, people: null }, target)),
  };
}
