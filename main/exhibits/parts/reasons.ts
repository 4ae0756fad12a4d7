import { whyNotOfKind } from '../../domain/results/response-kinds.ts';
import type { StudyNumbers } from './study-numbers.ts';

/** Why values are undefined: sentences that stand under tables, in files and on the page. */

export const nobody = 'Nobody has labeled these images yet.';

/** There are two people or more, but none labeled the same image. */
const noTwoLabels = 'No image was labeled by at least two labelers.';

/** A group of fewer than two models. */
export const twoModels = 'A group needs at least two networks to agree or disagree.';

/** Counts of labels tell nobody apart (metrics.md 14.1), nor do answers without names. */
const unknownWho = 'It is only known how many people gave each label, not who gave which.';

/** Why single labels of persons cannot be compared; null: they can. */
export const whyNotPersons = ({ response, isAnonymous }: Pick<StudyNumbers, 'response' | 'isAnonymous'>) =>
  whyNotOfKind(response, 'single') ?? (isAnonymous ? unknownWho : null);

export const nobodyLeftOut = 'It is only known how many people gave each label, so that nobody can be left out.';

const noImageOfType = 'No image is of this type.';

type Counts = Pick<StudyNumbers, 'labelers' | 'determined'>;

/** Why shares of the images with two labels or more are undefined. */
export const noPeople = ({ labelers }: Pick<StudyNumbers, 'labelers'>): string =>
  labelers === 0 ? nobody : noTwoLabels;

/** Why it is unknown which type images have: too few networks, or too few labels. */
export const whyUndetermined = (study: Pick<StudyNumbers, 'labelers'>, models: number): string =>
  models < 2 ? twoModels : noPeople(study);

/** Why nothing is known of the images of a type: there are none, or types are unknown. */
export const whyNoType = (study: Counts, models: number): string =>
  study.determined > 0 && models >= 2 ? noImageOfType : whyUndetermined(study, models);

/** Why there is no share of the images on which all people agree. */
export const noAgreedImage = (study: Counts): string =>
  study.determined > 0 ? 'Labelers agree on no image.' : noPeople(study);

/** Why two people cannot be compared. */
export const noTwoPeople = ({ labelers }: Pick<StudyNumbers, 'labelers'>): string =>
  labelers === 0 ? nobody : 'No two labelers labeled the same image.';

export const noHumanCertainty = (study: Counts & Pick<StudyNumbers, 'response'>): string =>
  whyNotOfKind(study.response, 'shares') ??
  (study.determined > 0 ? 'No image has this human certainty.' : noPeople(study));

/** Correlations need three images with both values, and that both vary. */
export function whyNoCorrelation(
  { labelers, response }: Pick<StudyNumbers, 'labelers' | 'response'>,
  labeled: number,
): string {
  if (labelers === 0) return nobody;
  const noShares = whyNotOfKind(response, 'shares');
  if (noShares !== null) return noShares;
  return labeled < 3
    ? 'Fewer than three images are labeled.'
    : 'One of the two does not vary: labelers, or networks, are equally certain of all images.';
}

/** Without a single most frequent label there is nothing to be right about. */
export const noMajority = ({ labelers, response }: Pick<StudyNumbers, 'labelers' | 'response'>): string =>
  labelers === 0
    ? nobody
    : (whyNotOfKind(response, 'shares') ?? 'On no image is one label more frequent than all others.');

export const noImage = 'There is no image.';

/** Agreement of fewer than two. */
export const oneRater = 'One rater alone can neither agree nor disagree.';

/** Coefficients of all raters together. */
export const allLabelsTheSame = 'All labels are the same, so chance alone gives full agreement.';

/** Cohen's kappa of pairs. */
export const constantPairs = 'Each pair gives one and the same label throughout, or shares no image.';

/** Why numbers have no interval where others of their column have one. */
export const intervalsOfPeople = 'Intervals of this measure are computed for people only.';
export const intervalOfAnyDiffer =
  'An interval is computed for the share of images on which any two of these people differ, not for pairs of people.';
