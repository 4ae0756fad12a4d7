/**
 * The parts of an analysis (metrics SPEC section 11) that a report shows. Structural, so that the object of
 * main/analysis fits as it is. Percentages are 0-100; null is undefined; std has ddof 0.
 */
export interface ReportAnalysis {
  meta: { n_images: number; n_labelers: number; n_determined: number };
  humans: {
    /** Per image. */
    certainty_pct: readonly (number | null)[];
    hc_counts: Readonly<Record<string, number>>;
    disagree_pct: number | null;
    pairwise_disagreement_pct: Spread;
  };
  /** By target, e.g. "97.5". */
  diverse: Readonly<Record<string, DiverseGroup>>;
  /** By architecture, then target. Empty without seed groups. */
  fig2: Nested<Fig2Cell>;
  /** By architecture, target, and class of human certainty ("100", "90", ...). */
  table5: Readonly<Record<string, Nested<Table5Cell>>>;
  /** By architecture, target, repeat. */
  fig4: Readonly<Record<string, Nested<Fig4Map>>>;
}

type Nested<T> = Readonly<Record<string, Readonly<Record<string, T>>>>;

export interface Spread {
  mean: number | null;
  std: number | null;
  n: number;
}

export interface DiverseGroup {
  models: readonly string[];
  n_models: number;
  types: GroupTypes;
  fig4: Fig4Map;
  table2: {
    misclassified_per_model_pct: Spread;
    misclassified_across_pct: number | null;
    pairwise_disagreement_pct: Spread;
    all_disagree_pct: number | null;
  };
  /** Largest softmax, pooled over models and images of a class. */
  table4: Readonly<Record<ImageClass, Spread>>;
}

export const imageClasses = ['type_a', 'both_disagree', 'both_agree', 'type_c'] as const;
export type ImageClass = (typeof imageClasses)[number];

export interface GroupTypes {
  /** N_D: images on which people's status is known. */
  n_images: number;
  counts: Readonly<Record<ImageClass, number>> | null;
  n_exception: number | null;
  nn_disagree_pct: number | null;
  human_disagree_pct: number | null;
  type_a_pct: number | null;
  type_b_pct: number | null;
  type_c_pct: number | null;
}

export interface Fig2Cell {
  type_a_pct: Spread;
  type_c_pct: Spread;
}

export interface Table5Cell extends Spread {
  n_images: number;
}

/** Per image: the colour of the paper's Figure 4, and the number of classes named where that is the shade. */
export interface Fig4Map {
  category: readonly (string | null)[];
  shade: readonly (number | null)[];
  exception: readonly (boolean | null)[];
}

/** Keys by numeric value: object key order puts "98" before "97.5". */
export function byNumber<T>(record: Readonly<Record<string, T>>): [key: string, value: T][] {
  return Object.entries(record).sort(([a], [b]) => Number(a) - Number(b));
}
