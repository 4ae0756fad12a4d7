import type { HumanStatus } from '../../analysis/humans.ts';
import { spread } from '../../analysis/spread.ts';
import type { PeopleAlone } from '../../contract/api/results.ts';
import { cohenOfPeople } from './agreement.ts';
import { intervalsOf, meanOf, quantity } from '../../exhibits/cells.ts';
import { peopleDisagree, peoplePairwise } from '../../exhibits/paper-tables.ts';
import { noPeople } from '../../exhibits/reasons.ts';
import { studyNumbers } from './tables.ts';
import { aboutPeople, type PeopleView } from './view.ts';

/** What people alone say of all images. */
export function peopleOf(people: PeopleView): PeopleAlone {
  const { humans, context } = people;
  const { status } = context.humans.view;
  const study = studyNumbers(people, []);
  const reason = noPeople(study);
  const imagesOf = (wanted: HumanStatus): number[] =>
    context.input.imageIds.filter((_, image) => status[image] === wanted);
  const { krippendorff, fleiss, pairs } = cohenOfPeople(people);
  // One label has an entropy of 0, whoever gives it: it says nothing of an image.
  const entropies = humans.entropy_bits.filter((_, image) => status[image] !== null);
  return {
    ...aboutPeople(people),
    ...{ agree: imagesOf('agree'), disagree: imagesOf('disagree'), undetermined: imagesOf(null) },
    peopleDisagree: peopleDisagree(study),
    pairwise: peoplePairwise(study),
    krippendorff: quantity(krippendorff.value, krippendorff.n ?? 0, 'images', {
      reason: krippendorff.undefined ?? reason,
      interval: intervalsOf(humans.intervals, 'krippendorff_alpha'),
    }),
    fleiss,
    cohen: pairs,
    entropy: meanOf(spread(entropies), 'images', { reason }),
    leaveOneOut: leaveOneOutOf(people),
  };
}

/** Images on which the others disagree, without each labeler. */
export const leaveOneOutOf = ({ humans }: PeopleView): PeopleAlone['leaveOneOut'] =>
  Object.entries(humans.leave_one_out_n_disagree).map(([labeler, disagree]) => ({ labeler, disagree }));
