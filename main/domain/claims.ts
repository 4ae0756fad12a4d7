import type { ApiInterval, Claim, ClaimChoice } from '../contract/exhibit.ts';
import { formatCount } from './format.ts';

/** What intervals claim, in words (metrics.md 13.8): shared by the page and by every file of a report. */

/** `these very networks and these very people`. @param people who labelled: `people`, or `simulated labelers` */
const held: Record<Claim, (people: string) => string> = {
  anchors: (people) => `with these very networks and these very ${people}`,
  networks: (people) => `with other networks like these, and these very ${people}`,
  people: (people) => `with other ${people} like these, and these very networks`,
  all: (people) => `with other networks and other ${people} like these`,
};

/** What stands behind an interval to say which claim it makes. */
export const claimMarks: Record<ApiInterval['claim'], string> = {
  ...{ anchors: 'a', networks: 'n', people: 'p', all: 'np', raters: 'r' },
};

/** `for other anchors and pairs, with these very networks and these very people`. */
export function claimText(claim: ApiInterval['claim'], people: string): string {
  if (claim === 'raters') return `for other raters like these, on these very images`;
  return `for other anchors and pairs of classes, ${held[claim](people)}`;
}

/** Names of a choice, as a switch offers them. */
export function choiceText(choice: ClaimChoice, people: string): string {
  if (choice === 'default') return 'whom the data allow';
  if (choice === 'anchors') return `these networks and ${people}`;
  if (choice === 'networks') return 'networks like these';
  return choice === 'people' ? `${people} like these` : `networks and ${people} like these`;
}

/** `10 anchors`. */
export const unitsText = ({ units, n }: Pick<ApiInterval, 'units' | 'n'>): string =>
  formatCount(n, units === 'pairs' ? 'independent pair' : units === 'anchors' ? 'anchor' : 'rater');

/** All about one interval, for a tooltip. */
export const intervalText = (of: ApiInterval, people: string): string =>
  `95 % interval ${claimText(of.claim, people)}; ${unitsText(of)}`;
