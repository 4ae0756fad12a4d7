import { noPeople, twoModels } from '../../exhibits/reasons.ts';
import { peopleWord } from '../../exhibits/study-numbers.ts';
import type { View } from '../view.ts';

/** Why measures of agreement are not defined, where they are not. */
export interface WhyNoAgreement {
  /** Coefficients of all raters together. */
  together: string;
  /** Cohen's kappa of pairs. */
  pairs: string;
  /** Error consistency within, and with people. */
  errors: string;
  withPeople: string;
}

const constant = 'All labels are the same, so that agreement by chance is complete.';
const constantPairs = 'Each pair gives one and the same label throughout, or shares no image.';
const noErrors = 'All are always right, or always wrong, so that nothing is left to chance.';

/** @param raters number of people, or of networks of a group */
export function whyNoAgreement(view: View, { raters, people }: { raters: number; people: boolean }): WhyNoAgreement {
  const { labelers, analysis } = view.data;
  const others = (needed: number, what: string): string =>
    labelers !== null && labelers.names.length < needed
      ? `Who is right takes ${what}: at least ${needed} ${peopleWord(view)}.`
      : noErrors;
  const nobody = labelers === null ? noPeople(view) : null;
  const withPeople = nobody ?? others(2, 'a majority of the others');
  if (!people) {
    const few = raters < 2 ? twoModels : null;
    return {
      ...{ together: few ?? constant, pairs: few ?? constantPairs },
      ...{ errors: few ?? nobody ?? noErrors, withPeople },
    };
  }
  const few = nobody ?? (raters < 2 ? 'One rater alone can neither agree nor disagree.' : null);
  const unshared = analysis?.meta.n_determined ? null : noPeople(view);
  return {
    ...{ together: few ?? unshared ?? constant, pairs: few ?? unshared ?? constantPairs },
    ...{ errors: few ?? others(3, 'a majority of those who are not in the pair'), withPeople },
  };
}
