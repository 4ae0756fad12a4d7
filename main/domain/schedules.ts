import type { ClassifierRecipe, Schedule } from '../contract/recipes.ts';
import { initializationText } from './hyperparameters.ts';
import { epochsText } from './targets.ts';

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

/** E.g. `cosine over 10 epochs after a warm-up of 1 epoch`. */
function scheduleText(schedule: Schedule): string {
  const { warmUp } = schedule;
  const kind = shapeText(schedule);
  return warmUp === undefined ? kind : `${kind} after a warm-up of ${epochsText(warmUp)}`;
}

/** What a training does besides its optimizer's rule, in words: schedule, clipping, smoothing, mixup, soft labels, initial weights; empty: nothing. */
export function trainingExtras({
  schedule,
  clip,
  labelSmoothing,
  mixup,
  softLabels,
  initialisation,
  start,
}: ClassifierRecipe): string[] {
  return [
    schedule && `learning rate ${scheduleText(schedule)}`,
    clip && `gradients clipped to ${clip.by} ${clip.limit}`,
    labelSmoothing !== undefined && `labels smoothed by ${labelSmoothing}`,
    mixup !== undefined && `mixup ${mixup}`,
    softLabels && `soft labels on ${Math.round(100 * softLabels.share)} % of each batch`,
    start !== undefined && 'starts from a trained network',
    start === undefined && initialisation && `initial weights ${initializationText(initialisation)}`,
  ].filter((text) => typeof text === 'string');
}

function shapeText(schedule: Schedule): string {
  switch (schedule.kind) {
    case 'constant':
      return 'constant';
    case 'step':
      return `times ${schedule.factor} every ${schedule.every === 1 ? 'epoch' : epochsText(schedule.every)}`;
    case 'cosine':
      return `cosine over ${epochsText(schedule.epochs)}${schedule.floor > 0 ? ` to ${schedule.floor} of it` : ''}`;
  }
}
