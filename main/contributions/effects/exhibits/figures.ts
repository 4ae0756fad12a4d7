import type { EffectOutcome } from '../analysis/outcomes.ts';
import { comparedRuns } from '../analysis/study.ts';
import type { Figure, FigureAxis, LinesChart, RowsChart } from '../../../contract/results/index.ts';
import { factorTitle } from '../analysis/factors.ts';
import { formatCount } from '../../../domain/numbers/index.ts';
import { differenceNames, toRange } from '../../contrasts/exhibits/differences.ts';
import {
  type AnsweredEffects,
  decimalsOf,
  effectInterval,
  levelText,
  outcomeTitle,
  reasonText,
  timesOf,
  verdictTexts,
} from './tables.ts';
import { named, type StudyNumbers } from '../../../exhibits/parts/index.ts';

/** What networks differ in, and how outcomes differ with it, drawn. */

type Whose = Pick<StudyNumbers, 'rehearsal'>;

/** Differences of levels, a chart for each question. */
export const effectsFigure = (charts: RowsChart[]): Figure => ({
  id: 'effects-figure',
  title: charts.length === 1 ? (charts[0]?.title ?? '') : 'Differences between levels',
  people: true,
  charts,
  notes: ['Thick: 95 % interval of one difference. Thin: of all levels together; a full mark where it leaves out 0.'],
});

/** Every level against the reference. @param withFactor its title names the factor, too */
export function effectsChart(whose: Whose, answered: AnsweredEffects, withFactor = false): RowsChart {
  const { question, found } = answered;
  const { outcome, factor, reference } = question;
  const times = timesOf(outcome);
  return {
    kind: 'rows',
    title: `${outcomeTitle(whose, outcome)}${withFactor ? `, ${factor.title.toLowerCase()}` : ''}: difference from ${levelText(factor, reference)}`,
    x: differenceAxis(whose, outcome),
    rowName: 'Level',
    ...differenceNames,
    widerName: 'All levels together',
    lines: [{ at: 0, name: levelText(factor, reference) }],
    rows: found.effects.members.map(({ level, of, lo, hi, verdict }) => {
      const interval = effectInterval(answered, of);
      const { estimate, reason } = of.effect;
      return {
        name: levelText(factor, level),
        value: estimate === null ? null : times * estimate,
        interval: toRange(interval),
        wider: lo === null || hi === null ? null : [times * lo, times * hi],
        verdict: estimate === null ? 'missing' : verdict === null ? 'no interval' : verdictTexts[verdict],
        undefined: reason === null ? null : reasonText(reason, question),
        full: verdict !== null && verdict !== 'not_separated',
        opens: { kind: 'numbers', numbers: [{ kind: 'difference', level }] },
      };
    }),
  };
}

/** The axis of differences in an outcome. */
export const differenceAxis = (whose: Whose, outcome: EffectOutcome): FigureAxis => ({
  title: `Difference (${outcome.unit === '%' ? 'percentage points' : outcome.unit}); lower: ${named(whose, outcome.lower)}`,
  decimals: decimalsOf(outcome),
});

const marks = ['circle', 'square', 'triangle', 'diamond'] as const;
const lineHues = ['series-1', 'series-2', 'series-3', 'series-4', 'series-5'] as const;

/** Means of the levels, in a line for each level of the second factor; null: none is known. */
export function meansFigure(whose: Whose, answered: AnsweredEffects): Figure | null {
  const { question, found } = answered;
  const { outcome, factor, second } = question;
  const times = timesOf(outcome);
  const known = found.means.map(({ level }) => level);
  const compared = found.interaction ? [...found.design.runs.keys()] : comparedRuns(found.design, known);
  const lines = found.interaction
    ? [...Map.groupBy(found.interaction.means, ({ level2 }) => level2)].map(([level2, means]) => ({ level2, means }))
    : [{ level2: null, means: found.means }];
  const series = lines.map(({ level2, means }, place): LinesChart['series'][number] => ({
    name: second && level2 !== null ? levelText(second, level2) : 'Mean',
    hue: lineHues[place % lineHues.length] ?? 'ink',
    dash: 'none',
    // Lines of two factors show by their slopes whether these depend on each other; else names have no order.
    ...(factor.scale === null && !second && { joined: false as const }),
    mark: marks[place % marks.length] ?? 'circle',
    points: means
      .flatMap(({ level, of }) => {
        const { estimate } = of.effect;
        if (estimate === null) return [];
        const interval = toRange(effectInterval(answered, of));
        const opens =
          second && level2 !== null
            ? { kind: 'mean' as const, at: { [factor.key]: level, [second.key]: level2 } }
            : { kind: 'matched' as const, level, beside: known };
        return [
          {
            x: factor.levels.findIndex(({ value }) => value === level),
            y: times * estimate,
            ...(interval && { interval }),
            opens: { kind: 'numbers' as const, numbers: [opens] },
          },
        ];
      })
      .sort((a, b) => a.x - b.x),
  }));
  if (series.every(({ points }) => points.length === 0)) return null;
  return {
    id: 'effect-means-figure',
    title: `${outcomeTitle(whose, outcome)}: mean at each level${second ? `, by ${second.title.toLowerCase()}` : ''}`,
    people: outcome.needs.includes('people'),
    charts: [
      {
        kind: 'lines',
        title: '',
        n: formatCount(compared.length, 'network'),
        x: {
          title: factorTitle(factor),
          from: 0,
          to: Math.max(1, factor.levels.length - 1),
          ticks: factor.levels.map((_, place) => place),
          names: factor.levels.map(({ text }) => text),
        },
        y: { title: `${outcomeTitle(whose, outcome)} (${outcome.unit})`, decimals: decimalsOf(outcome) },
        ...(series.some(({ points }) => points.some(({ interval }) => interval)) && { intervalName: '95 % interval' }),
        series,
      },
    ],
    notes: second
      ? [
          `Lines that run in parallel: the effect of ${factor.title.toLowerCase()} is the same at each level of ${second.title.toLowerCase()}.`,
        ]
      : compared.length < found.design.runs.length
        ? [
            `Means of ${compared.length} of ${formatCount(found.design.runs.length, 'network')}: those of combinations of the other settings at which every level was trained.`,
          ]
        : [],
  };
}
