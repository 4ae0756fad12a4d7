import type { Group, Quantity, TypeName } from '../../../main/contract/api/results-parts.ts';
import type { TablesResult, TypesResult } from '../../../main/contract/api/results-tables.ts';
import type { Which } from '../../../main/contract/api/results.ts';
import { BarChart, type BarValue } from '../../charts/bar-chart.tsx';
import { usePeople } from '../../ui/rehearsal.tsx';
import { groupTitle, targetName, useChoice } from './choice.tsx';
import { rangeOf } from './quantity.tsx';
import { typeMeaning } from './type-names.ts';
import { useOpenWhich } from './use-which.ts';

export interface TypeBarsProps {
  tables: TablesResult;
  /** Of the chosen group, not of the one before: beside the targets, where it is none of them. */
  types: TypesResult | undefined;
}

/** Shares of types as bars, a group of bars for each target, and for the chosen group. */
export function TypeBars({ tables, types }: TypeBarsProps) {
  const people = usePeople();
  const open = useOpenWhich();
  const { overview, group } = useChoice();
  const own = group && group.kind !== 'diverse' && types ? [rowOf(group, groupTitle(group, overview), types)] : [];
  const rows = [
    ...tables.table3.map((row): BarRow => {
      const title = targetName(overview, row.target);
      return { ...row, title, group: { kind: 'diverse', target: row.target }, spoken: `${row.target} %` };
    }),
    ...own,
  ];
  const [first] = rows;
  if (!first) return null;
  if (rows.every(({ typeA }) => typeA.value === null))
    return <p className="help-note">There are no types by target, {first.typeA.undefined}.</p>;
  return (
    <BarChart
      title="Types by target"
      xTitle={own.length > 0 ? 'Target accuracy, and the chosen group' : 'Target accuracy'}
      y={{ title: 'Percent of images' }}
      n={`n = ${first.typeA.n} images`}
      intervalName={`95 % interval, n = ${first.typeA.interval?.pair?.units ?? 0} pairs drawn`}
      series={[
        { id: 'a', name: `A: ${typeMeaning('type_a', people)}`, colour: 'var(--networks-3)' },
        { id: 'c', name: `C: ${typeMeaning('type_c', people)}`, colour: 'var(--people-3)', hatch: true },
        { id: 'n', name: 'Networks disagree', colour: 'var(--agree)' },
      ]}
      categories={rows.map(({ title, typeA, typeC, networksDisagree }) => ({
        name: title,
        values: { a: barOf(typeA), c: barOf(typeC), n: barOf(networksDisagree) },
      }))}
      onOpen={({ name }, series) => {
        const row = rows.find(({ title }) => title === name);
        const bar = bars.find(({ id }) => id === series);
        if (row && bar) open(row.group, bar.which, `${bar.name} at ${row.spoken}`);
      }}
    />
  );
}

type Bars = Pick<TablesResult['table3'][number], 'typeA' | 'typeC' | 'networksDisagree'>;

interface BarRow extends Bars {
  title: string;
  /** As a list of its images is called. */
  spoken: string;
  group: Group;
}

function rowOf(group: Group, title: string, types: TypesResult): BarRow {
  const none: Quantity = { ...types.networksDisagree, value: null, undefined: types.undefined };
  const of = (type: TypeName): Quantity => types.cells.find((cell) => cell.type === type)?.share ?? none;
  const { networksDisagree } = types;
  return { ...{ title, group, networksDisagree, spoken: title }, typeA: of('type_a'), typeC: of('type_c') };
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
