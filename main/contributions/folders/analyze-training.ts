import { z } from 'zod';
import { labelTargets, type LabelTargets } from '../contrasts/analysis/label-targets.ts';
import { type ArmResult, type LabelFloor, LabelTrainingAnalysis } from '../contrasts/analysis/label-training.ts';
import { UserError } from '../../contract/wire/index.ts';
import { at } from '../../domain/numbers/index.ts';
import { readTraining } from './tables/training-tables.ts';

const name = z.string().min(1).max(200);

export const trainingSchema = z.object({
  /** Temperature of distillation. */
  temperature: z.number().positive().max(1000).default(1),
  reference: name,
  /** Networks in a group, for type C. */
  order: z.int().min(0).max(10_000),
  margin: z.number().min(0).max(1),
  accuracy: z.record(name, z.record(name, z.number())).default({}),
});

/** metrics.md 17 of networks that were taught people's labels, in the layout of metrics.md 19. */
export interface TrainingResult {
  /** Ids of the images that are taught. */
  images: number[];
  targets: { epsilon: number; permutation: number[]; arms: Record<string, number[][]> };
  floor: LabelFloor;
  arms: Record<string, ArmResult>;
}

/** @throws UserError naming file, row and remedy */
export async function analyzeTraining(
  folder: string,
  { temperature, ...design }: z.output<typeof trainingSchema>,
): Promise<TrainingResult> {
  const { taught, heldOut, networks } = await readTraining(folder);
  const analysis = new LabelTrainingAnalysis({ ...design, ...heldOut, networks });
  if (!analysis.arms.includes(design.reference)) {
    throw new UserError(
      'analyze.unknown-name',
      `There is no arm ${design.reference}`,
      'training.json',
      'Name an arm of arms.csv as the reference.',
    );
  }
  const { images, counts, teacher } = taught;
  const targets = labelTargets(images, counts, teacher && { softmax: teacher, temperature });
  return {
    images: images.map(({ id }) => id),
    targets: {
      epsilon: targets.epsilon,
      permutation: targets.permutation.map((place) => at(images, place).id),
      arms: written(targets.arms),
    },
    floor: analysis.floor,
    arms: Object.fromEntries(analysis.arms.map((arm) => [arm, analysis.arm(arm)])),
  };
}

const written = (arms: LabelTargets['arms']): Record<string, number[][]> =>
  Object.fromEntries(Object.entries(arms).map(([arm, targets]) => [arm, targets.map((target) => [...target])]));
