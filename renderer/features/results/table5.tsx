import type { TablesResult } from '../../../main/contract/api/results-tables.ts';
import { LineChart } from '../../charts/line-chart.tsx';
import { usePeople } from '../../ui/rehearsal.tsx';
import { useOpenImages } from './address.ts';
import { architectureSeries } from './architecture-series.tsx';
import { spreadOver } from './figure2.tsx';
import { Incomplete } from './incomplete.tsx';
import { QuantityTable } from './quantity-table.tsx';

type Row = TablesResult['table5'][number];

/** Table 5: how certain seed groups are of images, by how certain people are; as a table and as a chart a target. */
export function Table5({ tables }: { tables: TablesResult }) {
  const open = useOpenImages();
  const people = usePeople();
  const { table5 } = tables;
  const classes = (table5[0]?.classes ?? []).filter(
    ({ images }, at) => images.length > 0 || table5.some((row) => row.classes[at]?.certainty.paper),
  );
  if (table5.length === 0) return <p className="help-note">This study has no seed groups, so there is no Table 5.</p>;
  return (
    <>
      <QuantityTable<Row>
        id="table-5"
        number="Table 5"
        title={`Certainty of seed groups by certainty of ${people}, percent`}
        heading="Networks"
        rows={table5}
        rowName={({ architecture, target }) => `${architecture} ${target} %`}
        columns={classes.map(({ humanCertainty, images }) => ({
          name: `${humanCertainty} % (${images.length} ${images.length === 1 ? 'image' : 'images'})`,
          of: (row) => row.classes.find((each) => each.humanCertainty === humanCertainty)?.certainty ?? null,
        }))}
        onOpen={(_row, column) => {
          const of = classes[column];
          if (!of || of.images.length === 0) return undefined;
          return () => open.images(of.images, `Certainty of ${people}: ${of.humanCertainty} %`);
        }}
      />
      <Incomplete />
      <Charts table5={table5} />
    </>
  );
}

function Charts({ table5 }: { table5: readonly Row[] }) {
  const people = usePeople();
  const targets = [...new Set(table5.map(({ target }) => target))].sort((a, b) => a - b);
  const certainties = table5.flatMap(({ classes }) =>
    classes.filter(({ certainty }) => certainty.value !== null || certainty.paper).map((each) => each.humanCertainty),
  );
  const ticks = [...new Set(certainties)].sort((a, b) => a - b);
  const lowest = Math.min(...table5.flatMap(({ classes }) => classes.flatMap(lowEnd)));
  return (
    <div className="chart-row">
      {targets.map((target) => {
        const rows = table5.filter((row) => row.target === target);
        const repeats = Math.max(...rows.map((row) => row.repeats.length));
        const hasPaper = rows.some(({ classes }) => classes.some(({ certainty }) => certainty.paper));
        return (
          <LineChart
            key={target}
            title={`Table 5 at ${target} %`}
            n={`${spreadOver(repeats)}${hasPaper ? '; diamonds: the paper' : ''}`}
            x={{ title: `Certainty of ${people} (%)`, ticks }}
            y={{ title: 'Certainty of networks (%)', domain: [Math.floor(lowest / 10) * 10, 100] }}
            series={rows.map(({ architecture, classes }) =>
              architectureSeries(
                architecture,
                classes
                  .map(({ humanCertainty, certainty }) => ({ x: humanCertainty, of: certainty }))
                  .sort((a, b) => a.x - b.x),
              ),
            )}
          />
        );
      })}
    </div>
  );
}

/** Charts of all targets begin at the same value, so that they can be compared. */
function lowEnd({ certainty: { value, std, paper } }: Row['classes'][number]): number[] {
  return [...(value === null ? [] : [value - (std ?? 0)]), ...(paper ? [paper.mean] : [])];
}
