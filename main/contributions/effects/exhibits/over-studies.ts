import type { EffectQuestion } from '../analysis/study.ts';
import type { Heterogeneity } from '../../contrasts/analysis/heterogeneity.ts';
import type { Cell, Exhibit, Figure, RowsChart } from '../../../contract/results/index.ts';
import { factorTitle } from '../analysis/factors.ts';
import { formatCount, formatFixed } from '../../../domain/numbers/index.ts';
import { count, inWords, orWhy, type StudyNumbers, undefinedCell } from '../../../exhibits/parts/index.ts';
import { decimalsOf, differenceUnit, levelText, outcomeTitle, timesOf } from './tables.ts';
import { differenceAxis } from './figures.ts';
import { differenceNames, toRange } from '../../contrasts/exhibits/differences.ts';

/** An effect as one study has it. */
export interface StudyEffect {
  readonly study: string;
  /** Targets of the networks that are compared: `97.5 %, 98 %`. */
  readonly targets: string;
  /** Its labelers are simulated. */
  readonly simulated: boolean;
  /** Their trainings. */
  readonly runs: readonly number[];
  readonly estimate: number | null;
  readonly se: number | null;
  readonly lo: number | null;
  readonly hi: number | null;
  /** Why there is no estimate, or no interval: a sentence. */
  readonly why: string | null;
}

type OverQuestion = { readonly question: EffectQuestion; readonly level: string; readonly m: number };

/** An effect study by study, and over all of them (metrics.md 15). */
export function overStudiesExhibit(
  whose: Pick<StudyNumbers, 'rehearsal'>,
  { question, level, m }: OverQuestion,
  studies: readonly StudyEffect[],
  found: Heterogeneity,
): Exhibit {
  const { outcome, factor, reference } = question;
  const times = timesOf(outcome);
  const decimals = decimalsOf(outcome);
  const scaled = (value: number | null, why: string): Cell =>
    count(value === null ? null : times * value, { reason: why });
  const weights = weightsOf(studies, found);
  const without = new Map(found.leave_one_out?.map((each) => [each.without, each.estimate]));
  const few = 'An effect over studies needs two studies with an interval.';
  return {
    id: 'effect-studies',
    number: '',
    people: outcome.needs.includes('people'),
    title: `${outcomeTitle(whose, outcome)}: ${levelText(factor, level)} against ${levelText(factor, reference)}, over studies`,
    columns: [
      { name: 'Study', names: true },
      { name: 'Networks at' },
      { name: 'Difference', heading: `Difference (${differenceUnit(outcome)})`, decimals },
      ...['from', 'to'].map((end) => ({ name: `95 % ${end}`, decimals })),
      { name: 'Weight', heading: 'Weight (%)', unit: '%', decimals: 0 },
      { name: 'Mean without it', decimals },
    ],
    rows: [
      ...studies.map(({ study, targets, estimate, lo, hi, why }): Cell[] => [
        ...[study, targets],
        scaled(estimate, why ?? few),
        ...[lo, hi].map((end) => scaled(end, why ?? few)),
        orWhy(weights.get(study), why ?? few),
        scaled(without.get(study) ?? null, why ?? 'Leaving one out needs three studies.'),
      ]),
      [
        'Mean over studies',
        '',
        scaled(found.estimate, few),
        ...[found.lo, found.hi].map((end) => scaled(end, few)),
        ...[null, null],
      ],
      [
        'Another study like these',
        '',
        found.estimate === null ? undefinedCell(few) : null,
        ...[found.prediction_lo, found.prediction_hi].map((end) => scaled(end, few)),
        ...[null, null],
      ],
    ],
    notes: [
      `Effect of ${factorTitle(factor).toLowerCase()}, estimated in each study by itself.${outcome.making.kind === 'group' ? ` Of groups of ${outcome.making.m ?? m} networks in every study.` : ''} Means weigh each study by 1/(its variance + τ²); interval by Hartung and Knapp, τ² by Paule and Mandel.`,
      ...spreadNotes(found, times, decimals, differenceUnit(outcome)),
      ...leftOutNotes(studies),
      ...sharedNotes(studies),
      ...(outcome.needs.includes('people') ? simulatedNotes(studies) : []),
    ],
  };
}

/** The same, drawn: each study, then the mean with its prediction interval. */
export function overStudiesFigure(
  whose: Pick<StudyNumbers, 'rehearsal'>,
  { question, level }: OverQuestion,
  studies: readonly StudyEffect[],
  found: Heterogeneity,
): Figure {
  const { outcome, factor, reference } = question;
  const times = timesOf(outcome);
  const scaled = (of: { lo: number | null; hi: number | null }): [number, number] | null => {
    const range = toRange(of);
    return range && [times * range[0], times * range[1]];
  };
  const row = (name: string, { estimate, lo, hi }: Pick<StudyEffect, 'estimate' | 'lo' | 'hi'>) => {
    const interval = scaled({ lo, hi });
    const full = interval !== null && (interval[0] > 0 || interval[1] < 0);
    return { name, value: estimate === null ? null : times * estimate, interval, full };
  };
  const chart: RowsChart = {
    kind: 'rows',
    title: '',
    x: differenceAxis(whose, outcome),
    rowName: 'Study',
    ...differenceNames,
    widerName: 'Prediction interval',
    lines: [{ at: 0, name: 'no difference' }],
    rows: studies.map((of) => ({
      ...row(of.study, of),
      wider: null,
      verdict: of.why === null ? '' : of.estimate === null ? 'left out' : 'no interval',
      undefined: of.why,
    })),
  };
  if (found.estimate !== null)
    chart.rows.push({
      ...row('Mean over studies', found),
      wider: scaled({ lo: found.prediction_lo, hi: found.prediction_hi }),
      verdict: '',
      undefined: null,
    });
  return {
    id: 'effect-studies-figure',
    title: `${outcomeTitle(whose, outcome)}: ${levelText(factor, level)} against ${levelText(factor, reference)}, over studies`,
    people: outcome.needs.includes('people'),
    charts: [chart],
    notes: [
      'Thick: 95 % interval. Thin, at the mean: prediction interval, where the true effect in another study like these lies. A full mark where the thick interval leaves out 0.',
    ],
  };
}

/** Percent of the mean that each study makes. */
function weightsOf(studies: readonly StudyEffect[], { tau2 }: Heterogeneity): ReadonlyMap<string, number> {
  if (tau2 === null) return new Map();
  const known = studies.flatMap(({ study, estimate, se }) =>
    estimate === null || se === null || se <= 0 ? [] : [{ study, weight: 1 / (se ** 2 + tau2) }],
  );
  const all = known.reduce((sum, { weight }) => sum + weight, 0);
  return new Map(known.map(({ study, weight }) => [study, (100 * weight) / all]));
}

/** Whether studies differ by more than chance, and what the last row says. */
function spreadNotes({ q, p_q, i2, tau, k }: Heterogeneity, times: number, decimals: number, unit: string): string[] {
  if (q === null || p_q === null || i2 === null || tau === null) return [];
  const p = p_q < 0.0001 ? 'p < 0.0001' : `p = ${formatFixed(p_q, 4)}`;
  return [
    `Do studies differ by more than chance? Q = ${formatFixed(q, 2)} with ${k === 2 ? '1 degree' : `${k - 1} degrees`} of freedom, ${p}; I² = ${formatFixed(100 * i2, 0)} %; true effects differ between studies with a standard deviation τ of ${formatFixed(times * tau, decimals)} ${unit}.`,
    `Another study like these: the prediction interval says where the true effect in one more such study lies, whereas the interval of the mean is about the mean of all such studies. It is meant to hold in 95 %; in simulations with 5 to 10 studies whose standard errors were as large as τ it held in 87 to 90 % only.${k === 2 ? ' Two studies say almost nothing about a third.' : ''}`,
  ];
}

function leftOutNotes(studies: readonly StudyEffect[]): string[] {
  const left = studies.filter(({ estimate, se }) => estimate === null || se === null || se <= 0);
  if (left.length === 0) return [];
  const each = left.map(({ study, why }) => `${study}: ${why ?? 'It has no standard error.'}`);
  return [`${left.length === 1 ? 'One study is' : `${left.length} studies are`} left out. ${each.join(' ')}`];
}

/** Where some studies have people and others simulated labelers. */
function simulatedNotes(studies: readonly StudyEffect[]): string[] {
  const names = studies.flatMap(({ study, simulated, se }) => (simulated && se !== null ? [study] : []));
  return names.length === 0 ? [] : [`The labelers of ${inWords(names)} are simulated: a rehearsal, no finding.`];
}

/** Trainings that count in several studies, as in copies of one: their errors are the same. */
function sharedNotes(studies: readonly StudyEffect[]): string[] {
  const known = studies.filter(({ se }) => se !== null);
  const seen = new Map<number, string[]>();
  for (const { study, runs } of known) for (const run of runs) seen.set(run, [...(seen.get(run) ?? []), study]);
  const shared = [...seen.values()].filter((list) => list.length > 1);
  if (shared.length === 0) return [];
  return [
    `${inWords([...new Set(shared.flat())])} have ${formatCount(shared.length, 'training')} in common, so that they are not independent: the interval of the mean is too narrow, and studies seem to differ by less than they do.`,
  ];
}
