import type { Quantity } from '../contract/results/exhibit.ts';
import type { StudyFinding } from '../contract/results/finding.ts';
import { claimText } from '../domain/results/claims.ts';
import { quantityAt } from '../domain/results/exhibits.ts';
import { whenAgreed } from '../domain/results/response-kinds.ts';
import { formatCount, formatFixed, formatInteger, peopleWord } from '../domain/numbers/format.ts';
import { stopAt, targetOfKey, targetTitle } from '../domain/numbers/targets.ts';
import { peopleDisagree, table1, table2 } from './paper-tables.ts';
import { noPeople, twoModels } from './parts/reasons.ts';
import { type ComparedGroup, named, type StudyNumbers } from './parts/study-numbers.ts';

/**
 * What a study found, in one sentence written by rules from the numbers of Tables 1 and 2: on how many images networks of
 * one accuracy differ, and what people do there; without two networks, on how many images people differ.
 * @param of the first of its groups, or null: people alone
 */
export function findingOf(study: StudyNumbers, of: ComparedGroup | null): StudyFinding {
  return of ? ofNetworks({ ...study, groups: [of] }, of) : ofPeople(study);
}

function ofNetworks(study: StudyNumbers, compared: ComparedGroup): StudyFinding {
  const differ = quantityAt(table2(study), 0, 'all_disagree_pct');
  if (differ?.value == null) return { ...ofPeople(study), why: differ?.undefined ?? twoModels };
  const count = countOf(differ);
  const images = formatCount(study.images, 'image');
  const found =
    count === 0 ? `gave the same label to each of ${images}` : `gave different labels to ${shareText(differ)}`;
  const types = Number(quantityAt(table1(study), 0, 'images')?.value);
  return {
    sentence: `${networksText(compared)} ${found}${types > 0 ? peopleThere(study, types, count) : ''}.`,
    why: types > 0 ? null : noPeople(study),
    holds: types > 0 ? withPeople(study, holdsText(differ, study)) : holdsText(differ, study),
  };
}

/** What people do where networks differ. @param types number of images with a type @param differ on which networks differ */
function peopleThere(study: StudyNumbers, types: number, differ: number): string {
  const people = peopleWord(study);
  const table = table1(study);
  const at = (key: string): number => Number(quantityAt(table, 0, key)?.value);
  if (differ === 0) {
    const disagree = at('type_c');
    const labeled = types === study.images ? '' : ` of the ${formatInteger(types)} with two labels or more`;
    return disagree === 0
      ? `, and ${people} agree on each${labeled}`
      : `, while ${people} disagree on ${formatInteger(disagree)}${labeled}`;
  }
  const [agree, disagree] = [at('type_a'), at('both_disagree')];
  if (types === study.images) {
    if (agree === 0) return `; ${people} disagree on ${differ === 1 ? 'it' : 'each of these'} too`;
    if (disagree === 0) return `; ${people} agree on ${differ === 1 ? 'it' : 'each of these'} (type A)`;
    return `; of these, ${people} agree on ${formatInteger(agree)} (type A) and disagree on ${formatInteger(disagree)}`;
  }
  if (agree + disagree === 0) return `; no two ${people} have labeled any of these`;
  const labeled = `${formatInteger(agree + disagree)} of these with two labels or more`;
  return `; of the ${labeled}, ${people} agree on ${formatInteger(agree)} (type A) and disagree on ${formatInteger(disagree)}`;
}

/**
 * `9 networks trained to 97.5 % accuracy, with test accuracies at most 0.06 points apart,`. Validation images may decide
 * that a target is met, so it is no test accuracy.
 */
function networksText({ target, title, choice, group, apart }: ComparedGroup): string {
  if (choice.kind === 'chosen') return formatCount(group.n_models, 'chosen network');
  const networks = formatCount(group.n_models, 'network');
  if (target === '') return `${networks} (${title ?? 'not trained here'})`;
  const key = targetOfKey(target);
  if (stopAt(key).by !== 'accuracy') return `${networks} stopped at ${targetTitle(key)}`;
  return `${networks} trained to ${targetTitle(key)} accuracy${apartText(apart)}`;
}

/** Rounded up, so that it stays true. */
function apartText(apart: number | null): string {
  if (apart === null) return '';
  if (apart === 0) return ', all with the same test accuracy,';
  return `, with test accuracies at most ${formatFixed(Math.ceil(apart * 100 - 1e-6) / 100, 2)} points apart,`;
}

function ofPeople(study: StudyNumbers): StudyFinding {
  const disagree = peopleDisagree(study);
  if (disagree.value === null) return { sentence: null, why: disagree.undefined, holds: null };
  const people = study.isAnonymous
    ? peopleWord(study).replace(/^./, (letter) => letter.toUpperCase())
    : `The ${formatCount(study.labelers, study.rehearsal ? 'simulated labeler' : 'labeler')}`;
  const two = study.determined === study.images ? '' : ' with two labels or more';
  const found =
    countOf(disagree) === 0
      ? `agree on each of ${formatCount(study.determined, 'image')}${two}`
      : `disagree on ${shareText(disagree, two)}`;
  return { sentence: `${people} ${found}.`, why: null, holds: withPeople(study, holdsText(disagree, study)) };
}

const countOf = ({ value, n }: Quantity): number => Math.round((Number(value) * Number(n)) / 100);

/** `23 of 165 images (13.9 %, 95 % interval 9.3 to 18.9 %)`. @param which of the images are meant, after the word */
function shareText(of: Quantity, which = ''): string {
  const { value, n, interval } = of;
  const range =
    interval?.lo == null || interval.hi === null
      ? ''
      : `, 95\u00a0% interval ${formatFixed(interval.lo, 1)} to ${formatFixed(interval.hi, 1)}\u00a0%`;
  const images = `${formatInteger(countOf(of))} of ${formatCount(Number(n), 'image')}${which}`;
  return `${images} (${formatFixed(Number(value), 1)}\u00a0%${range})`;
}

/** What agreement of people is, before for whom the interval holds. */
function withPeople(study: StudyNumbers, holds: string | null): string | null {
  const agreed = whenAgreed[study.response];
  return agreed === undefined ? holds : [named(study, agreed), ...(holds === null ? [] : [holds])].join(' ');
}

/** For whom the interval holds, or why there is none. */
function holdsText({ interval }: Quantity, study: StudyNumbers): string | null {
  if (!interval) return null;
  if (interval.lo === null) return interval.undefined === null ? null : `No interval. ${interval.undefined}`;
  return `The interval holds ${claimText(interval, peopleWord(study))}.`;
}
