import { Button, FileButton, Group, Modal, Checkbox, Radio, Select, Stack, Table } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useClient, useApi } from '../../client/context.tsx';
import { upload } from '../../client/files.ts';
import { HelpNote, ErrorNotice } from '../../ui/states.tsx';
import type {
  ClassMapping,
  ColumnMapping,
  TablePreview,
  LeftOut,
  NamesChoice,
} from '../../../main/contract/labeling/tables.ts';
import { formatCount, formatInteger } from '../../../main/domain/format.ts';
import { LabelWords } from '../../ui/label-words.tsx';
import { ScrollBox } from '../../ui/plain-table.tsx';
import { showToast } from '../../ui/toasts.tsx';

/** Imports labels made elsewhere, after their columns and labels were assigned. */
export function ImportTable({ study, names }: { study: string; names: readonly string[] }) {
  const client = useClient();
  const [table, setTable] = useState<OpenTable | null>(null);
  const reset = useRef<() => void>(null);
  const open = useMutation({
    mutationFn: async (file: File): Promise<OpenTable> => {
      const id = await upload(file);
      return {
        upload: id,
        preview: await client.labeling.tables.inspect({ study, upload: id, columns: { label: null, labeler: null } }),
      };
    },
    onSuccess: setTable,
    // Allows choosing the same file again.
    onSettled: () => reset.current?.(),
  });
  return (
    <section className="labeling-card" aria-labelledby="import">
      <h2 id="import">Import</h2>
      <HelpNote>
        A CSV or JSON table with labels for these images. Any table works: in the next step, you assign its columns and
        labels.
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
        title={`Import ${table?.preview.name ?? ''}`}
        size="xl"
      >
        {table && <TableMapping {...{ study, table, names }} onDone={() => setTable(null)} />}
      </Modal>
    </section>
  );
}

interface OpenTable {
  upload: string;
  preview: TablePreview;
}

interface TableMappingProps {
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
  { part: 'kind', label: 'Kind of trial', needed: false, note: 'Only rows with “real” are imported.' },
];

/** Assigns a table's columns and labels, then imports it. */
function TableMapping({ study, table, names, onDone }: TableMappingProps) {
  const api = useApi();
  const client = useClient();
  const [preview, setPreview] = useState(table.preview);
  const [chosen, setChosen] = useState<Columns>(table.preview.guess);
  const [classes, setClasses] = useState<ClassMapping>(() => guessedClasses(table.preview));
  const [simulated, setSimulated] = useState(false);
  const [kept, setKept] = useState<NamesChoice>('replace');
  const again = useMutation({
    mutationFn: ({ columns: { label = null, labeler = null } }: { columns: Columns; isNewLabel: boolean }) =>
      client.labeling.tables.inspect({ study, upload: table.upload, columns: { label, labeler } }),
    onSuccess: (next, { isNewLabel }) => {
      setPreview(next);
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
  const { columns, missing } = completeMapping(chosen);
  const open = unmappedWords(preview, classes);
  const left = leftOutText(preview.leftOut);
  const choose = (part: keyof ColumnMapping, column: string | null): void => {
    const columnsNow = { ...chosen, [part]: column };
    setChosen(columnsNow);
    if (part === 'label' || part === 'labeler') again.mutate({ columns: columnsNow, isNewLabel: part === 'label' });
  };
  return (
    <Stack gap="md">
      <Sample preview={preview} />
      <div className="labeling-fields">
        {parts.map(({ part, label, needed, note }) => (
          <Select
            key={part}
            label={label}
            description={note}
            inputWrapperOrder={['label', 'input', 'description']}
            placeholder={needed ? 'Choose a column' : 'None'}
            data={preview.columns}
            value={chosen[part] ?? null}
            clearable={!needed}
            clearButtonProps={{ 'aria-label': `No column: ${label}` }}
            onChange={(column) => choose(part, column)}
          />
        ))}
      </div>
      {chosen.label && (
        <LabelWords
          key={chosen.label}
          {...{ names, classes }}
          labels={preview.labels}
          mayBeBlank
          onClasses={setClasses}
        />
      )}
      <Checkbox
        label="These labels are simulated (a rehearsal), not from people"
        checked={simulated}
        onChange={(event) => setSimulated(event.currentTarget.checked)}
      />
      {!simulated && <NamesQuestion choice={kept} onChoose={setKept} />}
      <p className="soft labeling-status" role="status">
        {missing ?? (open.length > 0 ? unmappedText(open) : 'All columns and labels are assigned.')}
      </p>
      {left !== '' && <HelpNote>People who are left out: {left}.</HelpNote>}
      {again.isError && <ErrorNotice error={again.error} />}
      {take.isError && <ErrorNotice error={take.error} safe="Nothing of the table was stored." />}
      <Group justify="end">
        <Button variant="default" onClick={onDone}>
          Cancel
        </Button>
        <Button
          disabled={columns === null || open.length > 0}
          loading={take.isPending}
          onClick={() =>
            columns && take.mutate({ study, upload: table.upload, columns, classes, simulated, names: kept })
          }
        >
          Import {formatCount(preview.rows, 'row')}
        </Button>
      </Group>
    </Stack>
  );
}

/** Whether people get pseudonyms. Nobody but the researcher knows whether the names in a table are real ones. */
function NamesQuestion({ choice, onChoose }: { choice: NamesChoice; onChoose: (choice: NamesChoice) => void }) {
  return (
    <Radio.Group
      label="Names of people in the table"
      value={choice}
      onChange={(value) => onChoose(value === 'keep' ? 'keep' : 'replace')}
    >
      <Stack gap="xs" mt="xs">
        <Radio
          value="replace"
          label="Replace them with pseudonyms"
          description="The list of names stays in this data folder, in a file of its own that you can delete. Backups, archives, exports and reports do not have it. Pseudonyms of this program, such as P-7KQM, stay as they are."
        />
        <Radio
          value="keep"
          label="Keep them, because they are pseudonyms already"
          description="Exports, reports, archives and backups name people as the table does."
        />
      </Stack>
    </Radio.Group>
  );
}

/** Names the first three spellings without a class, and how many there are. */
function unmappedText(open: readonly string[]): string {
  const more = open.length > 3 ? ` and ${formatCount(open.length - 3, 'other')}` : '';
  const words = open.slice(0, 3).map((text) => (text === '' ? '(empty)' : text));
  return `Choose a class for ${words.join(', ')}${more}.`;
}

function Sample({ preview }: { preview: TablePreview }) {
  return (
    <ScrollBox className="labeling-scroll" label="First rows">
      <Table withColumnBorders data={{ head: preview.columns, body: preview.sample.slice(0, 4) }} />
    </ScrollBox>
  );
}

/** The columns chosen so far; undefined: not chosen yet. */
export type Columns = { [part in keyof ColumnMapping]?: string | null | undefined };

/** The mapping if it is complete, else a sentence that says what is missing. */
function completeMapping({ image, labeler, label, kind = null }: Columns): {
  columns: ColumnMapping | null;
  missing: string | null;
} {
  if (!image) return { columns: null, missing: 'Choose the column that names the image.' };
  if (!labeler) return { columns: null, missing: 'Choose the column that names the person.' };
  if (!label) return { columns: null, missing: 'Choose the column with the label.' };
  return { columns: { image, labeler, label, kind }, missing: null };
}

function guessedClasses({ labels }: TablePreview): ClassMapping {
  return Object.fromEntries(
    labels.flatMap(({ text, guess }) => (guess === null && text !== '' ? [] : [[text, guess]])),
  );
}

const unmappedWords = ({ labels }: TablePreview, classes: ClassMapping): string[] =>
  labels.flatMap(({ text }) => (Object.hasOwn(classes, text) ? [] : [text]));

const reasons: Record<keyof LeftOut, string> = {
  unfinished: 'had not finished',
  excluded: 'excluded in the table',
  withdrawn: 'withdrew from this study',
  present: 'with a session in this study',
};

/** How many people are left out, and why; '' if there are none. */
const leftOutText = (leftOut: LeftOut): string =>
  (Object.keys(reasons) as (keyof LeftOut)[])
    .flatMap((why) => (leftOut[why] === 0 ? [] : [`${formatInteger(leftOut[why])} ${reasons[why]}`]))
    .join('; ');
