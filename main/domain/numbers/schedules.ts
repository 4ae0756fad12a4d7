import type { Schedule } from '../../contract/recipes/training-parts.ts';

/**
 * The factor of the learning rate at each step, from 1. With a warm-up of W steps, step t <= W has t / W, as PyTorch's
 * LinearLR(1 / W, total_iters=W - 1); what follows counts its steps from the end of the warm-up, as in SequentialLR.
 * Lengths are rounded to steps, at least one.
 */
export function stepSizeFactor(schedule: Schedule, stepsPerEpoch: number): (t: number) => number {
  const steps = (epochs: number): number => Math.max(1, Math.round(epochs * stepsPerEpoch));
  const warmUp = schedule.warmUp === undefined ? 0 : steps(schedule.warmUp);
  const after = afterWarmUp(schedule, steps);
  return (t) => (t <= warmUp ? t / warmUp : after(t - warmUp - 1));
}

/** The factor after so many steps. */
function afterWarmUp(schedule: Schedule, steps: (epochs: number) => number): (done: number) => number {
  switch (schedule.kind) {
    case 'constant':
      return () => 1;
    case 'step': {
      const every = steps(schedule.every);
      return (done) => schedule.factor ** Math.floor(done / every);
    }
    case 'cosine': {
      const [all, { floor }] = [steps(schedule.epochs), schedule];
      return (done) => floor + ((1 - floor) * (1 + Math.cos((Math.PI * Math.min(done, all)) / all))) / 2;
    }
  }
}
