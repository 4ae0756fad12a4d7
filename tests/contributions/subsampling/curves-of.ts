import type { TablesResult } from '../../../main/contract/api/results-tables.ts';

/** Curves by number of people and of networks, each with whose number changes. */
export const curvesOf = ({ figures }: Pick<TablesResult, 'figures'>) =>
  figures.flatMap(({ id, charts }) =>
    charts.flatMap((chart) =>
      chart.kind === 'lines'
        ? chart.series.map(({ name, points }) => ({
            along: id === 'fewer-people-figure' ? 'labelers' : 'models',
            name: name.toLowerCase().replace('simulated labelers', 'people'),
            points,
          }))
        : [],
    ),
  );
