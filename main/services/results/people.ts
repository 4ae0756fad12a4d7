import type { HumanStatus } from '../../analysis/humans.ts';
import { spread } from '../../analysis/spread.ts';
import type { Quantity } from '../../contract/api/results-parts.ts';
import type { PeopleAlone } from '../../contract/api/results.ts';
import { cohenOfPeople } from './agreement.ts';
import { intervalsOf, meanOf, nobody, noDetermined, single } from './quantity.ts';
import { aboutPeople, type PeopleView } from './view.ts';

/** What people alone say of all images. */
export function peopleOf(people: PeopleView): PeopleAlone {
  const { humans, context } = people;
  const { status } = context.humans.view;
  const because = noDetermined(people);
  const imagesOf = (wanted: HumanStatus): number[] =>
    context.input.imageIds.filter((_, image) => status[image] === wanted);
  const { krippendorff, fleiss, pairs } = cohenOfPeople(people);
  // One label has an entropy of 0, whoever gives it: it says nothing of an image.
  const entropies = humans.entropy_bits.filter((_, image) => status[image] !== null);
  return {
    ...aboutPeople(people),
    ...{ agree: imagesOf('agree'), disagree: imagesOf('disagree'), undetermined: imagesOf(null) },
    peopleDisagree: disagreeOf(people),
    pairwise: pairwiseOf(people),
    krippendorff: single(krippendorff.value, krippendorff.n, 'images', {
      because: krippendorff.undefined ?? because,
      interval: intervalsOf(humans.intervals, 'krippendorff_alpha'),
    }),
    fleiss,
    cohen: pairs,
    entropy: meanOf(spread(entropies), 'images', { because }),
    leaveOneOut: leaveOneOutOf(people),
  };
}

/** Share of images on which people do not all agree. */
export const disagreeOf = (people: PeopleView): Quantity =>
  single(people.humans.disagree_pct, people.context.humans.view.determined, 'images', {
    because: noDetermined(people),
    interval: intervalsOf(people.humans.intervals, 'disagree_pct'),
    paper: people.paper ? { mean: people.paper.human_disagree_pct, std: null } : null,
  });

/** How often two people differ. */
export const pairwiseOf = ({ humans, labelers, paper }: PeopleView): Quantity =>
  meanOf(humans.pairwise_disagreement_pct, 'pairs of people', {
    because: labelers.length === 0 ? nobody : 'because no two labelers labelled the same image',
    paper: paper?.human_pairwise_disagreement_pct ?? null,
  });

/** Images on which the others disagree, without each labeler. */
export const leaveOneOutOf = ({ humans }: PeopleView): PeopleAlone['leaveOneOut'] =>
  Object.entries(humans.leave_one_out_n_disagree).map(([labeler, disagree]) => ({ labeler, disagree }));
