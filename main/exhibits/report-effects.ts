import type { Cell, Column, Exhibit } from '../contract/exhibit.ts';
import type { Figure } from '../contract/figure.ts';
import { factorTitle } from '../domain/factors.ts';
import { adjustedP, intervalMethod, orWhy, plainP, undefinedCell, withIntervals } from './cells.ts';
import {
  type AnsweredEffects,
  designNotes,
  differenceUnit,
  effectCell,
  levelText,
  rankingText,
  reasonText,
  timesOf,
  verdictTexts,
} from './effects.ts';
import { effectsChart, effectsFigure } from './effects-figure.ts';
import type { ReportedEffects } from './report-data.ts';
import { named, type StudyNumbers } from './study-numbers.ts';
import { oncePerView } from './study-view.ts';
import type { View } from './view.ts';

/** Which levels the data separate, a sentence for each question that has any. */
export const effectOrders = (view: View): string[] =>
  (view.data.effects ?? []).flatMap(({ order }) => (order === null ? [] : [named(view, order)]));

/** Drawings; the table has them all. */
const mostDrawn = 24;

/** The questions that have any effect. */
export const reportEffectsFigure = ({ data: { effects = [] } }: View): Figure =>
  effectsFigure(
    effects.flatMap(({ chart }) => (chart.rows.some(({ value }) => value !== null) ? chart : [])).slice(0, mostDrawn),
  );

/** An answered question as a report has it. */
export function reportedEffects(whose: Pick<StudyNumbers, 'rehearsal'>, answered: AnsweredEffects): ReportedEffects {
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
    rows: found.effects.members.map(({ level, of, lo, hi, p, p_holm, verdict }) => ({
      level: levelText(factor, level),
      networks: found.design.runs.filter(({ levels }) => levels[factor.key] === level).length,
      difference: effectCell(answered, of, { kind: 'difference', level }),
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

/** Effects of every factor on several outcomes: a row for each level but the reference. No rows where networks differ in nothing. */
export const reportEffectsExhibit = oncePerView((view: View): Exhibit => {
  const all = view.data.effects ?? [];
  const decimals = 3;
  // A page is not wider; drawings show simultaneous intervals.
  const hiddenOn: Column['hiddenOn'] = ['page', 'latex'];
  return withIntervals(view, {
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
        ...[named(view, outcome), wholeFactor, level, reference, networks, difference, unit],
        ...[orWhy(simultaneous?.[0], why), orWhy(simultaneous?.[1], why), orWhy(p, why), orWhy(adjusted, why)],
        verdict === null ? undefinedCell(why) : verdictTexts[verdict],
      ]),
    ),
    notes: [
      'Level less the level that it is compared with, all else equal. A family is all levels of one factor for one outcome: p adjusted by Holm’s method; simultaneous intervals by Bonferroni’s; a verdict only where these exclude 0, else the levels are not told apart by these data.',
      ...(view.choice.targets === null ? [] : ['Effects are of networks at all targets of the study.']),
      ...[...new Set(all.flatMap(({ notes }) => notes))].map((note) => named(view, note)),
      intervalMethod,
    ],
  });
});
