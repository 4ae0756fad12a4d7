import type { Figure, RowsChart } from '../main/contract/results/figure.ts';

/** Rows of all charts of a figure that have any. */
export const figureRows = (figure: Figure | null): RowsChart['rows'] =>
  (figure?.charts ?? []).flatMap((chart) => (chart.kind === 'rows' ? chart.rows : []));
