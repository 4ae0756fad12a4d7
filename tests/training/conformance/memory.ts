import type { Engine } from '../../../main/training/engines/engine.ts';
import { type SmallName, smallTraining } from './small-models.ts';

/** What was held after a step: tensors and their bytes by the engine, and bytes by the process. */
export interface MemorySample {
  tensors: number;
  bytes: number;
  resident: number;
}

/** Steps after which an engine has made all that it keeps. */
const warmUp = 3;

/** What is held after `warmUp` steps of a small training, and after `steps`. */
export async function trainingMemory(
  engine: Engine,
  name: SmallName,
  steps: number,
): Promise<[before: MemorySample, after: MemorySample]> {
  const { entry, inputs, dispose } = smallTraining(engine, name);
  const program = engine.compile({ train: entry });
  const train = async (from: number, to: number): Promise<MemorySample> => {
    for (let t = from; t <= to; t++) {
      const made = inputs(t);
      await program.run.train(made);
      engine.tf.dispose(made);
    }
    return { ...engine.memory(), resident: process.memoryUsage.rss() };
  };
  const memory = [await train(1, warmUp), await train(warmUp + 1, steps)] as const;
  program.dispose();
  dispose();
  return [...memory];
}
