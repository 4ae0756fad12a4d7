import type { Group } from '../../../main/contract/api/results-parts.ts';
import type { TablesResult } from '../../../main/contract/api/results-tables.ts';
import type { Which } from '../../../main/contract/api/results.ts';
import { capitalize, peopleWord, usePeople } from '../../ui/rehearsal.tsx';
import { groupTitle, useChoice } from './choice.tsx';
import { useNetworksColumn } from './networks-column.tsx';
import { type QuantityColumn, QuantityTable } from './quantity-table.tsx';
import { typeName } from './type-names.ts';
import { useOpenWhich } from './use-which.ts';

/** A column, and which images its numbers count. */
interface Column<Row> extends QuantityColumn<Row> {
  which: Which;
}

interface TargetRow {
  target: number;
}

/** Opens the images behind a number of a target's row; of a row without a target, under the chosen group. */
function useOpenCell<Row extends TargetRow | null>(columns: readonly Column<Row>[]) {
  const { overview, group: chosen } = useChoice();
  const open = useOpenWhich();
  return (row: Row, column: number): (() => void) | undefined => {
    const group: Group | null = row ? { kind: 'diverse', target: row.target } : chosen;
    const of = columns[column];
    if (!group || !of?.of(row)?.value) return undefined;
    return () => open(group, of.which, row ? `${of.name}, ${groupTitle(group, overview)}` : of.name);
  };
}

type Row2 = TablesResult['table2'][number] | null;

/** Table 2: misclassified and disagreeing; the last row is people's. */
export function Table2({ tables }: { tables: TablesResult }) {
  const networks = useNetworksColumn<Row2>();
  const rows: Row2[] = [...tables.table2, null];
  const differ: Which = { kind: 'networks-disagree', determined: false };
  const misclassified: Which = { kind: 'misclassified' };
  const columns: Column<Row2>[] = [
    { name: 'Misclassified per network', which: misclassified, of: (row) => row?.misclassifiedPerModel ?? null },
    { name: 'Misclassified by any', which: misclassified, of: (row) => row?.misclassifiedAcross ?? null },
    { name: 'Two differ', which: differ, of: (row) => (row ? row.pairwise : tables.peoplePairwise) },
    { name: 'Any differ', which: differ, of: (row) => (row ? row.allDisagree : tables.peopleDisagree) },
  ];
  const open = useOpenCell(columns);
  const openPeople = useOpenCell(columns.map((column) => ({ ...column, which: { kind: 'people-disagree' as const } })));
  return (
    <QuantityTable
      id="table-2"
      number="Table 2"
      title="Misclassified and disagreeing, percent of images"
      heading="Target"
      rows={rows}
      rowName={(row) => (row ? `${row.target} %` : capitalize(peopleWord(tables.rehearsal)))}
      beside={networks}
      columns={columns}
      onOpen={(row, column) => (row ? open : openPeople)(row, column)}
    />
  );
}

type Row3 = TablesResult['table3'][number];

/** Table 3: shares of types. */
export function Table3({ tables }: { tables: TablesResult }) {
  const columns: Column<Row3>[] = [
    {
      name: 'Networks disagree',
      which: { kind: 'networks-disagree', determined: true },
      of: (row) => row.networksDisagree,
    },
    { name: 'Type A', which: { kind: 'type', type: 'type_a' }, of: (row) => row.typeA },
    { name: 'Type B', which: { kind: 'type-b' }, of: (row) => row.typeB },
    { name: 'Type C', which: { kind: 'type', type: 'type_c' }, of: (row) => row.typeC },
    { name: 'Exceptions', which: { kind: 'exceptions' }, of: (row) => row.exception },
  ];
  return (
    <QuantityTable
      id="table-3"
      number="Table 3"
      title="Types by target accuracy, percent of labelled images"
      heading="Target"
      rows={tables.table3}
      rowName={({ target }) => `${target} %`}
      beside={useNetworksColumn<Row3>()}
      columns={columns}
      onOpen={useOpenCell(columns)}
    />
  );
}

type Row4 = TablesResult['table4'][number];

/** Table 4: how sure networks are, by type. */
export function Table4({ tables }: { tables: TablesResult }) {
  const people = usePeople();
  const columns = (['type_a', 'both_disagree', 'both_agree', 'type_c'] as const).map(
    (type): Column<Row4> => ({
      name: typeName(type, people),
      which: { kind: 'type', type },
      of: (row) => row.classes[type],
      decimals: 3,
    }),
  );
  return (
    <QuantityTable
      id="table-4"
      number="Table 4"
      title="Largest softmax by type"
      heading="Target"
      rows={tables.table4}
      rowName={({ target }) => `${target} %`}
      beside={useNetworksColumn<Row4>()}
      columns={columns}
      onOpen={useOpenCell(columns)}
    />
  );
}
