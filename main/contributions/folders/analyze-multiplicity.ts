import { z } from 'zod';
import { type Deferral, deferral } from '../multiplicity/analysis/deferral.ts';
import { type ConsistencyInterval, consistencyInterval } from '../multiplicity/analysis/consistency-interval.ts';
import { majorities, takeRaters, tally } from '../../analysis/labels/index.ts';
import { type HumanStatus, viewHumans } from '../../analysis/raters/index.ts';
import { compareCodePoints } from '../../analysis/outcomes/index.ts';
import {
  type AgreementLine,
  agreementLine,
  type Churn,
  churn,
  mostMembers,
  type Multiplicity,
  multiplicity,
} from '../multiplicity/analysis/multiplicity.ts';
import { UserError } from '../../contract/wire/index.ts';
import { at, formatCount } from '../../domain/numbers/index.ts';
import type { ExperimentTables } from './tables/experiment-tables.ts';

const name = z.string().min(1).max(200);
const share = z.number().min(0).max(1);
const pair = { a: name, b: name };
const names = z.array(name).max(mostMembers);
/** Most entries of a list of pairs: those of `mostMembers` networks. */
const mostPairs = (mostMembers * (mostMembers - 1)) / 2;
/** Error consistencies take a second for each 1,000 of 10,000 images. */
const mostListed = 1000;

export const multiplicitySchema = z.object({
  /** Accuracies as they stand in the file, of one scale. */
  target: z.number(),
  tol: z.number().min(0),
  members: z.array(z.object({ run: name, accuracy: z.number() })).max(mostMembers),
  churn: z
    .array(z.object({ name, a: names, b: names }))
    .max(mostListed)
    .default([]),
  error_consistency: z.array(z.object(pair)).max(mostListed).default([]),
  agreement_test: z
    .object({
      n: z.int().min(1).max(1e9),
      pairs: z.array(z.object({ ...pair, agreement: share.nullable() })).max(mostPairs),
    })
    .nullable()
    .default(null),
});

type Described = z.output<typeof multiplicitySchema>;

/** Null from `ambiguity` on: fewer than two members. */
type MembersResult = {
  [Part in keyof Multiplicity]: Multiplicity[Part] | null;
} & { deferral: Deferral | null; agreement_line: AgreementLine | null };

/** metrics.md 16 of a group of networks at equal accuracy. */
export interface MultiplicityResult extends MembersResult {
  members: string[];
  /** Networks whose accuracy is too far from the target. */
  excluded: string[];
  churn: Record<string, Churn>;
  error_consistency: ({ a: string; b: string } & ConsistencyInterval)[];
}

const unknownMembers: MembersResult = {
  ambiguity: null,
  ambiguity_spread: null,
  discrepancy: null,
  discrepancy_spread: null,
  any_differ: null,
  max_pairwise: null,
  self_consistency: null,
  ensemble: null,
  deferral: null,
  agreement_line: null,
};

const file = 'multiplicity.json';
const rounding = 1e-12;
/** Images times networks squared: a minute or two. */
const mostSteps = 1e9;

/** @throws UserError a run that the folder lacks, or that stands twice; more than can be computed */
export function analyzeMultiplicity(tables: ExperimentTables, described: Described): MultiplicityResult {
  const { labels, images, people } = tables;
  const places = new Map(tables.runs.map((run, place) => [run.name, place]));
  const placeOf = (run: string): number => {
    const place = places.get(run);
    if (place === undefined) throw refusal('analyze.unknown-name', `There is no run ${run}`, 'List runs of runs.csv.');
    return place;
  };
  const placesOf = (list: readonly string[], of: string): number[] => {
    if (new Set(list).size < list.length)
      throw refusal('analyze.named-twice', `${of} lists a run twice`, 'List each run once.');
    return list.map(placeOf);
  };
  const accuracies = new Map(described.members.map(({ run, accuracy }) => [run, accuracy]));
  placesOf(
    described.members.map(({ run }) => run),
    'members',
  );
  const isEqual = (run: string): boolean =>
    Math.abs(accuracies.get(run)! - described.target) <= described.tol + rounding;
  const listed = [...accuracies.keys()].sort(compareCodePoints);
  const members = listed.filter(isEqual);
  checkSize(members.length, images.length);
  const counts = tally(people);
  const reference = majorities(counts);
  const labelsOf = (run: string): Int16Array => {
    const place = placeOf(run);
    return labels.values.subarray(place * labels.images, (place + 1) * labels.images);
  };
  return {
    members,
    excluded: listed.filter((run) => !isEqual(run)),
    churn: Object.fromEntries(
      described.churn.map((one) => [
        one.name,
        churn(labels, placesOf(one.a, `a of ${one.name}`), placesOf(one.b, `b of ${one.name}`)),
      ]),
    ),
    error_consistency: described.error_consistency.map(({ a, b }) => ({
      a,
      b,
      ...consistencyInterval(labelsOf(a), labelsOf(b), reference, images),
    })),
    ...ofMembers(tables, members.map(placeOf), members, testAgreement(described, placeOf), viewHumans(counts).status),
  };
}

function ofMembers(
  { labels, images }: ExperimentTables,
  places: readonly number[],
  names: readonly string[],
  test: { images: number; agreement: (a: number, b: number) => number | null } | null,
  status: readonly HumanStatus[],
): MembersResult {
  if (places.length < 2) return unknownMembers;
  const own = takeRaters(labels, places);
  const found = multiplicity(names, own);
  return {
    ...found,
    deferral: deferral(
      images,
      found.self_consistency.per_image.map((same) => 1 - same),
      status.map((people) => (people === null ? null : people === 'disagree')),
    ),
    agreement_line:
      test && agreementLine(own, { ...test, agreement: (a, b) => test.agreement(at(places, a), at(places, b)) }),
  };
}

/** Shares of test images on which two runs agree, by their places; null: unknown. */
function testAgreement({ agreement_test }: Described, placeOf: (run: string) => number) {
  if (!agreement_test) return null;
  const known = new Map<string, number | null>();
  const key = (a: number, b: number): string => `${Math.min(a, b)} ${Math.max(a, b)}`;
  for (const { a, b, agreement } of agreement_test.pairs) {
    const of = key(placeOf(a), placeOf(b));
    if (known.has(of) && known.get(of) !== agreement) {
      const what = `agreement_test has two agreements of ${a} and ${b}`;
      throw refusal('analyze.named-twice', what, 'Remove one of the two.');
    }
    known.set(of, agreement);
  }
  return { images: agreement_test.n, agreement: (a: number, b: number) => known.get(key(a, b)) ?? null };
}

function checkSize(members: number, images: number): void {
  const times = (members ** 2 * images) / mostSteps;
  if (times <= 1) return;
  throw refusal(
    'analyze.too-large',
    `${formatCount(members, 'network')} and ${formatCount(images, 'image')} are about ${Math.ceil(times)} times what is computed at once`,
    'List fewer members, or split the images over several folders.',
  );
}

const refusal = (code: string, what: string, remedy: string): UserError => new UserError(code, what, file, remedy);
