import type { StudyNumbers } from './study-numbers.ts';

/** Why values are undefined: sentences that stand under tables, in files and on the page. */

export const nobody = 'Nobody has labelled these images yet.';

/** There are two people or more, but none labelled the same image. */
const noTwoLabels = 'No image was labelled by at least two labelers.';

/** A group of fewer than two models. */
export const twoModels = 'A group needs at least two networks to agree or disagree.';

export const noNetworks = 'No network is among them.';

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
  labelers === 0 ? nobody : 'No two labelers labelled the same image.';

export const noHumanCertainty = (study: Counts): string =>
  study.determined > 0 ? 'No image has this human certainty.' : noPeople(study);
