import { useState } from 'react';
import { RunState } from '../../../renderer/ui/words/badges.tsx';
import { Empty } from '../../../renderer/ui/parts/states.tsx';
import { type DataColumn, DataTable } from '../../../renderer/ui/table/data-table.tsx';

interface Row {
  id: number;
  name: string;
  kind: string;
  accuracy: number | null;
  note: string;
}

const kinds = ['mlp', 'cnn', 'vit'];
const rows = Array.from({ length: 5000 }, (_, id): Row => {
  const accuracy = id % 10 === 0 ? null : 90 + ((id * 37) % 1000) / 100;
  return { id, name: `run ${id}`, kind: kinds[id % 3] ?? '', accuracy, note: id === 7 ? '=HYPERLINK("x")' : '' };
});

const columns: DataColumn<Row>[] = [
  { id: 'name', title: 'Name', value: ({ name }) => name },
  { id: 'kind', title: 'Architecture', value: ({ kind }) => kind, groupable: true },
  {
    id: 'accuracy',
    title: 'Accuracy (%)',
    numeric: true,
    value: ({ accuracy }: Row) => accuracy,
    cell: ({ accuracy }) => accuracy?.toFixed(2) ?? '–',
  },
  { id: 'state', title: 'State', value: () => 'done', cell: () => <RunState state="done" /> },
  { id: 'note', title: 'Note', value: ({ note }) => note, width: 320 },
];

export function Table() {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [opened, setOpened] = useState('');
  return (
    <>
      <DataTable
        id="gallery"
        label="Runs"
        rows={rows}
        columns={columns}
        selected={selected}
        rowId={({ id }) => String(id)}
        onSelect={setSelected}
        onOpen={({ name }) => setOpened(name)}
      />
      <DataTable
        id="gallery-empty"
        label="Nothing"
        rows={[]}
        columns={columns}
        rowId={() => ''}
        empty={<Empty title="No runs yet" />}
      />
      <output>
        opened {opened}; selected {[...selected].join(' ')}
      </output>
    </>
  );
}
