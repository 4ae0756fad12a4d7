import { type People, preferredLabels, type SetAnswer } from '../labels/answers.ts';
import { countHumans, type HumanCounts, viewHumans } from '../raters/humans.ts';
import type { OrderedInput } from '../outcomes/input.ts';
import { tallyCounts } from '../labels/labels.ts';
import { namedAlone, setsByImage, splitVotes } from './response-sets.ts';

type OfPeople = Pick<OrderedInput, 'classes' | 'images' | 'people'>;

/** People's answers of any kind, counted once (metrics.md 14). */
export function readHumans({ people, images: { length: images }, classes }: OfPeople): HumanCounts {
  switch (people.kind) {
    case 'counts':
      return countHumans(people.counts, people);
    case 'set':
      return countSets(people, people.answers, { images, classes });
    case 'graded':
      return countHumans(preferredLabels(people.answers, { raters: people.labelers.length, images, classes }), people);
    default:
      return countHumans({ ...people.labels, classes }, people);
  }
}

/** Split votes in place of counts: status and types of them are the strict ones of sets (14.3). */
function countSets(
  { labelers, isAnonymous }: Extract<People, { kind: 'set' }>,
  answers: readonly SetAnswer[],
  { images, classes }: { images: number; classes: number },
): HumanCounts {
  const sets = setsByImage({ images, answers });
  const votes = splitVotes(sets, classes);
  const tally = tallyCounts(votes);
  return {
    kind: 'set',
    labels: null,
    people: isAnonymous ? null : labelers.length,
    votes,
    counts: null,
    drawn: namedAlone(sets, classes),
    abstained: null,
    sets,
    tally,
    view: viewHumans(tally),
  };
}
