import { pairedValues } from '../../../main/contributions/groups/analysis/paired-test.ts';
import { claims } from '../../../main/contract/results/exhibit.ts';
import { markdownTable } from '../table.ts';
import { countedClaims, countedHeld, type CountedStudies, type CountedValue, countedValues } from './counted.ts';
import { effectCells, type EffectCounts, effectKey, type EffectOutcome, effectOutcomes } from './effects.ts';
import { pilots, type PlanCounts, plannedNames, plannedOutcomes, quantile } from './planner.ts';
import { type RealCoverage, type StimulusDesign, stimulusDesigns } from './real.ts';
import {
  anchorCorrelation,
  type DesignName,
  designNames,
  type DifferenceCounts,
  type Held,
  heldKey,
  type LevelCounts,
  type Null,
  nulls,
  rejectedKey,
} from './simulated.ts';
import { noTaught, type TaughtCounts, taughtDesigns, taughtNames } from './taught.ts';
import { type Measured, measured } from './truth.ts';

const titles: Readonly<Record<(typeof pairedValues)[number] | Measured, string>> = {
  type_a_pct: 'type A, %',
  type_c_pct: 'type C, %',
  misclassified_per_model_pct: 'misclassified per network, %',
  misclassified_across_pct: 'misclassified by some network, %',
  pairwise_disagreement_pct: 'two networks differ, %',
  any_differ_pct: 'any networks differ, %',
  human_disagree_pct: 'people disagree, %',
  krippendorff_alpha: "Krippendorff's alpha",
  js_bits: 'divergence, bits',
};

const designTitles: Readonly<Record<DesignName, string>> = {
  'shared-0': 'shared anchors, 0',
  'shared-15': 'shared, .15',
  'shared-30': 'shared, .3',
  fresh: 'fresh anchors',
};

const percent = (part: number, of: number): string => (of === 0 ? '-' : ((100 * part) / of).toFixed(1));

/** Percent: of shared anchors, and of fresh ones. Type C may have wider intervals (metrics.md 13.8). */
const required = { shared: [92, 98], fresh: [94, 97] } as const;
const widest = 99.5;

/** In percent of the defined intervals; bold: outside what is required by more than two standard errors. */
function coverageOf(value: Measured, design: DesignName, { held, above, below }: Held): string {
  const n = held + above + below;
  if (n === 0) return '-';
  const [least, most] = required[design === 'fresh' ? 'fresh' : 'shared'];
  const share = held / n;
  const margin = 200 * Math.sqrt((share * (1 - share)) / n);
  const isLow = 100 * share + margin < least;
  const isHigh = 100 * share - margin > (value === 'type_c_pct' ? widest : most);
  return isLow || isHigh ? `**${percent(held, n)}**` : percent(held, n);
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A row a value, a column a design; in a cell the four claims. */
export function levelTable(counts: Readonly<Record<DesignName, LevelCounts>>): string {
  const rows = measured.map((value) => [
    titles[value],
    ...designNames.map((design) =>
      claims.map((claim) => coverageOf(value, design, counts[design].held[heldKey(value, claim)]!)).join(' / '),
    ),
  ]);
  const correlations = designNames.map((design) => {
    const found = measured.map((value) => anchorCorrelation(design, counts[design], value));
    const known = found.filter((value) => value !== null);
    return known.length === 0
      ? '-'
      : `${mean(known).toFixed(2)} (${Math.min(...known).toFixed(2)} to ${Math.max(...known).toFixed(2)})`;
  });
  rows.push(['*correlation of pairs with a common anchor*', ...correlations]);
  return markdownTable(designHeader(counts), rows);
}

/** A row a value: the claim `anchors` as if pairs were independent. */
export function independentTable(counts: Readonly<Record<DesignName, LevelCounts>>): string {
  const rows = measured.map((value) => [
    titles[value],
    ...designNames.map((design) => {
      const { held, above, below } = counts[design].independent[value];
      return percent(held, held + above + below);
    }),
  ]);
  return markdownTable(designHeader(counts), rows);
}

/** How many studies each column counts, and of what. */
const designHeader = (counts: Readonly<Record<DesignName, { studies: number }>>): string[] => [
  `${Math.min(...designNames.map((design) => counts[design].studies)).toLocaleString('en')} studies each`,
  ...designNames.map((design) => designTitles[design]),
];

/** Rejections of null differences at 5 %, in percent: under the claim `networks` / as paired values. */
export function differenceTable(counts: Readonly<Record<DesignName, DifferenceCounts>>): string {
  const shares = (of: (design: DesignName, kind: Null) => string): string[] =>
    designNames.map((design) => nulls.map((kind) => of(design, kind)).join(' / '));
  const rows = pairedValues.map((value) => [
    titles[value],
    ...shares((design, kind) => {
      const key = rejectedKey(value, kind);
      return percent(counts[design].rejected[key]!, counts[design].studies);
    }),
  ]);
  rows.push([
    '*any of the seven, after Holm*',
    ...shares((design, kind) => percent(counts[design].family[kind], counts[design].studies)),
  ]);
  return markdownTable(designHeader(counts), rows);
}

const countedTitles: Readonly<Record<CountedValue, string>> = {
  type_a_pct: 'type A at ten people, %',
  type_c_pct: 'type C at ten people, %',
  js_bits: titles.js_bits,
  pearson_vote: "Pearson's, of votes",
  spearman_vote: "Spearman's, of votes",
  pearson_predictive: "Pearson's, of mean softmax",
  spearman_predictive: "Spearman's, of mean softmax",
};

/** A row a value, a column a number of networks; in a cell the two claims. */
export function countedTable(counts: Readonly<Record<string, CountedStudies>>): string {
  const cells = Object.entries(counts);
  const rows = countedValues.map((value) => [
    countedTitles[value],
    ...cells.map(([, studies]) =>
      countedClaims
        .map((claim) => {
          const { held, of } = countedHeld(studies, value, claim);
          return percent(held, of);
        })
        .join(' / '),
    ),
  ]);
  return markdownTable(
    ['', ...cells.map(([networks, { studies }]) => `${networks} networks, ${studies} studies`)],
    rows,
  );
}

const effectTitles: Readonly<Record<EffectOutcome, string>> = {
  wrong: 'misclassified',
  certainty: 'largest softmax',
  any_differ: 'any of 5 differ',
  type_a: 'type A',
  type_c: 'type C',
  consistency: 'error consistency',
};

/** A row an outcome, a column a number of seeds, a table for anchors and pairs together. */
function byEffectCell(
  found: Readonly<Record<string, EffectCounts>>,
  of: (counts: EffectCounts, outcome: EffectOutcome) => string,
): string {
  const cells = effectCells.flatMap((cell) => {
    const counts = found[effectKey(cell)];
    return counts ? [{ cell, counts }] : [];
  });
  return markdownTable(
    ['anchors, pairs, seeds', 'studies', ...effectOutcomes.map((outcome) => effectTitles[outcome])],
    cells.map(({ cell: { anchors, pairs, seeds }, counts }) => [
      `${anchors}, ${pairs}, ${seeds}`,
      String(counts.studies),
      ...effectOutcomes.map((outcome) => of(counts, outcome)),
    ]),
  );
}

/** Intervals of a difference that hold the truth, in percent of those that are defined. */
export const effectTable = (found: Readonly<Record<string, EffectCounts>>): string =>
  byEffectCell(found, ({ held }, outcome) => {
    const { held: right, above, below } = held[outcome];
    return percent(right, right + above + below);
  });

/** Families of three true nulls in which Holm's method named a difference, in percent. */
export const familyTable = (found: Readonly<Record<string, EffectCounts>>): string =>
  byEffectCell(found, ({ studies, named }, outcome) => percent(named[outcome], studies));

/** A row a pilot and an outcome: what was recommended, and what studies of that size then showed. */
export function planTable(found: Readonly<Record<string, PlanCounts>>): string {
  const middle = (values: readonly number[], digits = 0): string =>
    [0.1, 0.5, 0.9].map((p) => quantile(values, p).toFixed(digits)).join(', ');
  const rows = pilots.flatMap((pilot) => {
    const { anchors, pairs, seeds } = pilot;
    const counts = found[effectKey(pilot)];
    return plannedNames.flatMap((name) => {
      const own = counts?.found[name];
      if (!counts || !own || own.ratios.length === 0) return [];
      const { ratios } = own;
      const tried = own.pairs.length;
      return [
        [
          ...[`${anchors}, ${pairs}, ${seeds}`, plannedOutcomes[name].title, percent(own.none, counts.studies)],
          ...[middle(own.pairs), middle(own.seeds), own.people.length > 0 ? middle(own.people) : ''],
          ...[mean(ratios).toFixed(2), middle(ratios, 2)],
          percent(ratios.filter((ratio) => ratio <= 1).length, ratios.length),
          ...[percent(own.held.held, tried), percent(own.inRange, counts.studies)],
        ],
      ];
    });
  });
  const headings = [
    ...['pilot: anchors, pairs, seeds', 'outcome', 'no plan, %', 'pairs', 'seeds', 'people', 'half / target'],
    ...['10, 50, 90 % of them', 'at most target, %', 'hold the truth, %', 'target in the range, %'],
  ];
  return markdownTable(headings, rows);
}

/** A row a design: what was recommended, how often an experiment of that size found all that was planned, and claimed what is not there. */
export function taughtTable(found: Readonly<Record<string, TaughtCounts>>): string {
  const middle = (values: readonly number[]): string => [0.1, 0.5, 0.9].map((p) => quantile(values, p)).join(', ');
  const rows = taughtNames.flatMap((name) => {
    const { studies, planned, found: right, claimed, images, people, seeds } = found[name] ?? noTaught();
    if (planned === 0) return [];
    return [
      [
        ...[taughtDesigns[name].title, String(studies), percent(studies - planned, studies)],
        ...[middle(images), middle(people), middle(seeds), percent(right, planned), percent(claimed, planned)],
      ],
    ];
  });
  return markdownTable(
    ['arms', 'studies', 'no plan, %', 'images', 'people', 'seeds', 'found, %', 'claimed where none is, %'],
    rows,
  );
}

const stimulusTitles: Readonly<Record<StimulusDesign, string>> = {
  shared: 'one anchor a class',
  fresh: 'fresh anchors',
};

/** Coverage of the claim `anchors` on real sets of stimuli, in percent; in brackets mean and standard deviation of the sets. */
export function realTable(found: Readonly<Record<StimulusDesign, Readonly<Record<Measured, RealCoverage>>>>): string {
  const rows = measured.map((value) => [
    titles[value],
    ...stimulusDesigns.map((design) => {
      const { held, sets, mean: level, sd, correlation, undefined: none } = found[design][value];
      const digits = value === 'krippendorff_alpha' ? 3 : 1;
      const alike = correlation === null ? '' : `, ${correlation.toFixed(2)}`;
      const rest = `${alike}${none > 0 ? `, ${none} undefined` : ''}`;
      if (sets < 2) return '-';
      return `${percent(held, sets - none)} (${level.toFixed(digits)}, ${sd.toFixed(digits)}${rest})`;
    }),
  ]);
  return markdownTable(
    ['', ...stimulusDesigns.map((design) => `${stimulusTitles[design]}, ${found[design].type_a_pct.sets} sets`)],
    rows,
  );
}
