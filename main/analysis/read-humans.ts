import { countHumans, type HumanCounts, viewHumans } from './humans.ts';
import type { OrderedInput } from './input.ts';
import { tallyCounts } from './labels.ts';
import { namedAlone, setsByImage, splitVotes } from './response-sets.ts';
import type { SetAnswer } from './answers.ts';
import type { ResponseKind } from '../contract/responses.ts';

type OfPeople = Pick<
  OrderedInput,
  | 'classes'
  | 'images'
  | 'labelers'
  | 'humanLabels'
  | 'humanCounts'
  | 'humanAbstained'
  | 'humanSets'
  | 'humanRatings'
  | 'isAnonymous'
>;

/** The kind of people's answers. */
function responseOf({ humanCounts, humanAbstained, humanSets, humanRatings }: OfPeople): ResponseKind {
  if (humanCounts) return 'counts';
  if (humanSets) return 'set';
  if (humanRatings) return 'graded';
  return humanAbstained ? 'abstain' : 'single';
}

/** People's answers of any kind, counted once (metrics.md 14). */
export function readHumans(input: OfPeople): HumanCounts {
  const { humanLabels, humanCounts, humanSets, isAnonymous } = input;
  if (humanSets) return countSets(input, humanSets);
  return countHumans(humanCounts ?? humanLabels, { kind: responseOf(input), isAnonymous });
}

/** Split votes in place of counts: status and types of them are the strict ones of sets (14.3). */
function countSets({ images, classes, labelers, isAnonymous }: OfPeople, answers: readonly SetAnswer[]): HumanCounts {
  const sets = setsByImage({ images: images.length, answers });
  const votes = splitVotes(sets, classes);
  const tally = tallyCounts(votes);
  return {
    kind: 'set',
    labels: null,
    people: isAnonymous ? null : labelers.length,
    votes,
    counts: null,
    drawn: namedAlone(sets, classes),
    tally,
    view: viewHumans(tally),
  };
}
