import type { ApiInterval, Claim, ClaimChoice } from '../contract/exhibit.ts';
import { formatCount, formatPercent } from './format.ts';

/** What intervals claim, in words (metrics.md 13.8): shared by the page and by every file of a report. */

/** `these very networks and these very people`. @param people who labelled: `people`, or `simulated labelers` */
const held: Record<Claim, (people: string) => string> = {
  anchors: (people) => `with these very networks and ${people}, saying nothing about new trainings or other ${people}`,
  networks: (people) => `and other networks like these, with these very ${people}`,
  people: (people) => `and other ${people} like these`,
  all: (people) => `and other networks and ${people} like these`,
};

/** What stands behind an interval to say which claim it makes. */
export const claimMarks: Record<ApiInterval['claim'], string> = {
  ...{ anchors: 'a', networks: 'n', people: 'p', all: 'np', raters: 'r' },
};

/** `for other anchors and pairs, with these very networks and these very people`. */
export function claimText(claim: ApiInterval['claim'], people: string): string {
  if (claim === 'raters') return `for other ${people} or networks like these, on these very images of the pair`;
  return `for other anchors and pairs of classes drawn in the same way, ${held[claim](people)}`;
}

/** Names of a choice, as a switch offers them. */
export function choiceText(choice: ClaimChoice, people: string): string {
  if (choice === 'default') return 'whom the data allow';
  if (choice === 'anchors') return `these networks and ${people}`;
  if (choice === 'networks') return 'networks like these';
  return choice === 'people' ? `${people} like these` : `networks and ${people} like these`;
}

/** `10 anchors`: what counts as independent. */
export const unitsText = ({ units, n }: Pick<ApiInterval, 'units' | 'n'>): string =>
  formatCount(n, units === 'pairs' ? 'independent pair' : units === 'anchors' ? 'anchor' : 'rater');

/** All about one interval, for a tooltip. */
export const intervalText = (of: ApiInterval, people: string): string =>
  `95 % interval ${claimText(of.claim, people)}. Independent: ${unitsText(of)}`;

/**
 * Why a share of 0 or 100 % has no interval, and what holds even so.
 * @param pairs that share no anchor @param most share of pairs, 0..1, that can have an image unlike these
 */
export function unvariedText(percent: number, { pairs, most }: { pairs: number; most: number }): string {
  const which = `${formatCount(pairs, 'pair')} without a common anchor`;
  const found =
    percent === 0
      ? `0 of ${which} have such an image, so with 95 % confidence at most ${formatPercent(most)} of all pairs have one, and no larger share of images is such`
      : `${which} have only such images, so with 95 % confidence at least ${formatPercent(1 - most)} of all pairs have only such, and of images no smaller share`;
  return `At ${percent} % nothing varied, which does not mean that nothing can: ${found}.`;
}
