import type { AnalysisPart, Context, GroupView } from '../../../analysis/groups/index.ts';
import { shareOf } from '../../../analysis/labels/index.ts';
import { scoreMeans } from '../../../analysis/responses/index.ts';
import { spread } from '../../../analysis/statistics/index.ts';
import { kept } from '../../../domain/numbers/index.ts';
import { type AlphaStar, compareFlips, flipsByPair, type PairFlips } from './flip-point.ts';

/** What it adds to the analysis of people (metrics.md 11). */
interface PeopleAlong {
  alpha_star: Record<string, PairFlips>;
}

/** What it adds to that of a group. */
interface GroupAlong {
  alpha_star: AlphaStar;
}

/** What this contribution added to an analysis of people, or of a group. */
export const peopleAlong = (humans: object): PeopleAlong => humans as PeopleAlong;

export const groupAlong = (group: object): GroupAlong => group as GroupAlong;

const known = new WeakMap<Context, PeopleAlong['alpha_star']>();

/** Flips of people, which each group is compared with. */
const peopleFlips = (context: Context): PeopleAlong['alpha_star'] =>
  kept(known, context, () => {
    const { input, humans, pairs } = context;
    const { images, people, classes } = input;
    const scores = people.kind === 'graded' ? scoreMeans(people.answers, images) : null;
    const share = (image: number, k: number): number | null => {
      if (!scores) return shareOf(humans.votes, image, k);
      // Ratings of two classes are compared by their difference alone.
      return k === images[image]!.pairI && scores[image] !== null ? 0 : scores[image]!;
    };
    return flipsByPair(pairs, images, { labels: humans.labels, classes }, humans.tally, share);
  });

function groupFlips({ group, softmax, answers }: GroupView, context: Context): AlphaStar {
  const { images, classes } = context.input;
  const { mean } = softmax.ensemble;
  const share = (image: number, k: number): number => mean[image * classes + k]!;
  const own = flipsByPair(context.pairs, images, { labels: group.labels, classes }, group.votes, share);
  const flips = compareFlips(own, peopleFlips(context));
  return answers === 'softmax' ? flips : withoutCrossings(flips);
}

/** Where not all softmax is known, it is not known where its shares cross. */
function withoutCrossings(flips: AlphaStar): AlphaStar {
  const cross = { alpha_cross: null, first: null, last: null, n: 0 };
  const none = spread([]);
  return {
    ...flips,
    delta_cross: none,
    abs_delta_cross: none,
    pairs: Object.fromEntries(
      Object.entries(flips.pairs).map(([pair, of]) => [pair, { ...of, cross, delta_cross: null }]),
    ),
  };
}

export const alongPart: AnalysisPart = {
  people: [{ name: 'alpha_star', before: 'bootstrap', make: peopleFlips }],
  groups: [{ name: 'alpha_star', after: 'uncertainty', make: groupFlips }],
  statistics: [],
};
