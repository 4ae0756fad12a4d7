import type { ClaimChoice } from '../../contract/results/exhibit.ts';
import type { ResponseKind } from '../../contract/stimuli/responses.ts';
import type { AnalysisPart } from './analysis-part.ts';
import { type Context, hashKey, Memo } from './context.ts';
import { type AnalyzedGroup, analyzeDiverse, type DiverseAnalysis } from './diverse.ts';
import { blocksOf } from './group-intervals.ts';
import type { GroupView } from './group-view.ts';
import { byArchitectureAndTarget, type DiverseGroup, diverseGroups, seedCells } from '../outcomes/groups.ts';
import { analyzeHumans, type HumanAnalysis } from './human-analysis.ts';
import { countLabelers } from '../raters/humans.ts';
import { haveShares, whyNotOfKind } from '../../domain/results/response-kinds.ts';
import { readHumans } from '../responses/read-humans.ts';
import { classifyImages, fig2, type Fig2, fig4, type Fig4, table5, type Table5Row } from '../outcomes/image-types.ts';
import {
  type AnalysisInput,
  type OrderedInput,
  orderInput,
  pairRows,
  resamplingUnits,
  trueLabels,
} from '../outcomes/input.ts';
import { resampling } from '../statistics/intervals.ts';
import { humanReference, majorities, noReference } from '../labels/labels.ts';
import { pairedTests, type PairedTests } from './paired-tests.ts';
import { pairUnits } from '../outcomes/units.ts';

export type { DiverseAnalysis } from './diverse.ts';

interface Meta {
  /** Image ids, ascending; lists without names follow them. */
  images: number[];
  /** Ascending by code point. None of counts. */
  labelers: string[];
  n_images: number;
  /** Number of labelers. Of counts: the most labels of an image; at least as many people answered. */
  n_labelers: number;
  /** N_D: images with two labels or more. */
  n_determined: number;
  seed: number;
  bootstrap_resamples: number;
  permutation_resamples: number;
  /** True classes of the images say who errs; absent: majorities of labelers do. */
  error_reference?: 'truth';
  /** The kind of people's answers (metrics.md 14); absent: single labels. */
  response?: Exclude<ResponseKind, 'single'>;
  /** Nobody knows who gave which answer. Of counts it is absent: of them nobody ever does. */
  anonymous?: true;
}

/**
 * Everything that docs/metrics.md defines, in the layout of metrics.md 11. JavaScript puts keys such as "98" first:
 * sort targets, repeats and classes of human certainty by number before showing them.
 */
export interface Analysis {
  meta: Meta;
  humans: HumanAnalysis;
  /** By target. */
  diverse: Record<string, DiverseAnalysis>;
  /** By "97.5 vs 98", the lower target first. Empty when resampling was not asked for. */
  paired_tests: Record<string, PairedTests>;
  /** By architecture and target. */
  fig2: Record<string, Record<string, Fig2>>;
  /** By architecture, target and class of human certainty. */
  table5: Record<string, Record<string, Record<string, Table5Row>>>;
  /** By architecture, target and repeat. */
  fig4: Record<string, Record<string, Record<string, Fig4>>>;
}

interface AnalysisOptions {
  /** Whether to compute the bootstrap and tests of metrics.md 8. Default true. */
  resampling?: boolean;
  /** Whether to compute intervals for reading (metrics.md 13). Default true. */
  intervals?: boolean;
  /** For whom intervals are to hold; default: the widest claim that the data support. */
  claim?: ClaimChoice;
  /** Types as if so many people had been asked, too; default: none. */
  asked?: number;
  /** What earlier analyses computed; used only if the input has keys. */
  memo?: Memo;
  /** What contributions add; default: nothing. With one memo always the same. */
  parts?: readonly AnalysisPart[];
}

/**
 * Compares people and networks. Pure: the same input, in any order, gives the same result.
 * @throws RangeError if the input's shapes or ranges do not fit; see `checkInput`.
 */
export function analyze(input: AnalysisInput, options: AnalysisOptions = {}): Analysis {
  const ordered = orderInput(input);
  const context = createContext(ordered, options);
  const { parts = [] } = options;
  const { view, kind: response } = context.humans;
  const cells = seedCells(ordered);
  const groups = diverseGroups(ordered).map((group) => ({ group, ...rememberedDiverse(group, context, parts) }));
  return {
    meta: {
      images: [...ordered.imageIds],
      labelers: [...ordered.labelers],
      n_images: ordered.imageIds.length,
      n_labelers: countLabelers(context.humans),
      n_determined: view.determined,
      ...resampling,
      ...(context.truth && { error_reference: 'truth' as const }),
      ...(response !== 'single' && { response }),
      ...(response !== 'counts' && context.humans.people === null && { anonymous: true as const }),
    },
    humans: context.memo.largeValue(
      context.humansKey && hashKey('humans', context.humansKey, context.resampling, context.intervals, context.claim),
      () => analyzeHumans(context, parts),
    ),
    diverse: Object.fromEntries(groups.map(({ group, analysis }) => [String(group.target), analysis])),
    paired_tests: context.resampling ? testPairs(groups, context) : {},
    fig2: byArchitectureAndTarget(cells, (cell) => fig2(cell, view)),
    table5: byArchitectureAndTarget(cells, (cell) => table5(cell, view)),
    fig4: byArchitectureAndTarget(cells, ({ repeats }) =>
      Object.fromEntries(
        repeats.map((group) => [String(group.repeat), fig4(group, view, classifyImages(group, view))]),
      ),
    ),
  };
}

/** What all parts of an analysis need, counted once. */
export function createContext(
  input: OrderedInput,
  { resampling: wanted = true, intervals = true, claim = 'default', asked, memo = new Memo() }: AnalysisOptions,
): Context {
  const { keys, images } = input;
  const humans = readHumans(input);
  const pairs = pairRows(images);
  const truth = trueLabels(images);
  const isByMajority = whyNotOfKind(humans.kind, 'single') === null;
  return {
    input,
    humans,
    reference: haveShares(humans.kind) ? humanReference(humans.votes, humans.tally) : noReference(images.length),
    truth,
    errorReference: truth ?? (isByMajority ? majorities(humans.tally) : noReference(images.length).majority),
    pairs,
    units: resamplingUnits(pairs, humans.view),
    memo,
    resampling: wanted,
    intervals,
    claim,
    asked: asked ?? null,
    claimUnits: pairUnits(images),
    humansKey: keys && hashKey(keys.images, input.labelers, keys.labelers, humans.kind, humans.people),
  };
}

const modelKeys = ({ members }: DiverseGroup, { keys }: OrderedInput) => members.map((model) => keys?.models[model]);

function rememberedDiverse(group: DiverseGroup, context: Context, parts: readonly AnalysisPart[]): AnalyzedGroup {
  const { memo, humansKey, input, resampling: wanted, intervals, claim, asked } = context;
  const key =
    humansKey &&
    hashKey(
      'diverse',
      humansKey,
      [group.names, blocksOf(input, group.members)],
      modelKeys(group, input),
      ...[wanted, intervals, claim, asked],
    );
  return memo.largeValue(key, () => analyzeDiverse(group, context, parts));
}

function testPairs(
  groups: readonly { group: DiverseGroup; view: GroupView }[],
  { humans, units, memo, humansKey, input }: Context,
): Record<string, PairedTests> {
  const groupModelKeys = (group: DiverseGroup) => modelKeys(group, input);
  return Object.fromEntries(
    groups.flatMap(({ group, view }, at) =>
      groups
        .slice(at + 1)
        .map((other): [string, PairedTests] => [
          `${group.target} vs ${other.group.target}`,
          memo.value(humansKey && hashKey('tests', humansKey, groupModelKeys(group), groupModelKeys(other.group)), () =>
            pairedTests(view, other.view, humans, units),
          ),
        ]),
    ),
  );
}

/** An analysis in the layout of metrics.md 11 and no more: without what is for reading alone. */
export type SpecAnalysis = Omit<Analysis, 'humans' | 'diverse'> & {
  humans: Omit<Analysis['humans'], 'intervals'>;
  diverse: Record<string, Omit<Analysis['diverse'][string], 'intervals' | 'types_at'>>;
};

export function specLayout(analysis: Analysis): SpecAnalysis {
  const { intervals: _, ...humans } = analysis.humans;
  const groups = Object.entries(analysis.diverse).map(
    ([target, { intervals: _, types_at: __, ...group }]) => [target, group] as const,
  );
  return { ...analysis, humans, diverse: Object.fromEntries(groups) };
}
