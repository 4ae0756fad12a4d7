import type { TeachingChoices } from '../../../../main/contract/api/teachers.ts';
import {
  type TargetArm,
  type Teaching,
  teachingSchema,
  usualTemperatures,
} from '../../../../main/contract/teaching.ts';
import { words } from '../add/setting-drafts.ts';

/** A design as it is typed. */
export interface TeachingFields {
  name: string;
  /** Empty: none was chosen yet. */
  base: string;
  arms: readonly TargetArm[];
  /** Empty: the first arm. */
  reference: TargetArm | '';
  folds: number;
  directions: Teaching['directions'];
  /** Percent of each batch. */
  share: number;
  seeds: number;
  seed: number;
  /** Entries whose networks distill; empty: all diverse ones. */
  teachers: readonly string[];
  /** Comma-separated. */
  temperatures: string;
  outcome: Teaching['outcome'];
  /** Percentage points. */
  margin: number;
  /** Both as the design has them: of a third, a percentage is another number, so other networks. */
  exact: Pick<Teaching, 'share' | 'margin'>;
  /** Snapshots of the networks that distill; it has no field, so it stays as it is. */
  distillTarget: NonNullable<Teaching['distill']>['target'];
  /** How long a network is trained on by one person's labels, and which ones: the latter has no field. */
  epochs: number;
  person: Teaching['person'];
}

/** A new design, with the arms that the images can have; its base is chosen. */
const firstDesign = { base: 'any', arms: ['majority', 'human', 'permuted', 'smoothing'], reference: 'majority' };

export function fieldsOf(known: Teaching | null, choices: TeachingChoices): TeachingFields {
  const first = choices.bases[0]?.name ?? '';
  const { base, ...design } = known ?? { ...teachingSchema.parse(firstDesign), base: first };
  const { name, arms, reference = '', folds, directions, seeds, seed, outcome, distill, person } = design;
  return {
    name,
    base,
    arms,
    reference,
    folds,
    directions,
    seeds,
    seed,
    outcome,
    share: percentOf(design.share),
    margin: percentOf(design.margin),
    exact: { share: design.share, margin: design.margin },
    teachers: distill?.teachers ?? [],
    temperatures: (distill?.temperatures ?? usualTemperatures).join(', '),
    distillTarget: distill?.target,
    epochs: person?.epochs ?? 1,
    person,
  };
}

/** Without the digits that are rounding alone. */
const percentOf = (share: number): number => Number((100 * share).toFixed(6));

const titles: Record<string, string> = {
  name: 'Name',
  base: 'Recipe',
  arms: 'Targets',
  folds: 'Folds',
  share: 'Share of a batch',
  seeds: 'Seeds',
  seed: 'Seed of the design',
  distill: 'Distillation',
  person: 'One person',
  margin: 'Margin of accuracy',
};

/** Parses the fields: the design, or the first problem. */
export function parseTeaching(fields: TeachingFields): { teaching: Teaching } | { problem: string } {
  const { reference, share, margin, exact, teachers, temperatures, distillTarget, epochs, person, arms, ...others } =
    fields;
  const shareOf = (percent: number, known: number): number => (percent === percentOf(known) ? known : percent / 100);
  if (others.base === '') return { problem: 'Choose the recipe that all networks have.' };
  if (arms.length < 2) return { problem: 'Choose two targets or more: one of them is the reference.' };
  const wrong = words(temperatures).find((word) => !(Number(word) > 0));
  const distills = arms.includes('distill');
  if (distills && wrong !== undefined) return { problem: `Temperatures: "${wrong}" is not a number above 0` };
  const parsed = teachingSchema.safeParse({
    ...others,
    arms,
    share: shareOf(share, exact.share),
    margin: shareOf(margin, exact.margin),
    ...(reference !== '' && arms.includes(reference) && { reference }),
    ...(distills && {
      distill: {
        ...(teachers.length > 0 && { teachers }),
        ...(distillTarget !== undefined && { target: distillTarget }),
        temperatures: words(temperatures).map(Number),
      },
    }),
    ...(arms.includes('person') && { person: { ...person, epochs } }),
  });
  if (parsed.success) return { teaching: parsed.data };
  const [issue] = parsed.error.issues;
  return { problem: `${titles[String(issue?.path[0])] ?? 'The design'}: ${issue?.message ?? 'is not valid'}` };
}
