import { whyNotOfKind } from '../../../domain/results/index.ts';
import { nobody, type StudyNumbers } from '../../../exhibits/parts/index.ts';

/** Why nothing can be compared with people's labels. */
export const noLabeledImage = ({ labelers, response }: Pick<StudyNumbers, 'labelers' | 'response'>): string =>
  labelers === 0 ? nobody : (whyNotOfKind(response, 'shares') ?? 'No image is labeled.');
