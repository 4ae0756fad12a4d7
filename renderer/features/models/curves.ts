import type { RunRow } from '../../../main/contract/api/runs.ts';
import type { ChartAxis, TargetBand } from '../../charts/line-chart.tsx';

/** The ranges that a run is to land in, as bands of a chart. `tolerance` in percentage points. */
export function targetBands(targets: RunRow['targets'], tolerance: number): TargetBand[] {
  return targets.map(({ target }) => ({ from: target - tolerance, to: target + tolerance, label: `${target} %` }));
}

/** Percentage points below the lowest target that still show, once a run has come that near. */
const below = 4;

/** The axis of accuracies: all of them, or, once a run comes near its targets, what lies around these. */
export function accuracyAxis(targets: RunRow['targets'], best: number): ChartAxis {
  const lowest = Math.min(...targets.map(({ target }) => target)) - below;
  return { title: 'Accuracy (%)', ...(best > lowest + 1 && { domain: [Math.max(0, lowest), null] as const }) };
}
