import type { RunRow } from '../../../main/contract/api/run-table.ts';
import type { TargetBand } from '../../charts/line-chart.tsx';

/** The ranges that a run is to land in, as bands of a chart. `tolerance` in percentage points. */
export function targetBands(targets: RunRow['targets'], tolerance: number): TargetBand[] {
  return targets.map(({ target }) => ({ from: target - tolerance, to: target + tolerance, label: `${target} %` }));
}
