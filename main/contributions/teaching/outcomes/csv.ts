import { labelScores } from '../../contrasts/analysis/label-training.ts';
import type { Effect } from '../../contrasts/analysis/effects.ts';
import { ownScores } from '../analysis/own-labels.ts';
import type { Spread } from '../../../analysis/statistics/index.ts';
import type { Half } from '../contract/design.ts';
import {
  type ArmOutcome,
  type DirectionOutcome,
  missingSentences,
  predictorTitle,
  type TeachingOutcomes,
} from './tables.ts';

/** Columns of the table of outcomes; in a rehearsal there is one more. */
const columns = [...['teachers', 'arm', 'measure', 'value', 'std', 'n', 'from', 'to', 'p', 'p_holm', 'note']] as const;
type Row = Partial<Record<(typeof columns)[number], string | number | null>>;

/** Outcomes as a table with a row for each number, all digits. Null: undefined, `note` says why where that is known. */
export function outcomeTable(outcomes: TeachingOutcomes): { header: string[]; rows: (string | number | null)[][] } {
  const { simulated, directions } = outcomes;
  const rows = directions.flatMap((direction) => [
    ...floorRows(direction),
    ...direction.arms.flatMap((arm) =>
      armRows(arm, outcomes).map((row) => ({ ...row, teachers: direction.teachers, arm: arm.arm })),
    ),
    ...ownRows(direction, outcomes),
  ]);
  const notThere = outcomes.missing.map((teachers, place) => ({
    teachers,
    measure: 'images',
    note: missingSentences(outcomes)[place] ?? null,
  }));
  return {
    header: [...columns, ...(simulated ? ['rehearsal'] : [])],
    rows: [...rows, ...notThere].map((row: Row) => [
      ...columns.map((column) => row[column] ?? null),
      ...(simulated ? ['rehearsal'] : []),
    ]),
  };
}

function floorRows({ teachers, floor, images }: DirectionOutcome): Row[] {
  const { n, ...values } = floor;
  return [
    { teachers, measure: 'images', value: images },
    ...Object.entries(values).map(([measure, value]) => ({ teachers, measure, value, n })),
  ];
}

/** Rows about single people's own labels: the column of the arm has what predicts them. */
function ownRows({ teachers, own }: DirectionOutcome, { outcome }: TeachingOutcomes): Row[] {
  return (own?.predictors ?? []).flatMap(({ predictor, over_people, own_difference, adjusted }) => [
    ...ownScores.map((score) => ({ teachers, arm: predictor, ...ofSpread(`own_${score}`, over_people[score]) })),
    ...(own_difference
      ? (['nll', 'brier'] as const).map((of) => ({
          teachers,
          arm: predictor,
          ...ofEffect(`own_${of}_difference`, own_difference[of], of === outcome ? adjusted : null),
        }))
      : []),
  ]);
}

function armRows({ networks, missing, result, adjusted }: ArmOutcome, { outcome }: TeachingOutcomes): Row[] {
  const seeds: Row = { measure: 'seeds', value: networks, note: missing > 0 ? `${missing} incomplete` : null };
  if (!result) return [seeds];
  const { over_seeds, entropy, flip_error, type_c, against_reference, non_inferiority, divergence } = result;
  return [
    seeds,
    ...labelScores.map((measure) => ofSpread(measure, over_seeds[measure])),
    ofSpread('js', divergence.over_seeds),
    ofSpread('test_accuracy', result.test_accuracy),
    { measure: 'entropy_r', value: entropy.r },
    { measure: 'entropy_reliability', value: entropy.reliability },
    { measure: 'entropy_r_corrected', value: entropy.corrected },
    ofSpread('flip_error', flip_error),
    ofEffect('type_c', type_c, null),
    ...(against_reference
      ? (['nll', 'brier'] as const).map((of) =>
          ofEffect(`${of}_difference`, against_reference[of], of === outcome ? adjusted : null),
        )
      : []),
    ...(divergence.against_reference ? [ofEffect('js_difference', divergence.against_reference, null)] : []),
    ...(non_inferiority
      ? [
          {
            measure: 'accuracy_difference',
            value: non_inferiority.mean,
            n: non_inferiority.n,
            from: non_inferiority.lower,
            note: verdict(non_inferiority.non_inferior),
          },
        ]
      : []),
  ];
}

const ofSpread = (measure: string, { mean, std, n }: Spread): Row => ({ measure, value: mean, std, n });

const ofEffect = (measure: string, { estimate, lo, hi, p, n_runs, reason }: Effect, adjusted: number | null): Row => ({
  measure,
  value: estimate,
  n: n_runs,
  from: lo,
  to: hi,
  p,
  p_holm: adjusted,
  note: reason,
});

/** "Not significantly worse" is not non-inferior. */
const verdict = (isNonInferior: boolean | null): string | null =>
  isNonInferior === null ? null : isNonInferior ? 'non-inferior' : 'not shown to be non-inferior';

const digits = (value: number | null | undefined): string | null => value?.toFixed(4) ?? null;

/** The numbers of each arm in short, for reading. */
export function outcomeSummary({ directions, outcome }: TeachingOutcomes): {
  header: string[];
  rows: { teachers: Half; cells: (string | number | null)[] }[];
} {
  return {
    header: [
      ...['arm', 'seeds', 'NLL', 'Brier', 'Brier unbiased', 'JS', 'ECE', 'entropy r corrected', 'flip error', 'type C'],
      ...[`${outcome} difference`, 'p Holm', 'accuracy difference'],
    ],
    rows: directions.flatMap(({ teachers, arms }) =>
      arms.map(({ arm, networks, missing, result, adjusted }) => {
        const { over_seeds: of, non_inferiority: accuracy, against_reference: against } = result ?? {};
        return {
          teachers,
          cells: [
            ...[arm, missing > 0 ? `${networks} of ${networks + missing}` : networks, digits(of?.nll.mean)],
            ...[digits(of?.brier.mean), digits(of?.brier_unbiased.mean)],
            ...[digits(result?.divergence.over_seeds.mean), digits(of?.ece.mean)],
            ...[digits(result?.entropy.corrected), digits(result?.flip_error.mean)],
            ...[result ? shortInterval(result.type_c) : null, against ? shortInterval(against[outcome]) : null],
            ...[
              digits(adjusted),
              accuracy ? `${digits(accuracy.mean)} (${verdict(accuracy.non_inferior) ?? 'no interval'})` : null,
            ],
          ],
        };
      }),
    ),
  };
}

/** How single people's own labels are predicted, in short, for reading. */
export function ownSummary({ own }: DirectionOutcome, outcome: TeachingOutcomes['outcome']) {
  return {
    header: ['predicted by', 'NLL', 'Brier', 'accuracy', `own less this: ${outcome}`, 'p Holm'],
    rows: (own?.predictors ?? []).map(({ predictor, over_people: of, own_difference: difference, adjusted }) => [
      ...[predictorTitle(predictor), digits(of.nll.mean), digits(of.brier.mean), digits(of.accuracy.mean)],
      ...[difference ? shortInterval(difference[outcome]) : null, digits(adjusted)],
    ]),
  };
}

const shortInterval = ({ estimate, lo, hi }: Effect): string | null =>
  estimate === null
    ? null
    : `${estimate.toFixed(4)}${lo === null || hi === null ? '' : ` [${lo.toFixed(4)}, ${hi.toFixed(4)}]`}`;
