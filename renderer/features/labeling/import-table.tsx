import { Button, FileButton, Group, Modal, Checkbox, Select, Stack, Table } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useClient, useApi } from '../../client/context.tsx';
import { upload } from '../../client/files.ts';
import { HelpNote, ErrorNotice } from '../../ui/states.tsx';
import type { ClassMapping, ColumnMapping, TableLook, LeftOut } from '../../../main/contract/labeling/tables.ts';
import { formatCount, formatInteger } from '../../../main/domain/format.ts';
import { withKeys, ScrollBox } from '../../ui/plain-table.tsx';
import { showToast } from '../../ui/toasts.tsx';

/** Labels made elsewhere, once it is said which column and which word mean what. */
export function ImportTable({ study, names }: { study: string; names: readonly string[] }) {
  const client = useClient();
  const [table, setTable] = useState<OpenTable | null>(null);
  const reset = useRef<() => void>(null);
  const open = useMutation({
    mutationFn: async (file: File): Promise<OpenTable> => {
      const id = await upload(file);
      return {
        upload: id,
        look: await client.labeling.tables.inspect({ study, upload: id, columns: { label: null, labeler: null } }),
      };
    },
    onSuccess: setTable,
    // So that the same file can be chosen again.
    onSettled: () => reset.current?.(),
  });
  return (
    <section className="labeling-card" aria-labelledby="import">
      <h2 id="import">Import</h2>
      <HelpNote>
        A CSV or JSON table of labels of these images: our own formats, or another with its columns and words put in
        place on the next screen.
      </HelpNote>
      <Group>
        <FileButton
          accept=".csv,.json,text/csv,application/json"
          resetRef={reset}
          onChange={(file) => file && open.mutate(file)}
          inputProps={{ 'aria-label': 'Table of labels' }}
        >
          {(props) => (
            <Button variant="default" {...props} loading={open.isPending}>
              Import a table
            </Button>
          )}
        </FileButton>
      </Group>
      {open.isError && <ErrorNotice error={open.error} safe="Nothing was stored." />}
      <Modal
        opened={table !== null}
        onClose={() => setTable(null)}
        title={`Import ${table?.look.name ?? ''}`}
        size="xl"
      >
        {table && <TableMapping {...{ study, table, names }} onDone={() => setTable(null)} />}
      </Modal>
    </section>
  );
}

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
        const title = `Imported ${formatCount(labels, 'label')} of ${formatCount(labelers, 'labeler')}`;
        showToast(left === '' ? { title } : { title, message: `People left out: ${left}.`, sticky: true });
        onDone();
      },
    }),
  );
  const { columns, lacks } = completeMapping(chosen);
  const open = unmappedWords(look, classes);
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
        {lacks ?? (open.length > 0 ? unmappedText(open) : 'Everything is in place.')}
      </p>
      {left !== '' && <HelpNote>People whose rows are left out: {left}.</HelpNote>}
      {again.isError && <ErrorNotice error={again.error} />}
      {take.isError && <ErrorNotice error={take.error} safe="Nothing of the table was stored." />}
      <Group justify="end">
        <Button variant="default" onClick={onDone}>
          Cancel
        </Button>
        <Button
          disabled={columns === null || open.length > 0}
          loading={take.isPending}
          onClick={() => columns && take.mutate({ study, upload: table.upload, columns, classes, simulated })}
        >
          Import {formatCount(look.rows, 'row')}
        </Button>
      </Group>
    </Stack>
  );
}

/** The first three words that nobody has put in place, and how many there are. */
function unmappedText(open: readonly string[]): string {
  const more = open.length > 3 ? ` and ${formatCount(open.length - 3, 'other')}` : '';
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
          {withKeys(look.sample.slice(0, 4)).map(({ key, item: cells }) => (
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

export interface LabelWordsProps {
  look: TableLook;
  /** Classes of the stimuli. */
  names: readonly string[];
  classes: ClassMapping;
  onClasses: (classes: ClassMapping) => void;
}

const blank = 'blank';
/** Words on a page: more fields than that are slow. */
const perPage = 100;

/** What each word of the label column means. Those that the table's own guess puts nowhere come first. */
export function LabelWords({ look, names, classes, onClasses }: LabelWordsProps) {
  const [page, setPage] = useState(0);
  const data = [
    ...names.map((label, index) => ({ value: String(index), label })),
    { value: blank, label: 'Left blank' },
  ];
  // By the guess, not by what was chosen since: a field stays where it is once it is filled.
  const isOpen = ({ guess, text }: TableLook['labels'][number]): boolean => guess === null && text !== '';
  const words = [...look.labels.filter(isOpen), ...look.labels.filter((word) => !isOpen(word))];
  const [from, pages] = [page * perPage, Math.ceil(words.length / perPage)];
  return (
    <section className="labeling-words" aria-labelledby="words">
      <h3 id="words">What the labels mean</h3>
      {pages > 1 && (
        <HelpNote>
          {formatInteger(from + 1)} to {formatInteger(Math.min(words.length, from + perPage))} of{' '}
          {formatInteger(words.length)}, those without a class first.
        </HelpNote>
      )}
      <div className="labeling-fields">
        {words.slice(from, from + perPage).map(({ text, count }) => (
          <Select
            key={text}
            label={`${text === '' ? '(empty)' : text} (${formatCount(count, 'row')})`}
            placeholder="Choose a class"
            data={data}
            allowDeselect={false}
            value={Object.hasOwn(classes, text) ? String(classes[text] ?? blank) : null}
            onChange={(value) =>
              value !== null && onClasses({ ...classes, [text]: value === blank ? null : Number(value) })
            }
          />
        ))}
      </div>
      {pages > 1 && (
        <Group gap="xs" mt="sm">
          <Button size="compact-sm" variant="default" disabled={page === 0} onClick={() => setPage(page - 1)}>
            Words before
          </Button>
          <Button size="compact-sm" variant="default" disabled={page >= pages - 1} onClick={() => setPage(page + 1)}>
            Further words
          </Button>
        </Group>
      )}
    </section>
  );
}

/** Columns that are chosen so far; undefined: not yet. */
export type Columns = { [part in keyof ColumnMapping]?: string | null | undefined };

/** The mapping if it is whole, else what lacks, in a sentence. */
export function completeMapping({ image, labeler, label, kind = null }: Columns): {
  columns: ColumnMapping | null;
  lacks: string | null;
} {
  if (!image) return { columns: null, lacks: 'Say which column names the image.' };
  if (!labeler) return { columns: null, lacks: 'Say which column names the person.' };
  if (!label) return { columns: null, lacks: 'Say which column holds the label.' };
  return { columns: { image, labeler, label, kind }, lacks: null };
}

/** Words that mean what a table's own guess says, for as long as nobody says otherwise. */
export function guessedClasses({ labels }: TableLook): ClassMapping {
  return Object.fromEntries(
    labels.flatMap(({ text, guess }) => (guess === null && text !== '' ? [] : [[text, guess]])),
  );
}

/** Words of the label column that nobody has put in place. */
export const unmappedWords = ({ labels }: TableLook, classes: ClassMapping): string[] =>
  labels.flatMap(({ text }) => (Object.hasOwn(classes, text) ? [] : [text]));

const reasons: Record<keyof LeftOut, string> = {
  unfinished: 'had not finished',
  excluded: 'excluded there',
  withdrawn: 'withdrew from this study',
  present: 'in this study already, with a session',
};

/** People whose rows are left out, and why; '' where there is none. */
export const leftOutText = (leftOut: LeftOut): string =>
  (Object.keys(reasons) as (keyof LeftOut)[])
    .flatMap((why) => (leftOut[why] === 0 ? [] : [`${formatInteger(leftOut[why])} ${reasons[why]}`]))
    .join('; ');
