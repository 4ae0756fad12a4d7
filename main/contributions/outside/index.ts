import { defineContribution } from '../define.ts';
import { closeOutside } from './opened.ts';
import { storedModels } from './stored-models.ts';

/** Models that were not trained here: ONNX files, image-text models, and tables of models' answers. */
export const outside = defineContribution({
  name: 'outside',
  needs: ['answers'],
  calls: () => import('./calls.ts'),
  commands: () => import('./commands.ts'),
  opened: (lab) => ({ close: () => closeOutside(lab) }),
  offers: { storedModels },
});
