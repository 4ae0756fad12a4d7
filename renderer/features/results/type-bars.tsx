import type { Quantity } from '../../../main/contract/api/results-parts.ts';
import type { TablesResult } from '../../../main/contract/api/results-tables.ts';
import { BarChart, type BarValue } from '../../charts/bar-chart.tsx';
import { usePeople } from '../../ui/rehearsal.tsx';
import { rangeOf } from './quantity.tsx';
import { typeMeaning } from './type-names.ts';

/** Shares of types as bars, a group of bars for each target. */
export function TypeBars({ tables }: { tables: TablesResult }) {
  const people = usePeople();
  const typeA = tables.table3[0]?.typeA;
  if (!typeA) return null;
  return (
    <BarChart
      title="Types by target"
      xTitle="Target accuracy"
      y={{ title: 'Percent of images' }}
      n={`n = ${typeA.n} images, 95 % intervals over n = ${typeA.interval?.pair?.units ?? 0} pairs`}
      series={[
        { id: 'a', name: `A: ${typeMeaning('type_a', people)}`, colour: 'var(--networks-3)' },
        { id: 'c', name: `C: ${typeMeaning('type_c', people)}`, colour: 'var(--people-3)', hatch: true },
        { id: 'n', name: 'Networks disagree', colour: 'var(--agree)' },
      ]}
      categories={tables.table3.map(({ target, typeA, typeC, networksDisagree }) => ({
        name: `${target} %`,
        values: { a: barOf(typeA), c: barOf(typeC), n: barOf(networksDisagree) },
      }))}
    />
  );
}

/** A number as a bar: its interval, else its spread. */
export function barOf(of: Quantity): BarValue {
  const range =
    rangeOf(of.interval) ?? (of.value !== null && of.std !== null ? [of.value - of.std, of.value + of.std] : null);
  return {
    value: of.value,
    n: of.n,
    ...(range && { interval: [range[0], range[1]] as const }),
    ...(of.paper && { paper: of.paper.mean }),
  };
}
