import type { RunRow } from '../../main/contract/api/runs.ts';
import type { ChartAxis } from '../../main/domain/settings/axes.ts';
import { isAccuracy, targetTitle } from '../../main/domain/numbers/targets.ts';
import type { TargetBand } from '../charts/line-chart.tsx';

/** Accuracy ranges in which a run takes its snapshots, as bands of a chart. `tolerance` in percentage points. */
export function targetBands(targets: RunRow['targets'], tolerance: number): TargetBand[] {
  return targets.flatMap(({ target }) =>
    isAccuracy(target) ? [{ from: target - tolerance, to: target + tolerance, label: targetTitle(target) }] : [],
  );
}

/** Percentage points shown below the lowest target, once a run is that close. */
const below = 4;

/** The accuracy axis: the full range, or the range around the targets once a run is close to them. */
export function accuracyAxis(targets: RunRow['targets'], best: number): ChartAxis {
  const lowest = Math.min(...targets.map(({ target }) => target).filter(isAccuracy)) - below;
  return {
    title: 'Accuracy (%)',
    ...(Number.isFinite(lowest) && best > lowest + 1 && { domain: [Math.max(0, lowest), null] as const }),
  };
}

/** What the training accuracy is of. */
export const trainingNote =
  'Training accuracy: on the batches since the last evaluation, each measured just before its training step, with ' +
  'augmentation and dropout if the recipe has them. It is not the accuracy on all training images.';
