import { type LabelCounts, tallyCounts } from '../../analysis/labels/index.ts';
import {
  describeImages,
  disagreePct,
  expectedPairwiseDisagreement,
  fleissKappa,
  type HumanView,
  type ImageLabels,
  krippendorffAlpha,
  viewHumans,
} from '../../analysis/raters/index.ts';
import { classifyImages, countTypes, type ModelGroup, type Types } from '../../analysis/outcomes/index.ts';
import { type RarefiedTypes, rarefyTypesTo } from '../../analysis/responses/index.ts';
import { type Abstaining, describeAbstaining, type StrictTypes, strictTypes } from '../answers/analysis/abstaining.ts';
import { spread, type Spread } from '../../analysis/statistics/index.ts';
import {
  type PooledPair,
  type PooledRater,
  pooledNetworks,
  pooledPeople,
} from '../consistency/analysis/pooled-rater.ts';

/** What labels say whoever gave them: of counts, and of answers with "can't tell" their labels only. */
interface CountedLabels extends ImageLabels {
  /** Percent of the images with a status. */
  disagree_pct: number | null;
  fleiss_kappa: number | null;
  krippendorff_alpha: number | null;
  /** Null for a group of fewer than two networks. */
  types: Types | null;
  /** By number of labelers. */
  rarefaction: Record<string, RarefiedTypes>;
}

/** Answers of people of whom it is known only how many gave each label (metrics.md 14.1). */
export interface CountedResponses extends CountedLabels {
  expected_pairwise_disagreement_pct: number | null;
  human_model_pooled: PooledRater[];
  human_model_pooled_kappa: Spread;
  human_human_pooled: PooledPair;
  /** Need to know who gave which label. */
  cohen: null;
  error_consistency: null;
  leave_one_out_n_disagree: null;
  individuals: null;
  pairwise_disagreement_std: null;
}

/** Labels, and how many people could not tell. */
export interface AbstainResponses extends CountedLabels, Abstaining, StrictTypes {}

/** metrics.md 14.1. `sizes`: numbers of labelers to rarefy to. */
export function analyzeCounts(counts: LabelCounts, group: ModelGroup, sizes: readonly number[]): CountedResponses {
  const networks = pooledNetworks(counts, group);
  return {
    ...analyzeLabels(counts, group, sizes).analysis,
    expected_pairwise_disagreement_pct: expectedPairwiseDisagreement(counts).mean,
    human_model_pooled: networks,
    human_model_pooled_kappa: spread(networks.map(({ kappa }) => kappa)),
    human_human_pooled: pooledPeople(counts),
    cohen: null,
    error_consistency: null,
    leave_one_out_n_disagree: null,
    individuals: null,
    pairwise_disagreement_std: null,
  };
}

/** metrics.md 14.2. `abstained`: people who could not tell, of each image. */
export function analyzeAbstaining(
  counts: LabelCounts,
  abstained: Uint32Array,
  group: ModelGroup,
  sizes: readonly number[],
): AbstainResponses {
  const { analysis, view } = analyzeLabels(counts, group, sizes);
  const abstaining = describeAbstaining(counts, abstained, view);
  return { ...analysis, ...abstaining, ...strictTypes(abstaining.status_strict, group) };
}

function analyzeLabels(
  counts: LabelCounts,
  group: ModelGroup,
  sizes: readonly number[],
): { analysis: CountedLabels; view: HumanView } {
  const tally = tallyCounts(counts);
  const view = viewHumans(tally);
  const analysis = {
    ...describeImages(counts, tally, view),
    disagree_pct: disagreePct(view.status),
    fleiss_kappa: fleissKappa(counts),
    krippendorff_alpha: krippendorffAlpha(counts),
    types: countTypes(group, classifyImages(group, view)),
    rarefaction: Object.fromEntries(sizes.map((m) => [String(m), rarefyTypesTo(counts, group, m)])),
  };
  return { analysis, view };
}
