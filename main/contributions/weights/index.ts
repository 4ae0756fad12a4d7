import { defineContribution } from '../define.ts';

/** Networks as files for other programs: as stored, ONNX, safetensors. */
export const weights = defineContribution({
  name: 'weights',
  needs: ['quality'],
  calls: () => import('./calls.ts'),
  commands: () => import('./commands.ts'),
});
