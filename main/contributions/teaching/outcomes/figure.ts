import type { Figure, RowsChart } from '../../../contract/results/index.ts';
import { formatCount, formatFixed, formatInteger } from '../../../domain/numbers/index.ts';
import { armTitle, scoreNames, shownScoreNames, verdictWords } from '../analysis/arms.ts';
import { differenceNames, toRange } from '../../contrasts/exhibits/differences.ts';
import { inWords, named } from '../../../exhibits/parts/index.ts';
import {
  type ArmOutcome,
  type DirectionOutcome,
  effectReason,
  partTitle,
  type TeachingOutcomes,
  verdictOf,
} from './tables.ts';

type Whose = { readonly rehearsal: boolean };

/** What networks learn: each arm against the reference, then its scores between floor and ceiling. @param all of one study, one a target */
export function teachingFigure(whose: Whose, all: readonly TeachingOutcomes[]): Figure {
  const unbound = all.flatMap((outcomes) =>
    outcomes.directions.flatMap((direction) =>
      Object.values(direction.floor).includes(null) ? partTitle(all, outcomes, direction) : [],
    ),
  );
  return {
    id: 'teachers-figure',
    title: 'Networks by arm: differences and scores',
    people: true,
    charts: all.flatMap((outcomes) =>
      outcomes.directions.flatMap((direction) => {
        const title = partTitle(all, outcomes, direction);
        return [
          differencesChart(title, outcomes, direction),
          ...(['brier', 'nll', 'js'] as const).map((measure) => scoresChart(whose, title, measure, direction)),
        ];
      }),
    ),
    notes: [
      'Differences: 95 % interval for other images and trainings like these; a full mark where p, adjusted by Holm’s method over all arms and halves, is below 0.05. Marks open the images on which the two differ most.',
      'Scores: mean and one standard deviation over seeds to each side, no interval; lower is better. Floor: what people’s true distribution would score with so few labels; of the divergence, what people would score if these people’s shares were their true distribution, with as many labels; it is too low where labels are few and most agree. Ceiling: half of the people who examine predicts the other half.',
      ...(unbound.length === 0
        ? []
        : [
            `${inWords(unbound)}: no image has two labels of the people who examine, so there is neither floor nor ceiling.`,
          ]),
    ].map((note) => named(whose, note)),
  };
}

/** Each arm against the reference in the declared outcome. */
function differencesChart(
  title: string,
  outcomes: TeachingOutcomes,
  { people, images, arms }: DirectionOutcome,
): RowsChart {
  const { outcome, reference, halvesOf } = outcomes;
  const name = scoreNames[outcome];
  const what = halvesOf === 'people' ? 'labeler' : 'label';
  return {
    kind: 'rows',
    title: `${title}, ${name}: difference from ${armTitle(reference)}`,
    n: `n = ${formatCount(images, 'image')}; ${formatCount(people.teaching, what)} teach, ${formatInteger(people.examining)} examine`,
    x: { title: `Difference in ${name}; lower is better`, decimals: 4 },
    rowName: 'Arm',
    ...differenceNames,
    lines: [{ at: 0, name: armTitle(reference) }],
    rows: arms.filter(({ arm }) => arm !== reference).map((arm) => differenceRow(arm, outcomes)),
  };
}

function differenceRow(arm: ArmOutcome, { outcome, reference }: TeachingOutcomes): RowsChart['rows'][number] {
  const effect = arm.result?.against_reference?.[outcome];
  const value = effect?.estimate ?? null;
  const reason = effect ? effect.reason : 'no_cell';
  const verdict = verdictOf(arm, outcome);
  const images = arm.apart.map(({ image }) => image);
  const title = `${formatCount(images.length, 'image')} on which ${armTitle(arm.arm)} differs most from ${armTitle(reference)}`;
  return {
    name: armTitle(arm.arm),
    value,
    interval: effect ? toRange(effect) : null,
    wider: null,
    verdict: value === null ? 'missing' : verdict === null ? 'no interval' : verdictWords[verdict],
    undefined: reason === null ? null : effectReason(reason),
    full: verdict !== null && verdict !== 'not_separated',
    ...(images.length > 0 && { opens: { kind: 'images', images, title } }),
  };
}

/** A score of every arm, between floor and ceiling. */
function scoresChart(
  whose: Whose,
  title: string,
  measure: keyof typeof shownScoreNames,
  { images, floor, arms }: DirectionOutcome,
): RowsChart {
  const name = shownScoreNames[measure];
  const bounds = (['floor', 'ceiling'] as const).flatMap((bound) => {
    const at = floor[`${measure}_${bound}`];
    return at === null ? [] : [{ at, name: `${bound} ${formatFixed(at, 3)}` }];
  });
  return {
    kind: 'rows',
    title: named(whose, `${title}: ${name} against people`),
    n: `n = ${formatCount(images, 'image')}`,
    x: { title: `${name}${measure === 'js' ? ', bits' : ''}; lower is better`, decimals: 3 },
    rowName: 'Arm',
    valueName: 'Mean',
    intervalName: 'Mean ± std over seeds',
    lines: bounds,
    rows: arms.map(({ arm, result }) => {
      const over = measure === 'js' ? result?.divergence.over_seeds : result?.over_seeds[measure];
      const { mean = null, std = null, n = 0 } = over ?? {};
      return {
        name: armTitle(arm),
        value: mean,
        interval: mean === null || std === null || n < 2 ? null : [mean - std, mean + std],
        wider: null,
        verdict: mean === null ? 'no seed yet' : formatCount(n, 'seed'),
        undefined: null,
        full: true,
      };
    }),
  };
}
