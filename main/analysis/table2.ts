import type { ModelGroup } from './groups.ts';
import type { HumanView } from './humans.ts';
import { canDisagree } from './image-classes.ts';
import type { PairCounts } from './pair-counts.ts';
import { pairwiseDisagreementPct } from './pairwise.ts';
import { percent, spread, type Spread } from './spread.ts';

/** The paper's Table 2 for one group (metrics.md 2.2). */
export interface Table2 {
  /** Over models: 100 * #wrong / N_D. */
  misclassified_per_model_pct: Spread;
  /** Over models: 100 * #wrong / #{images on which people agree}. */
  misclassified_of_agreed_pct: Spread;
  /** 100 * #{images that some model has wrong} / N_D. */
  misclassified_across_pct: number | null;
  /** Over pairs of models: 100 * #{labels differ} / N. */
  pairwise_disagreement_pct: Spread;
  /** 100 * #{images with two labels or more} / N; null for fewer than two models. */
  all_disagree_pct: number | null;
}

/**
 * metrics.md 2.2. A model is wrong on an image when people agree and its label is not theirs. What concerns models
 * alone has all images as denominator, the rest the determined ones.
 */
export function table2(group: ModelGroup, humans: HumanView, pairs: PairCounts): Table2 {
  const { wrongByModel, wrongImages } = countWrong(group, humans);
  const { images } = group.labels;
  const split = group.votes.distinct.filter((labels) => labels > 1).length;
  return {
    misclassified_per_model_pct: spread(wrongByModel.map((wrong) => percent(wrong, humans.determined))),
    misclassified_of_agreed_pct: spread(wrongByModel.map((wrong) => percent(wrong, humans.agreed))),
    misclassified_across_pct: percent(wrongImages, humans.determined),
    pairwise_disagreement_pct: pairwiseDisagreementPct(pairs),
    all_disagree_pct: canDisagree(group) ? percent(split, images) : null,
  };
}

function countWrong(group: ModelGroup, humans: HumanView): { wrongByModel: number[]; wrongImages: number } {
  const { raters, images, values } = group.labels;
  const wrongByModel = new Array<number>(raters).fill(0);
  let wrongImages = 0;
  for (let image = 0; image < images; image++) {
    const truth = humans.unanimous[image]!;
    if (truth === null) continue;
    let wrong = 0;
    for (let model = 0; model < raters; model++) {
      if (values[model * images + image] === truth) continue;
      wrongByModel[model]!++;
      wrong++;
    }
    if (wrong > 0) wrongImages++;
  }
  return { wrongByModel, wrongImages };
}
