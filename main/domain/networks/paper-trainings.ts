import type { OptimizerKind } from '../../contract/recipes/optimizers.ts';
import type { PaperKind } from './architectures.ts';

interface PaperTraining {
  kind: Extract<OptimizerKind, 'adam' | 'adamw'>;
  stepSize: number;
  weightDecay: number;
  batch: number;
  isAugmented: boolean;
}

const first: PaperTraining = { kind: 'adam', stepSize: 5e-4, weightDecay: 0, batch: 128, isAugmented: false };
const second: PaperTraining = { ...first, kind: 'adamw', weightDecay: 1e-5 };

/** How the paper's diverse nine are trained (section 2). That MLP3 and ViT3 use AdamW is assumed: docs/data-formats.md. */
export const paperTrainings: Readonly<Record<PaperKind, readonly [PaperTraining, PaperTraining, PaperTraining]>> = {
  mlp: [first, second, { ...second, stepSize: 1e-3, batch: 256 }],
  cnn: [first, second, { ...first, isAugmented: true }],
  vit: [first, second, { ...second, weightDecay: 5e-5 }],
};
