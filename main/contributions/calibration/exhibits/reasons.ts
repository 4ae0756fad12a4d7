import { whyNotOfKind } from '../../../domain/response-kinds.ts';
import { nobody } from '../../../exhibits/reasons.ts';
import type { StudyNumbers } from '../../../exhibits/study-numbers.ts';

/** Why nothing can be compared with people's labels. */
export const noLabeledImage = ({ labelers, response }: Pick<StudyNumbers, 'labelers' | 'response'>): string =>
  labelers === 0 ? nobody : (whyNotOfKind(response, 'shares') ?? 'No image is labeled.');
