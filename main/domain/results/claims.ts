import { type ApiInterval, type Claim, type ClaimChoice, claims } from '../../contract/results/exhibit.ts';
import { formatCount, formatInteger, formatPercent } from '../numbers/format.ts';

/** What intervals claim, in words (metrics.md 13.8): shared by the page and by every file of a report. */

/** Which claim an interval makes, whose value it is of, and what it takes as independent. */
type Claimed = Pick<ApiInterval, 'claim' | 'about' | 'units'>;

/** Whom a wider claim includes, and what makes them alike. */
const others = { networks: 'other networks like these (new seeds; of a group of recipes, also other such recipes)' };
const othersLike = (people: string): string =>
  `other ${people} like these (${people === 'people' ? 'recruited' : 'simulated'} in the same way)`;

/** @param people who labeled: `people`, or `simulated labelers` */
function held(claim: Claim, about: Claimed['about'], people: string): string {
  if (claim === 'networks') return `and ${others.networks}${about ? '' : `, with these very ${people}`}`;
  if (claim === 'people') return `and ${othersLike(people)}${about ? '' : ', with these very networks'}`;
  if (claim === 'all') return `and ${others.networks}, and ${othersLike(people)}`;
  if (about === 'people') return `with these very ${people}, saying nothing about other ${people}`;
  if (about === 'networks') return 'with these very networks, saying nothing about new trainings';
  return `with these very networks and ${people}, saying nothing about new trainings or other ${people}`;
}

/** What stands behind an interval to say which claim it makes. */
export const claimMarks: Record<ApiInterval['claim'], string> = {
  anchors: 'a',
  networks: 'n',
  people: 'p',
  all: 'np',
  raters: 'r',
};

/** What else could have been drawn: `other anchors and pairs of classes drawn in the same way`. */
export const drawnText = (units: ApiInterval['units']): string =>
  `other ${units === 'images' ? 'images' : 'anchors and pairs of classes'} drawn in the same way`;

/** `for other anchors and pairs of classes drawn in the same way, with these very networks and people`. */
export function claimText({ claim, about, units }: Claimed, people: string): string {
  if (claim === 'raters') return `for other ${people} or networks like these, on these very images of the pair`;
  return `for ${drawnText(units)}, ${held(claim, about, people)}`;
}

/** Intervals under one claim that share a sentence: if they are not all of people, or all of networks, it names both. */
export function jointly(first: Claimed, others: readonly Claimed[]): Claimed {
  const { claim, about, units } = first;
  return others.every((other) => other.about === about) ? first : { claim, units };
}

/** Names of a choice, as a switch offers them. @param about of one value, as `intervalSchema` has it */
export function choiceText(choice: ClaimChoice, people: string, about?: Claimed['about']): string {
  if (choice === 'default') return 'the largest population possible';
  if (choice === 'anchors')
    return about === 'networks'
      ? 'these networks'
      : about === 'people'
        ? `these ${people}`
        : `these networks and ${people}`;
  if (choice === 'networks') return 'networks like these';
  return choice === 'people' ? `${people} like these` : `networks and ${people} like these`;
}

type Units = Pick<ApiInterval, 'units' | 'n' | 'replicates'>;

/**
 * `10 anchors`, `9 to 10 raters` or `10 anchors, 9 trainings and 12 people`: what counts as independent.
 * @param others that share the sentence @param people who labeled
 */
export function unitsText(first: Units, others: readonly Units[], people: string): string {
  const all = [first, ...others];
  const { units } = first;
  const name = { pairs: 'pair', anchors: 'anchor', images: 'image', raters: 'rater' }[units];
  const parts = [
    rangeText(
      all.flatMap((of) => (of.units === units ? [of.n] : [])),
      (n) => formatCount(n, name),
    ),
    rangeText(
      all.flatMap(({ replicates }) => replicates?.networks ?? []),
      (n) => formatCount(n, 'training'),
    ),
    rangeText(
      all.flatMap(({ replicates }) => replicates?.people ?? []),
      (n) => `${formatInteger(n)} ${people}`,
    ),
  ].filter((part) => part !== null);
  return [parts.slice(0, -1).join(', '), ...parts.slice(-1)].filter((part) => part !== '').join(' and ');
}

const dependence: Record<ApiInterval['units'], string> = {
  pairs: ', as images of one pair are not independent',
  anchors: ', as images that share an anchor are not independent',
  images: '',
  raters: '',
};

/** `Sample size: 5 pairs, as images of one pair are not independent`. The parameters are those of `unitsText`. */
export const sampleSizeText = (first: Units, others: readonly Units[], people: string): string =>
  `Sample size: ${unitsText(first, others, people)}${dependence[first.units]}`;

function rangeText(counts: readonly number[], text: (n: number) => string): string | null {
  if (counts.length === 0) return null;
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return `${least < most ? `${formatInteger(least)} to ` : ''}${text(most)}`;
}

/** For whom intervals hold, a sentence for each mark that stands behind one of them. Intervals without ends are left out. */
export function claimSentences(intervals: readonly ApiInterval[], people: string): string[] {
  const defined = intervals.filter(({ lo }) => lo !== null);
  return [...claims, 'raters' as const].flatMap((claim) => {
    const [first, ...others] = defined.filter((each) => each.claim === claim);
    if (!first) return [];
    const text = claimText(jointly(first, others), people);
    return [`${claimMarks[claim]}: ${text}. ${sampleSizeText(first, others, people)}.`];
  });
}

/** All about one interval, for a tooltip. */
export const intervalText = (of: ApiInterval, people: string): string =>
  `95 % interval ${claimText(of, people)}. ${sampleSizeText(of, [], people)}`;

/**
 * Why a share of 0 or 100 % has no interval, and what holds even so.
 * @param pairs that share no anchor, or images that lie between no classes @param most share of pairs, 0..1, that can have an image unlike these
 */
export function unvariedText(
  percent: number,
  { pairs, units, most }: { pairs: number; units?: 'images'; most: number },
): string {
  if (units === 'images') {
    const [none, share] = [percent === 0, formatPercent(percent === 0 ? most : 1 - most)];
    const of = `${none ? 'none' : 'each'} of ${formatCount(pairs, 'image')} is such`;
    return `At ${percent} % nothing varied, which does not mean that nothing can: ${of}. So, with 95 % confidence, at ${none ? 'most' : 'least'} ${share} of all images are such.`;
  }
  const which = `${formatCount(pairs, 'pair')} that share no anchor`;
  const found =
    percent === 0
      ? `none of ${which} has such an image. So, with 95 % confidence, at most ${formatPercent(most)} of all pairs have one, and at most that share of all images is such`
      : `each of ${which} has only such images. So, with 95 % confidence, at least ${formatPercent(1 - most)} of all pairs have only such images, and at least that share of all images is such`;
  return `At ${percent} % nothing varied, which does not mean that nothing can: ${found}.`;
}
