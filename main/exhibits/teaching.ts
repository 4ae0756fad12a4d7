import { type ArmResult, type LabelFloor, labelScores } from '../analysis/label-training.ts';
import type { Effect } from '../analysis/effects.ts';
import type { Spread } from '../analysis/spread.ts';
import type { Target } from '../contract/recipes.ts';
import type { Half, TargetArm, Teaching } from '../contract/teaching.ts';

/** How networks of an arm did on held-out images, against people who taught none of them. */
export interface ArmOutcome {
  readonly arm: TargetArm;
  /** Seeds with a network of every fold; those that miss one are left out. */
  readonly networks: number;
  readonly missing: number;
  /** Null: no seed is complete. */
  readonly result: ArmResult | null;
  /** Of the difference to the reference in the declared outcome: all arms and halves are one family. Null: not defined. */
  readonly p: number | null;
  readonly adjusted: number | null;
}

/** Outcomes where one half of the people taught and the other examines. */
export interface DirectionOutcome {
  readonly teachers: Half;
  /** People, or labels where these are counts. */
  readonly people: { readonly teaching: number; readonly examining: number };
  /** Held-out images with a label of people who examine. */
  readonly images: number;
  /** Networks of a group, for type C. */
  readonly order: number;
  readonly floor: LabelFloor;
  readonly arms: readonly ArmOutcome[];
}

export interface TeachingOutcomes {
  readonly name: string;
  readonly target: Target;
  readonly reference: TargetArm;
  readonly outcome: Teaching['outcome'];
  readonly simulated: boolean;
  /** What halves are of: labels, where they are counts. One person may be in both then. */
  readonly halvesOf: 'people' | 'labels';
  /** Labels have changed since the targets were made: the teachers of then are examined by the labels of now. */
  readonly outdated: boolean;
  /** What accuracy on the test set is of: all test images, or the held-out ones where the study's images are test images. */
  readonly accuracyOf: 'test images' | 'held-out images';
  readonly directions: readonly DirectionOutcome[];
}

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
  ]);
  return {
    header: [...columns, ...(simulated ? ['rehearsal'] : [])],
    rows: rows.map((row: Row) => [
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

function armRows({ networks, missing, result, adjusted }: ArmOutcome, { outcome }: TeachingOutcomes): Row[] {
  const seeds: Row = { measure: 'seeds', value: networks, note: missing > 0 ? `${missing} incomplete` : null };
  if (!result) return [seeds];
  const { over_seeds, entropy, flip_error, type_c, against_reference, non_inferiority } = result;
  return [
    seeds,
    ...labelScores.map((measure) => ofSpread(measure, over_seeds[measure])),
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
    ...(non_inferiority
      ? [
          {
            ...{ measure: 'accuracy_difference', value: non_inferiority.mean, n: non_inferiority.n },
            ...{ from: non_inferiority.lower, note: verdict(non_inferiority.non_inferior) },
          },
        ]
      : []),
  ];
}

const ofSpread = (measure: string, { mean, std, n }: Spread): Row => ({ measure, value: mean, std, n });

const ofEffect = (measure: string, { estimate, lo, hi, p, n_runs, reason }: Effect, adjusted: number | null): Row => ({
  ...{ measure, value: estimate, n: n_runs, from: lo, to: hi, p, p_holm: adjusted, note: reason },
});

/** "Not significantly worse" is not non-inferior. */
const verdict = (isNonInferior: boolean | null): string | null =>
  isNonInferior === null ? null : isNonInferior ? 'non-inferior' : 'not shown to be non-inferior';

/** The numbers of each arm in short, for reading. */
export function outcomeSummary({ directions, outcome }: TeachingOutcomes): {
  header: string[];
  rows: { teachers: Half; cells: (string | number | null)[] }[];
} {
  const digits = (value: number | null | undefined): string | null => (value == null ? null : value.toFixed(4));
  const interval = ({ estimate, lo, hi }: Effect): string | null =>
    estimate === null
      ? null
      : `${digits(estimate)}${lo === null || hi === null ? '' : ` [${digits(lo)}, ${digits(hi)}]`}`;
  return {
    header: [
      ...['arm', 'seeds', 'NLL', 'Brier', 'Brier unbiased', 'ECE', 'entropy r corrected', 'flip error', 'type C'],
      ...[`${outcome} difference`, 'p Holm', 'accuracy difference'],
    ],
    rows: directions.flatMap(({ teachers, arms }) =>
      arms.map(({ arm, networks, missing, result, adjusted }) => {
        const { over_seeds: of, non_inferiority: accuracy, against_reference: against } = result ?? {};
        return {
          teachers,
          cells: [
            ...[arm, missing > 0 ? `${networks} of ${networks + missing}` : networks, digits(of?.nll.mean)],
            ...[digits(of?.brier.mean), digits(of?.brier_unbiased.mean), digits(of?.ece.mean)],
            ...[digits(result?.entropy.corrected), digits(result?.flip_error.mean)],
            ...[result ? interval(result.type_c) : null, against ? interval(against[outcome]) : null],
            ...[
              digits(adjusted),
              accuracy ? `${digits(accuracy.mean)} (${verdict(accuracy.non_inferior) ?? 'undefined'})` : null,
            ],
          ],
        };
      }),
    ),
  };
}
