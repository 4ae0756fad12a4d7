import type { DisagreedChoice } from '../../contract/stimuli/stimuli.ts';
import { formatCount, formatFixed } from '../numbers/format.ts';

/** "by the entropy of people's labels in cifar10h.csv, 1.23 bits or more". */
export const disagreementText = ({ name, lowest, images }: DisagreedChoice['by']): string =>
  `by the entropy of people’s labels of ${formatCount(images, 'test image')} in ${name}, ${formatFixed(lowest, 2)} bits or more`;

/**
 * What such a choice means for results: sentences.
 * @param areCompared whether the answers that chose the images are among those that are compared; null: not yet known
 */
export const disagreementWarnings = (areCompared: boolean | null): string[] => [
  'These images were chosen because people disagree on them. What is found holds for such images only, not for test images in general.',
  areCompared
    ? 'The answers that chose these images are compared here, too. Some of their disagreement is chance, and the choice picks it out: other people would disagree less on these images (regression to the mean). Numbers of people’s disagreement are too high, and comparisons of people with models are biased.'
    : `${areCompared === null ? 'Compare models with' : 'The people compared here must be'} other people than those whose answers choose the images: some of the disagreement of these is chance, and the choice picks it out, so other people disagree less (regression to the mean).`,
];
