import { defineContribution } from '../define.ts';
import { closeOutside, outsideOf } from './opened.ts';

/** Models that were not trained here: ONNX files, image-text models, and tables of models' answers. */
export const outside = defineContribution({
  name: 'outside',
  calls: () => import('./calls.ts'),
  commands: () => import('./commands.ts'),
  opened: (lab) => ({ close: () => closeOutside(lab) }),
  offers: {
    liveVoter: (lab) => ({ vote: async (...asked) => (await outsideOf(lab)).live.vote(...asked) }),
  },
});
