import { Button, Checkbox, Group, Select, Stack, Table } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { ClassMapping, ColumnMapping, TableLook } from '../../../../main/contract/labeling/tables.ts';
import { useApi, useClient } from '../../../client/context.tsx';
import { counted } from '../../../ui/format.ts';
import { HelpNote, Refused } from '../../../ui/states.tsx';
import { numbered, ScrollBox } from '../../../ui/plain-table.tsx';
import { showToast } from '../../../ui/toasts.tsx';
import { LabelWords } from './label-words.tsx';
import { type Columns, guessedClasses, leftOutText, unplaced, wholeMapping } from './mapping.ts';

export interface OpenTable {
  upload: string;
  look: TableLook;
}

export interface TableMappingProps {
  study: string;
  table: OpenTable;
  /** Classes of the stimuli. */
  names: readonly string[];
  onDone: () => void;
}

const parts: { part: keyof ColumnMapping; label: string; needed: boolean; note?: string }[] = [
  { part: 'image', label: 'Image', needed: true },
  { part: 'labeler', label: 'Person', needed: true },
  { part: 'label', label: 'Label', needed: true },
  { part: 'kind', label: 'Kind of trial', needed: false, note: 'Only “real” counts.' },
];

/** Puts a table's columns and words in place, then stores its labels. */
export function TableMapping({ study, table, names, onDone }: TableMappingProps) {
  const api = useApi();
  const client = useClient();
  const [look, setLook] = useState(table.look);
  const [chosen, setChosen] = useState<Columns>(table.look.guess);
  const [classes, setClasses] = useState<ClassMapping>(() => guessedClasses(table.look));
  const [simulated, setSimulated] = useState(false);
  const again = useMutation({
    mutationFn: ({ columns: { label = null, labeler = null } }: { columns: Columns; isNewLabel: boolean }) =>
      client.labeling.tables.inspect({ study, upload: table.upload, columns: { label, labeler } }),
    onSuccess: (next, { isNewLabel }) => {
      setLook(next);
      setClasses((before) => ({ ...guessedClasses(next), ...(isNewLabel ? {} : before) }));
    },
  });
  const take = useMutation(
    api.labeling.tables.import.mutationOptions({
      onSuccess: ({ labelers, labels, leftOut }) => {
        const left = leftOutText(leftOut);
        const title = `Imported ${counted(labels, 'label')} of ${counted(labelers, 'labeler')}`;
        showToast(left === '' ? { title } : { title, message: `People left out: ${left}.`, sticky: true });
        onDone();
      },
    }),
  );
  const { columns, lacks } = wholeMapping(chosen);
  const open = unplaced(look, classes);
  const left = leftOutText(look.leftOut);
  const choose = (part: keyof ColumnMapping, column: string | null): void => {
    const columnsNow = { ...chosen, [part]: column };
    setChosen(columnsNow);
    if (part === 'label' || part === 'labeler') again.mutate({ columns: columnsNow, isNewLabel: part === 'label' });
  };
  return (
    <Stack gap="md">
      <Sample look={look} />
      <div className="labeling-fields">
        {parts.map(({ part, label, needed, note }) => (
          <Select
            key={part}
            label={label}
            description={note}
            inputWrapperOrder={['label', 'input', 'description']}
            placeholder={needed ? 'Choose a column' : 'None'}
            data={look.columns}
            value={chosen[part] ?? null}
            clearable={!needed}
            clearButtonProps={{ 'aria-label': `No column: ${label}` }}
            onChange={(column) => choose(part, column)}
          />
        ))}
      </div>
      {chosen.label && <LabelWords key={chosen.label} {...{ look, names, classes }} onClasses={setClasses} />}
      <Checkbox
        label="These labels are simulated (a rehearsal), not from people"
        checked={simulated}
        onChange={(event) => setSimulated(event.currentTarget.checked)}
      />
      <p className="soft labeling-said" role="status">
        {lacks ?? (open.length > 0 ? sayWhat(open) : 'Everything is in place.')}
      </p>
      {left !== '' && <HelpNote>People whose rows are left out: {left}.</HelpNote>}
      {again.isError && <Refused error={again.error} />}
      {take.isError && <Refused error={take.error} safe="Nothing of the table was stored." />}
      <Group justify="end">
        <Button variant="default" onClick={onDone}>
          Cancel
        </Button>
        <Button
          disabled={columns === null || open.length > 0}
          loading={take.isPending}
          onClick={() => columns && take.mutate({ study, upload: table.upload, columns, classes, simulated })}
        >
          Import {counted(look.rows, 'row')}
        </Button>
      </Group>
    </Stack>
  );
}

/** The first three words that nobody has put in place, and how many there are. */
function sayWhat(open: readonly string[]): string {
  const more = open.length > 3 ? ` and ${counted(open.length - 3, 'other')}` : '';
  const words = open.slice(0, 3).map((text) => (text === '' ? '(empty)' : text));
  return `Say what ${words.join(', ')}${more} ${open.length === 1 ? 'means' : 'mean'}.`;
}

function Sample({ look }: { look: TableLook }) {
  return (
    <ScrollBox className="labeling-scroll" label="First rows">
      <Table withColumnBorders>
        <Table.Thead>
          <Table.Tr>
            {look.columns.map((column) => (
              <Table.Th key={column}>{column}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {numbered(look.sample.slice(0, 4)).map(({ key, item: cells }) => (
            <Table.Tr key={key}>
              {cells.map((cell, column) => (
                <Table.Td key={look.columns[column]}>{cell}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollBox>
  );
}
