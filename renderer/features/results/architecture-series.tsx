import type { Quantity } from '../../../main/contract/exhibit.ts';
import type { LineSeries } from '../../charts/line-chart.tsx';
import { architectureColour, ArchitectureShape } from '../../ui/badges.tsx';

/** Means with their spread as whiskers, and the paper's, in mark and colour of an architecture. `at`: by rising x. */
export function architectureSeries(name: string, at: readonly { x: number; of: Quantity }[]): LineSeries {
  const kind = name.toLowerCase();
  const own = at.flatMap(({ x, of: { value, std, n } }) =>
    value === null ? [] : [{ x, value, std: (n ?? 0) > 1 ? std : null }],
  );
  const paper = at.flatMap(({ x, of }) => (of.paper ? [[x, of.paper.mean] as const] : []));
  return {
    ...{ id: name, name, dash: '', colour: architectureColour(kind), mark: <ArchitectureShape kind={kind} /> },
    points: own.map(({ x, value }) => [x, value] as const),
    band: own.flatMap(({ x, value, std }) => (std === null ? [] : [[x, value - std, value + std] as const])),
    ...(paper.length > 0 && { paper }),
  };
}
