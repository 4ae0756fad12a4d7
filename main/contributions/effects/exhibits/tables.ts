import {
  type EffectQuestion,
  comparedRuns,
  leastAnswers,
  matched,
  type EffectData,
  type StudyEffects,
  varianceSplit,
} from '../analysis/study.ts';
import type { EffectOutcome } from '../analysis/outcomes.ts';
import { outcomeDecimals } from '../../contrasts/contract/size-plan.ts';
import type { EffectParts, EffectReason } from '../../contrasts/analysis/effects.ts';
import type { FamilyValue, Verdict } from '../../contrasts/analysis/families.ts';
import type { ApiInterval, Cell, Column, EffectNumber, Exhibit } from '../../../contract/results/index.ts';
import { type Factor, factorTitle } from '../analysis/factors.ts';
import { formatCount } from '../../../domain/numbers/index.ts';
import { absenceText } from '../../../domain/results/index.ts';
import {
  count,
  intervalMethod,
  inWords,
  named,
  orWhy,
  pColumns,
  type StudyNumbers,
  undefinedCell,
  withIntervals,
} from '../../../exhibits/parts/index.ts';

/** What networks differ in, and how outcomes differ with it: tables for screen, report and files. */

/** An answered question. */
export interface AnsweredEffects {
  readonly data: EffectData;
  readonly question: EffectQuestion;
  readonly found: StudyEffects;
}

type Whose = Pick<StudyNumbers, 'rehearsal'>;

/** Shares are read in percent. */
export const timesOf = ({ unit }: EffectOutcome): number => (unit === '%' ? 100 : 1);
export const decimalsOf = ({ unit }: EffectOutcome): number => outcomeDecimals(unit);
export const outcomeTitle = (whose: Whose, { title }: EffectOutcome): string => named(whose, title);

export const levelText = ({ levels }: Factor, value: string | undefined): string =>
  levels.find((level) => level.value === value)?.text ?? 'none';

export const verdictTexts: Record<Verdict, string> = {
  higher: 'higher',
  lower: 'lower',
  not_separated: 'not told apart',
};

/** Why there is no number, or no interval. */
export function reasonText(
  reason: EffectReason,
  { factor, reference, m }: Pick<EffectQuestion, 'factor' | 'reference' | 'm'>,
): string {
  switch (reason) {
    case 'no_cell':
      return `No networks of this level can be compared with ${levelText(factor, reference)}, all else equal: they are missing, or other settings differ as well.`;
    case 'order':
      return `A cell among these has fewer than ${m} networks, which is the size of a group. ${m === 2 ? 'Train' : 'Choose smaller groups, or train'} more seeds.`;
    case 'undefined':
      return 'Two networks among these are both right, or both wrong, on every image: their error consistency is undefined.';
    case 'one_pair':
      return 'An interval needs two pairs of classes.';
    case 'one_anchor':
      return 'One anchor is in more than half of the pairs: the data hold hardly more than one draw of it.';
    case 'one_run':
      return 'A cell among these has too few trainings to know how much they vary: it takes two, or three where groups of networks are compared. Train more seeds.';
    case 'no_variation':
      return 'Nothing varied, which does not mean that nothing can.';
  }
}

/** Whose labels an outcome depends on, as intervals name it. */
const aboutOf = ({ needs }: EffectOutcome): Pick<ApiInterval, 'about'> =>
  needs.includes('people') ? {} : { about: 'networks' };

/** @param ends of the interval; left out: those of the effect itself */
export function effectInterval(
  { data, question }: Pick<AnsweredEffects, 'data' | 'question'>,
  { effect }: EffectParts,
  ends: { lo: number | null; hi: number | null } = effect,
): ApiInterval {
  const times = timesOf(question.outcome);
  const isRandom = question.people === 'random';
  const units = effect.units ?? 'pairs';
  const scaled = (end: number | null): number | null => (end === null ? null : times * end);
  return {
    lo: scaled(ends.lo),
    hi: scaled(ends.hi),
    claim: isRandom ? 'all' : 'networks',
    ...aboutOf(question.outcome),
    units,
    n: (units === 'anchors' ? effect.n_anchors : effect.n_pairs) ?? 0,
    nNull: 0,
    replicates: { networks: effect.n_runs ?? 0, ...(isRandom && { people: data.humans.people ?? 0 }) },
    undefined: effect.reason === null ? null : reasonText(effect.reason, question),
  };
}

/** A number that opens the networks and images of an effect or a mean, or why there is none. */
const openingCell = (value: number | null | undefined, why: string, effect: EffectNumber): Cell =>
  value == null ? undefinedCell(why) : { ...count(value), effect };

/** An estimate with its interval, or why there is none. @param is which number of the question it is */
export function effectCell(
  asked: Pick<AnsweredEffects, 'data' | 'question'>,
  parts: EffectParts,
  is: EffectNumber,
): Cell {
  const { estimate, reason } = parts.effect;
  if (estimate === null) return undefinedCell(reasonText(reason ?? 'no_cell', asked.question));
  return {
    ...count(timesOf(asked.question.outcome) * estimate, { interval: effectInterval(asked, parts) }),
    effect: is,
  };
}

const unitOf = (outcome: EffectOutcome): Pick<Column, 'unit' | 'decimals'> => ({
  decimals: decimalsOf(outcome),
  ...(outcome.unit === '%' && { unit: '%' }),
});

export const differenceUnit = ({ unit }: EffectOutcome): string => (unit === '%' ? 'points' : unit);

/** Ends of the simultaneous interval, p, and what may be said. */
function familyCells(
  { question }: AnsweredEffects,
  { lo, hi, p, p_holm, verdict }: FamilyValue,
  { effect }: EffectParts,
): Cell[] {
  const why = reasonText(effect.reason ?? 'no_cell', question);
  const times = timesOf(question.outcome);
  return [
    ...[lo, hi].map((end) => orWhy(end === null ? null : times * end, why)),
    ...[orWhy(p, why), orWhy(p_holm, why)],
    verdict === null ? undefinedCell(why) : verdictTexts[verdict],
  ];
}

const familyColumns = (outcome: EffectOutcome): Column[] => [
  ...['from', 'to'].map((end) => ({ name: `Simultaneous ${end}`, decimals: decimalsOf(outcome) })),
  ...pColumns,
  { name: 'Verdict' },
];

/** What is compared with what, and what is held equal: sentences. */
export function designNotes({ data, question, found }: AnsweredEffects): string[] {
  const { design, outcome, estimator } = found;
  const isConsistency = outcome.type === 'consistency';
  const titles = (factors: readonly Factor[]): string => inWords(factors.map((of) => of.title.toLowerCase()));
  const held = [...design.held, ...(design.second ? [design.second] : [])];
  const missing = design.cells.filter(({ runs }) => runs.length === 0).length;
  const size = outcome.type === 'value' || outcome.type === 'wrong' || isConsistency ? null : outcome.m;
  return [
    ...(held.length > 0 ? [`Compared at equal ${titles(held)}; combinations count equally.`] : []),
    ...(design.free.length > 0
      ? [
          `Networks of a level also differ in ${titles(design.free)}. They count as samples of such recipes: this is no effect of ${design.factor.title.toLowerCase()} alone.`,
        ]
      : []),
    ...(question.factor.with.length > 0
      ? [
          `${question.factor.title} always changes together with ${inWords(question.factor.with.map((each) => each.toLowerCase()))}, so that their effects cannot be told apart.`,
        ]
      : []),
    ...(missing > 0
      ? [
          `${formatCount(missing, 'cell')} ${missing === 1 ? 'has' : 'have'} no network with predictions, and ${missing === 1 ? 'is' : 'are'} listed as missing.`,
        ]
      : []),
    ...(size === null ? [] : [`Of new groups of ${size} networks of one recipe.`]),
    ...(isConsistency
      ? [
          `κ of two networks of one recipe: whether they err on the same images, beyond what their accuracies alone make likely. An answer is right if it is ${data.right.isTruth ? 'the image’s true class' : 'the label of the majority of people; ties are left out'}.`,
        ]
      : []),
    ...(question.people === 'random' ? [`As if ${leastAnswers(data)} people like these had answered each image.`] : []),
    ...(found.effects.members.some(({ of }) => of.effect.replicates === 'strata')
      ? [
          'Each cell has one training, so that combinations of the other settings count as replicates, and their interactions as noise.',
        ]
      : []),
    `${formatCount(estimator.images.length, 'image')} count${estimator.images.length === 1 ? 's' : ''}: those on which the outcome is defined for every network.`,
  ];
}

/** Which tests are adjusted together. */
export function familyNote({ question, found }: AnsweredEffects): string {
  const { m, members } = found.effects;
  const { factor, reference, outcome } = question;
  return `Family: every level of ${factor.title.toLowerCase()} against ${levelText(factor, reference)}, one outcome (“${outcome.title.split(':')[0] ?? ''}”); ${m === members.length ? formatCount(m, 'test') : `${m} of ${members.length} tests are defined`}. p adjusted by Holm’s method; simultaneous intervals by Bonferroni’s; a verdict only where these exclude 0.`;
}

/** Networks without predictions that a note names. */
const mostNamed = 8;

/** What a level could not be compared on: where networks of it, or of the reference, are missing. */
function matchingNotes({ question: { factor, reference }, found }: AnsweredEffects): string[] {
  return found.effects.members.flatMap(({ level, matching: { both, either, absent } }): string[] => {
    if (both === either || both === 0) return [];
    const names = absent.slice(0, mostNamed).map(({ name, why }) => `${name} (${absenceText(why)})`);
    const more = absent.length > mostNamed ? [`${absent.length - mostNamed} more`] : [];
    const missing = absent.length > 0 ? ` Without predictions: ${inWords([...names, ...more])}.` : '';
    return [
      `${levelText(factor, level)} and ${levelText(factor, reference)} are compared in ${both} of ${either} combinations of the other settings; the rest have networks of one of them only.${missing}`,
    ];
  });
}

/** Every level against the reference. */
export function effectsExhibit(study: Whose, answered: AnsweredEffects): Exhibit {
  const { question, found } = answered;
  const { factor, reference, outcome } = question;
  const compared = levelText(factor, reference);
  /** Over the networks that the difference is of: the difference of two such means is it. */
  const meanBeside = (level: string, other: string): Cell =>
    effectCell(answered, found.estimator.estimate(matched(found.design, level, [other])), {
      kind: 'matched',
      level,
      beside: [other],
    });
  // Whoever subtracts the means gets the difference, which is the same wherever it stands.
  const unit = { ...unitOf(outcome), decimals: decimalsOf(outcome) + 1 };
  return withIntervals(study, {
    id: 'effects',
    number: '',
    title: `${outcomeTitle(study, outcome)}: effect of ${factorTitle(factor).toLowerCase()}`,
    people: outcome.needs.includes('people'),
    columns: [
      { name: 'Level', heading: factor.title, names: true },
      { key: 'networks', name: 'Networks', decimals: 0 },
      { key: 'mean', name: 'Mean', ...unit },
      { name: 'Networks of the other', heading: `Networks of ${compared}`, decimals: 0 },
      { key: 'reference', name: 'Mean of the other', heading: `Mean of ${compared}`, ...unit },
      {
        key: 'difference',
        name: 'Difference',
        decimals: decimalsOf(outcome),
        difference: { of: 'mean', less: 'reference' },
        heading: `Difference from ${compared} (${differenceUnit(outcome)})`,
      },
      ...familyColumns(outcome),
    ],
    rows: found.effects.members.map(({ level, of, matching, ...values }): Cell[] => [
      ...[levelText(factor, level), matching.networks, meanBeside(level, reference)],
      ...[matching.ofReference, meanBeside(reference, level)],
      effectCell(answered, of, { kind: 'difference', level }),
      ...familyCells(answered, values, of),
    ]),
    notes: [
      ...[...designNotes(answered), ...matchingNotes(answered), familyNote(answered)].map((note) => named(study, note)),
      intervalMethod,
    ],
  });
}

/** The mean of each cell; cells without networks stand as missing. */
export function cellsExhibit(study: Whose, answered: AnsweredEffects): Exhibit {
  const { question, found } = answered;
  const { design } = found;
  const factors = [design.factor, ...(design.second ? [design.second] : []), ...design.held];
  return withIntervals(study, {
    id: 'effect-cells',
    number: '',
    title: `${outcomeTitle(study, question.outcome)}, cell by cell`,
    people: question.outcome.needs.includes('people'),
    heads: factors.length,
    columns: [
      ...factors.map((factor) => ({ name: factor.title, names: true })),
      { key: 'networks', name: 'Networks', decimals: 0 },
      { name: 'Missing', decimals: 0 },
      { key: 'mean', name: 'Mean', ...unitOf(question.outcome) },
    ],
    rows: found.cells.map(({ cell, of }): Cell[] => [
      ...factors.map((factor) => levelText(factor, cell.levels[factor.key])),
      ...[cell.runs.length, cell.absent.length],
      cell.runs.length === 0
        ? undefinedCell('Missing: no network of this cell has predictions.')
        : effectCell(answered, of, { kind: 'mean', at: cell.levels }),
    ]),
    notes:
      design.cells.length > found.cells.length
        ? [`The first ${found.cells.length} of ${design.cells.length} cells.`]
        : [],
  });
}

/** Where an interval's width comes from. */
export function varianceExhibit(study: Whose, answered: AnsweredEffects): Exhibit {
  const { question, found } = answered;
  const percent = (name: string): Column => ({ name, unit: '%', decimals: 0 });
  const isRandom = question.people === 'random';
  return {
    id: 'effect-variance',
    number: '',
    title: 'What makes these intervals wide',
    people: question.outcome.needs.includes('people'),
    columns: [
      { name: 'Level', heading: question.factor.title, names: true },
      ...[percent('Pairs'), percent('Seeds'), ...(isRandom ? [percent('People')] : []), percent('Rest')],
      { name: 'Standard error', decimals: decimalsOf(question.outcome) + 1 },
    ],
    rows: found.effects.members.map(({ level, of }): Cell[] => {
      const split = varianceSplit(of);
      const why = reasonText(of.effect.reason ?? 'no_cell', question);
      const shares = [split?.pairs, split?.trainings, ...(isRandom ? [split?.people] : []), split?.rest];
      return [
        levelText(question.factor, level),
        ...[
          ...shares.map((share) => (share === undefined ? null : 100 * share)),
          of.effect.se === null ? null : timesOf(question.outcome) * of.effect.se,
        ].map((value) => openingCell(value, why, { kind: 'difference', level })),
      ];
    }),
    notes: [
      named(
        study,
        `Shares of the variance of each difference. Pairs: other anchors and pairs of classes (of images without pairs: other images). Seeds: other trainings, on all pairs alike.${isRandom ? ' People: other people, on all pairs alike.' : ''} Rest: what single trainings${isRandom ? ' or people' : ''} do on single pairs. More of one kind makes its share smaller, not the others’.`,
      ),
    ],
  };
}

/** What two factors do together beyond what each does alone; no rows without a second factor. */
export function interactionExhibit(study: Whose, answered: AnsweredEffects): Exhibit {
  const { question, found } = answered;
  const { factor, reference, outcome } = question;
  const { interaction } = found;
  const second = interaction?.second;
  return withIntervals(study, {
    id: 'effect-interaction',
    number: '',
    people: outcome.needs.includes('people'),
    title: second ? `Does the effect of ${factor.title.toLowerCase()} depend on ${second.title.toLowerCase()}?` : '',
    heads: 2,
    columns: [
      ...[
        { name: 'Level', heading: factor.title, names: true },
        { name: 'Second level', heading: second?.title ?? '' },
      ],
      { key: 'difference', name: 'Difference of differences', decimals: decimalsOf(outcome) },
      ...familyColumns(outcome),
    ],
    rows: (interaction?.effects.members ?? []).map(({ level, level2, of, ...values }): Cell[] => [
      ...[levelText(factor, level), second ? levelText(second, level2) : ''],
      effectCell(answered, of, { kind: 'interaction', level, level2 }),
      ...familyCells(answered, values, of),
    ]),
    notes: second
      ? [
          `The difference from ${levelText(factor, reference)} at this level of ${second.title.toLowerCase()}, less the same difference at ${levelText(second, interaction.reference2)}. Family: all ${interaction.effects.members.length} of this table.`,
        ]
      : [],
  });
}

/** Order of the levels, as far as the data tell them apart; no rows where they tell nothing apart. */
export function rankingExhibit(study: Whose, { question, found }: AnsweredEffects): Exhibit {
  const { factor, outcome } = question;
  const { ranking } = found;
  const known = found.means.map(({ level }) => level);
  const order = ranking?.order ?? [];
  const rows = ranking === null || ranking.refuse ? [] : known.map((level, place) => ({ level, place }));
  const times = timesOf(outcome);
  return {
    id: 'effect-ranking',
    number: '',
    title: 'Ranks that these data allow',
    people: outcome.needs.includes('people'),
    columns: [
      { name: 'Level', heading: factor.title, names: true },
      { name: 'Mean', ...unitOf(outcome) },
      ...[
        { name: 'Rank from', decimals: 0 },
        { name: 'Rank to', decimals: 0 },
      ],
    ],
    rows: rows
      .sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level))
      .map(({ level, place }): Cell[] => {
        const estimate = ranking?.estimates[place] ?? null;
        return [
          levelText(factor, level),
          ...[estimate === null ? null : times * estimate, ranking?.rank_lo[place], ranking?.rank_hi[place]].map(
            (value) => openingCell(value, 'It is undefined.', { kind: 'matched', level, beside: known }),
          ),
        ];
      }),
    notes: [named(study, rankingText({ question, found }))],
  };
}

/** `MLP is below CNN`, or that these data do not separate the levels. */
export function rankingText({ question, found }: Pick<AnsweredEffects, 'question' | 'found'>): string {
  const { factor, outcome } = question;
  const { ranking } = found;
  const known = found.means.map(({ level }) => level);
  if (ranking === null)
    return 'No ranking: there is no combination of the other settings at which every level was trained.';
  if (ranking.m === 0)
    return `No ranking: it compares ${formatCount(comparedRuns(found.design, known).length, 'network')}, those of combinations of the other settings at which every level was trained, and none of their differences has an interval.`;
  if (ranking.refuse) return 'The levels are not told apart by these data.';
  const below = Map.groupBy(ranking.before, ([a]) => a);
  const said = [...below].map(
    ([a, pairs]) => `${levelText(factor, a)} below ${inWords(pairs.map(([, b]) => levelText(factor, b)))}`,
  );
  return `Told apart, of all ${formatCount(ranking.m, 'difference')} of two levels together: ${said.join('; ')}. All other orders are not told apart by these data. Lower means ${outcome.lower}.`;
}

/** The change over a factor's numbers, in words; null: it has none. */
export function slopeText(
  study: Whose,
  { data, question, found }: AnsweredEffects,
): { title: string; cell: Cell } | null {
  const { factor, outcome } = question;
  if (found.slope === null || factor.scale === null) return null;
  const step = {
    value: factor.key === 'target' ? 'per point' : 'per unit',
    log2: 'per doubling',
    log10: 'per tenfold',
  }[factor.scale];
  const title = `${outcomeTitle(study, outcome)}: change ${step} of ${factor.title.toLowerCase()} (${differenceUnit(outcome)})`;
  return { title, cell: effectCell({ data, question }, found.slope, { kind: 'slope' }) };
}
