import type { Cell, Column, Exhibit, Figure, RowsChart } from '../../../contract/results/index.ts';
import type { Verdict } from '../../contrasts/analysis/families.ts';
import { isQuantity } from '../../../domain/results/index.ts';
import { formatCount } from '../../../domain/numbers/index.ts';
import { factorTitle } from '../analysis/factors.ts';
import {
  adjustedP,
  intervalMethod,
  named,
  orWhy,
  plainP,
  type StudyNumbers,
  undefinedCell,
  withIntervals,
} from '../../../exhibits/parts/index.ts';
import {
  type AnsweredEffects,
  decimalsOf,
  designNotes,
  differenceUnit,
  effectCell,
  levelText,
  rankingText,
  reasonText,
  timesOf,
  verdictTexts,
} from './tables.ts';
import { effectsChart, effectsFigure } from './figures.ts';
import type { ReportedPart } from '../../../exhibits/index.ts';

/** One factor's effects on one outcome, as plain data. Texts speak of people. */
export interface ReportedEffects {
  outcome: string;
  /** Unit of differences. */
  unit: string;
  /** With the fields that always change together with it. */
  wholeFactor: string;
  reference: string;
  /** Networks of the study with predictions. */
  networks: number;
  rows: {
    level: string;
    networks: number;
    /** The difference, with its interval. */
    difference: Cell;
    simultaneous: readonly [low: number, high: number] | null;
    p: number | null;
    adjusted: number | null;
    verdict: Verdict | null;
    /** Why something of it is undefined. */
    why: string;
  }[];
  chart: RowsChart;
  /** Which levels the data separate, in words; null: none. */
  order: string | null;
  /** What is compared like with like. */
  notes: string[];
}

type Whose = Pick<StudyNumbers, 'rehearsal'>;

/** Outcomes of all units stand in one column. */
const withDecimals = (cell: Cell, decimals: number): Cell => (isQuantity(cell) ? { ...cell, decimals } : cell);

/** Drawings; the table has them all. */
const mostDrawn = 24;

/** The questions of which some difference has an interval: a chart of single marks says less than its row of the table. */
function reportEffectsFigure(effects: readonly ReportedEffects[]): Figure {
  const known = effects.filter(({ chart }) => chart.rows.some(({ value }) => value !== null));
  const drawn = known.filter(({ chart }) => chart.rows.some(({ interval }) => interval !== null)).slice(0, mostDrawn);
  const figure = effectsFigure(drawn.map(({ chart }) => chart));
  const left = known.length - drawn.length;
  if (left === 0) return figure;
  const without = formatCount(left, 'comparison');
  const note = `Without a chart, as no difference has an interval or there are many: ${without}. The table has them all.`;
  return { ...figure, notes: [...(drawn.length > 0 ? figure.notes : []), note] };
}

/** An answered question as a report has it. */
export function reportedEffects(whose: Whose, answered: AnsweredEffects): ReportedEffects {
  const { data, question, found } = answered;
  const { factor, outcome, reference } = question;
  const times = timesOf(outcome);
  const isTold = found.ranking !== null && !found.ranking.refuse;
  return {
    outcome: outcome.title,
    unit: differenceUnit(outcome),
    wholeFactor: factorTitle(factor),
    reference: levelText(factor, reference),
    networks: data.networks.length,
    rows: found.effects.members.map(({ level, of, matching, lo, hi, p, p_holm, verdict }) => ({
      level: levelText(factor, level),
      networks: matching.networks,
      difference: withDecimals(effectCell(answered, of, { kind: 'difference', level }), decimalsOf(outcome)),
      simultaneous: lo === null || hi === null ? null : ([times * lo, times * hi] as const),
      p,
      adjusted: p_holm,
      verdict,
      why: reasonText(of.effect.reason ?? 'no_cell', question),
    })),
    chart: effectsChart(whose, answered, true),
    order: isTold ? `${outcome.title}, ${factor.title.toLowerCase()}: ${rankingText(answered)}` : null,
    notes: designNotes(answered)
      .filter(
        (note) => /^(Compared at|Networks of a level|Each cell)/.test(note) || note.includes('always changes together'),
      )
      .map((note) => `${factor.title}: ${note}`),
  };
}

/**
 * Effects of every factor on several outcomes: a row for each level but the reference.
 * @param hasAllTargets the report is of all targets, too
 */
function reportEffectsExhibit(whose: Whose, all: readonly ReportedEffects[], hasAllTargets: boolean): Exhibit {
  const decimals = 3;
  // A page is not wider; drawings show simultaneous intervals.
  const hiddenOn: Column['hiddenOn'] = ['page', 'latex'];
  return withIntervals(whose, {
    id: 'effects',
    number: '',
    title: 'Effects of what the networks differ in',
    people: true,
    columns: [
      ...[{ name: 'Outcome' }, { name: 'Factor' }, { name: 'Level' }, { name: 'Against' }],
      { name: 'Networks', decimals: 0, hiddenOn },
      { key: 'difference', name: 'Difference', decimals, interval: true },
      { name: 'Unit' },
      ...['Simultaneous from', 'Simultaneous to'].map((name): Column => ({ name, decimals, hiddenOn })),
      ...[{ ...plainP, hiddenOn }, adjustedP, { name: 'Verdict' }],
    ],
    rows: all.flatMap(({ outcome, wholeFactor, reference, unit, rows }) =>
      rows.map(({ level, networks, difference, simultaneous, p, adjusted, verdict, why }): Cell[] => [
        ...[named(whose, outcome), wholeFactor, level, reference, networks, difference, unit],
        ...[orWhy(simultaneous?.[0], why), orWhy(simultaneous?.[1], why), orWhy(p, why), orWhy(adjusted, why)],
        verdict === null ? undefinedCell(why) : verdictTexts[verdict],
      ]),
    ),
    notes: [
      'Level less the level that it is compared with, all else equal. A family is all levels of one factor for one outcome: p adjusted by Holm’s method; simultaneous intervals by Bonferroni’s; a verdict only where these exclude 0, else the levels are not told apart by these data.',
      ...(hasAllTargets ? [] : ['Effects are of networks at all targets of the study.']),
      ...[...new Set(all.flatMap(({ notes }) => notes))].map((note) => named(whose, note)),
      intervalMethod,
    ],
  });
}

export const ofSection = { section: 'effects', heading: 'Effects' } as const;

/** What a report has of effects in its study. @param hasAllTargets the report is of all targets, too */
export function effectsPart(whose: Whose, effects: readonly ReportedEffects[], hasAllTargets: boolean): ReportedPart {
  const part = { ...ofSection, collections: 'all' } as const;
  const [first] = effects;
  if (!first) return { ...part, tables: [], figures: [] };
  return {
    ...part,
    networks: first.networks,
    figures: [reportEffectsFigure(effects)],
    tables: [reportEffectsExhibit(whose, effects, hasAllTargets)],
    shows: {
      lead: `${formatCount(first.networks, 'network')} were compared by what they differ in (Effects).`,
      found: effects.flatMap(({ order }) => (order === null ? [] : [named(whose, order)])),
      none: 'No levels are told apart by these data.',
    },
  };
}
