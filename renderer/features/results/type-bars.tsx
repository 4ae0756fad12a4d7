import type { Exhibit, Quantity } from '../../../main/contract/exhibit.ts';
import { quantityAt } from '../../../main/domain/exhibits.ts';
import type { TypesResult } from '../../../main/contract/api/results-tables.ts';
import { BarChart, type BarValue } from '../../charts/bar-chart.tsx';
import { usePeople } from '../../ui/rehearsal.tsx';
import { groupTitle, targetName, useChoice } from './choice.tsx';
import { rangeOf } from './quantity.tsx';
import { typeMeaning } from './type-names.ts';
import { useOpenWhich } from './use-which.ts';

export interface TypeBarsProps {
  /** Of all targets. */
  table3: Exhibit;
  /** Of the chosen group, not of the one before: beside the targets, where it is none of them. */
  types: TypesResult | undefined;
}

interface BarRow {
  title: string;
  /** As a list of its images is called. */
  spoken: string;
  of: (key: string) => Quantity | null;
}

/** Shares of types as bars, a group of bars for each target, and for the chosen group. */
export function TypeBars({ table3, types }: TypeBarsProps) {
  const people = usePeople();
  const open = useOpenWhich();
  const { overview, group } = useChoice();
  const chosen = group && group.kind !== 'diverse' && types ? types.table3 : null;
  const rows = [
    ...table3.rows.map(
      ([target], row): BarRow => ({
        ...{ title: targetName(overview, Number(target)), spoken: `${String(target)} %` },
        of: (key) => quantityAt(table3, row, key),
      }),
    ),
    ...(chosen && group
      ? [
          {
            title: groupTitle(group, overview),
            spoken: groupTitle(group, overview),
            of: (key: string) => quantityAt(chosen, 0, key),
          },
        ]
      : []),
  ];
  const first = rows[0]?.of('type_a_pct');
  if (!first) return null;
  if (rows.every(({ of }) => of('type_a_pct')?.value == null))
    return <p className="help-note">There are no types by target. {first.undefined}</p>;
  return (
    <BarChart
      title="Types by target"
      xTitle={chosen ? 'Target accuracy, and the chosen group' : 'Target accuracy'}
      y={{ title: 'Percent of images' }}
      n={`n = ${first.n} images`}
      intervalName={`95 % interval, n = ${first.interval?.pair?.units ?? 0} pairs drawn`}
      series={[
        { id: 'a', name: `A: ${typeMeaning('type_a', people)}`, colour: 'var(--networks-3)' },
        { id: 'c', name: `C: ${typeMeaning('type_c', people)}`, colour: 'var(--people-3)', hatch: true },
        { id: 'n', name: 'Networks disagree', colour: 'var(--agree)' },
      ]}
      categories={rows.map(({ title, of }) => ({
        name: title,
        values: Object.fromEntries(
          bars.flatMap(({ id, key }) => {
            const quantity = of(key);
            return quantity ? [[id, barOf(quantity)]] : [];
          }),
        ),
      }))}
      onOpen={({ name }, series) => {
        const row = rows.find(({ title }) => title === name);
        const bar = bars.find(({ id }) => id === series);
        const counts = row?.of(bar?.key ?? '')?.counts;
        if (row && bar && counts) open(counts.group, counts.which, `${bar.name} at ${row.spoken}`);
      }}
    />
  );
}

const bars = [
  { id: 'a', name: 'Type A', key: 'type_a_pct' },
  { id: 'c', name: 'Type C', key: 'type_c_pct' },
  { id: 'n', name: 'Networks disagree', key: 'nn_disagree_pct' },
];

/** A number as a bar: its interval, else its spread. */
export function barOf(of: Quantity): BarValue {
  const range =
    rangeOf(of.interval) ?? (of.value !== null && of.std !== null ? [of.value - of.std, of.value + of.std] : null);
  return {
    value: of.value,
    n: of.n ?? 0,
    ...(range && { interval: [range[0], range[1]] as const }),
    ...(of.paper && { paper: of.paper.mean }),
  };
}
