import { fig4, type Fig4 } from './fig4.ts';
import { byArchitectureAndTarget, diverseGroups, seedCells, type DiverseGroup } from './groups.ts';
import { analyseHumans, type HumanAnalysis, type HumanView } from './humans.ts';
import { classifyImages, countTypes, type ImageClass, type Types } from './image-classes.ts';
import type { AnalysisInput } from './input.ts';
import { certaintyPct } from './labels.ts';
import { orderInput, type OrderedInput } from './ordered.ts';
import { fig2, table5, type Fig2, type Table5Row } from './seed-study.ts';
import type { Spread } from './spread.ts';
import { table2, type Table2 } from './table2.ts';
import { table4 } from './table4.ts';

/** Settings of SPEC 8, stated with every analysis. */
const resampling = { seed: 20211213, bootstrap_resamples: 1000, permutation_resamples: 9999 } as const;

export interface Meta {
  /** Image ids, ascending; lists without names follow them. */
  images: number[];
  /** Ascending by code point. */
  labelers: string[];
  n_images: number;
  n_labelers: number;
  /** N_D: images with two labels or more. */
  n_determined: number;
  seed: number;
  bootstrap_resamples: number;
  permutation_resamples: number;
}

/** One diverse group: its models against all labelers. */
export interface DiverseAnalysis {
  models: string[];
  n_models: number;
  image_class: (ImageClass | null)[];
  /** Null for fewer than two models. */
  types: Types | null;
  fig4: Fig4;
  table2: Table2;
  /** Largest softmax (fraction) by image class. */
  table4: Record<ImageClass, Spread>;
  /** 100 * max vote / votes, an image each. */
  model_certainty_pct: (number | null)[];
}

/**
 * SPEC 0 to 2 in the layout of SPEC 11. JavaScript puts keys such as "98" first: sort targets, repeats and classes of
 * human certainty by number before showing them.
 */
export interface Analysis {
  meta: Meta;
  humans: HumanAnalysis;
  /** By target. */
  diverse: Record<string, DiverseAnalysis>;
  /** By architecture and target. */
  fig2: Record<string, Record<string, Fig2>>;
  /** By architecture, target and class of human certainty. */
  table5: Record<string, Record<string, Record<string, Table5Row>>>;
  /** By architecture, target and repeat. */
  fig4: Record<string, Record<string, Record<string, Fig4>>>;
}

/**
 * Compares people and networks as the paper does. Pure: the same input, in any order, gives the same result.
 * @throws RangeError if the input's shapes or ranges do not fit; see `checkInput`.
 */
export function analyse(input: AnalysisInput): Analysis {
  const ordered = orderInput(input);
  const { view, ...humans } = analyseHumans(ordered.humanLabels, ordered.labelers);
  const cells = seedCells(ordered);
  return {
    meta: {
      images: [...ordered.imageIds],
      labelers: [...ordered.labelers],
      n_images: ordered.imageIds.length,
      n_labelers: ordered.labelers.length,
      n_determined: view.determined,
      ...resampling,
    },
    humans,
    diverse: Object.fromEntries(
      diverseGroups(ordered).map((group) => [String(group.target), analyseDiverse(group, view, ordered)]),
    ),
    fig2: byArchitectureAndTarget(cells, (cell) => fig2(cell, view)),
    table5: byArchitectureAndTarget(cells, (cell) => table5(cell, view)),
    fig4: byArchitectureAndTarget(cells, ({ repeats }) =>
      Object.fromEntries(
        repeats.map((group) => [String(group.repeat), fig4(group, view, classifyImages(group, view))]),
      ),
    ),
  };
}

function analyseDiverse(group: DiverseGroup, humans: HumanView, { maxSoftmax }: OrderedInput): DiverseAnalysis {
  const classified = classifyImages(group, humans);
  return {
    models: [...group.names],
    n_models: group.members.length,
    image_class: [...classified.classes],
    types: countTypes(group, classified),
    fig4: fig4(group, humans, classified),
    table2: table2(group, humans),
    table4: table4(group, maxSoftmax, classified),
    model_certainty_pct: certaintyPct(group.votes),
  };
}
