import type { Quantity } from '../../../main/contract/api/results-parts.ts';
import type { TablesResult } from '../../../main/contract/api/results-tables.ts';
import type { Which } from '../../../main/contract/api/results-which.ts';
import { BarChart, type BarValue } from '../../charts/bar-chart.tsx';
import { usePeople } from '../../ui/rehearsal.tsx';
import { targetName, useChoice } from './choice.tsx';
import { rangeOf } from './quantity.tsx';
import { typeMeaning } from './type-names.ts';
import { useOpenWhich } from './use-which.ts';

/** Shares of types as bars, a group of bars for each target. */
export function TypeBars({ tables }: { tables: TablesResult }) {
  const people = usePeople();
  const open = useOpenWhich();
  const { overview } = useChoice();
  const [first] = tables.table3;
  if (!first) return null;
  if (tables.table3.every(({ typeA }) => typeA.value === null))
    return <p className="help-note">There are no types by target, {first.typeA.undefined}.</p>;
  return (
    <BarChart
      title="Types by target"
      xTitle="Target accuracy"
      y={{ title: 'Percent of images' }}
      n={`n = ${first.typeA.n} images`}
      intervalName={`95 % interval, n = ${first.typeA.interval?.pair?.units ?? 0} pairs drawn`}
      series={[
        { id: 'a', name: `A: ${typeMeaning('type_a', people)}`, colour: 'var(--networks-3)' },
        { id: 'c', name: `C: ${typeMeaning('type_c', people)}`, colour: 'var(--people-3)', hatch: true },
        { id: 'n', name: 'Networks disagree', colour: 'var(--agree)' },
      ]}
      categories={tables.table3.map(({ target, typeA, typeC, networksDisagree }) => ({
        name: targetName(overview, target),
        values: { a: barOf(typeA), c: barOf(typeC), n: barOf(networksDisagree) },
      }))}
      onOpen={({ name }, series) => {
        const row = tables.table3.find(({ target }) => targetName(overview, target) === name);
        const bar = bars.find(({ id }) => id === series);
        if (row && bar) open({ kind: 'diverse', target: row.target }, bar.which, `${bar.name} at ${row.target} %`);
      }}
    />
  );
}

const bars: readonly { id: string; name: string; which: Which }[] = [
  { id: 'a', name: 'Type A', which: { kind: 'type', type: 'type_a' } },
  { id: 'c', name: 'Type C', which: { kind: 'type', type: 'type_c' } },
  { id: 'n', name: 'Networks disagree', which: { kind: 'networks-disagree', determined: true } },
];

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
