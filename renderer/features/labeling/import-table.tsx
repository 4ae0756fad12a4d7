import { Button, FileButton, Group, Modal, Checkbox, Select, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useClient, useApi } from '../../client/context.tsx';
import { upload } from '../../client/files.ts';
import { HelpNote, ErrorNotice, Loading } from '../../ui/states.tsx';
import { cannotTell } from '../../../main/contract/labeling/panels.ts';
import { type ResponseKind, responseKinds } from '../../../main/contract/responses.ts';
import { kindNames } from '../../../main/domain/response-kinds.ts';
import { ImportPanel } from './import-panel.tsx';
import { LabelWords } from '../../ui/label-words.tsx';
import { NamesQuestion, Sample, unmappedText } from './import-parts.tsx';
import type {
  ClassMapping,
  ColumnMapping,
  TablePreview,
  LeftOut,
  NamesChoice,
} from '../../../main/contract/labeling/tables.ts';
import { formatCount, formatInteger, formatNames } from '../../../main/domain/format.ts';
import { showToast } from '../../ui/toasts.tsx';

/** Imports labels and answers made elsewhere, after their kind, columns and labels were assigned. */
export function ImportTable({ study, names }: { study: string; names: readonly string[] }) {
  const client = useClient();
  const [table, setTable] = useState<OpenTable | null>(null);
  const reset = useRef<() => void>(null);
  const open = useMutation({
    mutationFn: async (file: File): Promise<OpenTable> => {
      const id = await upload(file);
      const { name, mapping } = await client.labeling.panels.inspect({ study, upload: id, kind: null, mapping: null });
      return { upload: id, name, kind: mapping?.kind ?? 'single' };
    },
    onSuccess: setTable,
    // Allows choosing the same file again.
    onSettled: () => reset.current?.(),
  });
  return (
    <section className="card" aria-labelledby="import">
      <h2 id="import">Import</h2>
      <HelpNote>
        A CSV, JSON or NumPy file with labels, counts of labels, sets or ratings of these images. Any table works: in
        the next step, you assign its columns and labels.
      </HelpNote>
      <Group>
        <FileButton
          accept=".csv,.json,.npy,.npz,text/csv,application/json"
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
      <Modal opened={table !== null} onClose={() => setTable(null)} title={`Import ${table?.name ?? ''}`} size="xl">
        {table && (
          <ImportAnswers key={table.upload} study={study} table={table} names={names} onDone={() => setTable(null)} />
        )}
      </Modal>
    </section>
  );
}

/** Asks for the kind of answers, and then how the table has them. */
function ImportAnswers({ study, table, names, onDone }: ImportAnswersProps) {
  const [kind, setKind] = useState(table.kind);
  return (
    <Stack gap="md">
      <Select
        label="Kind of answers"
        description={kindNotes[kind]}
        inputWrapperOrder={['label', 'input', 'description']}
        data={responseKinds.map((value) => ({ value, label: kindNames[value] }))}
        value={kind}
        allowDeselect={false}
        onChange={(value) => setKind(responseKinds.find((each) => each === value) ?? 'single')}
      />
      {kind === 'single' ? (
        <SingleLabels study={study} table={table} names={names} onDone={onDone} />
      ) : (
        <ImportPanel key={kind} study={study} upload={table.upload} kind={kind} names={names} onDone={onDone} />
      )}
    </Stack>
  );
}

const kindNotes: Record<ResponseKind, string> = {
  single: 'Each person gave one label to an image. They join the labelers of this study.',
  abstain: 'Each person gave a label, or could not tell. They become a panel of their own.',
  set: 'Each person named one class or several, such as 4|9. They become a panel of their own.',
  graded: 'Each person rated how well classes fit, in any unit. They become a panel of their own.',
  counts: 'How many people gave each label; nobody knows who. They become a panel of their own.',
};

/** Reads the table with guessed columns. */
function SingleLabels({ study, table, ...rest }: ImportAnswersProps) {
  const api = useApi();
  const input = { study, upload: table.upload, columns: { label: null, labeler: null } };
  // The upload is another one each time, and its content never changes.
  const read = useQuery(api.labeling.tables.inspect.queryOptions({ input, staleTime: Number.POSITIVE_INFINITY }));
  if (read.isError) return <ErrorNotice error={read.error} safe="Nothing was stored." />;
  if (!read.data) return <Loading label="Reading the table" />;
  return <TableMapping study={study} upload={table.upload} first={read.data} {...rest} />;
}

/** A table that was uploaded. `kind`: what its columns look like. */
interface OpenTable {
  upload: string;
  name: string;
  kind: ResponseKind;
}

interface ImportAnswersProps {
  study: string;
  table: OpenTable;
  /** Classes of the stimuli. */
  names: readonly string[];
  onDone: () => void;
}

interface TableMappingProps extends Omit<ImportAnswersProps, 'table'> {
  upload: string;
  first: TablePreview;
}

const parts: { part: keyof Columns; label: string; needed: boolean; note?: string }[] = [
  { part: 'image', label: 'Image', needed: true },
  { part: 'labeler', label: 'Person', needed: true },
  { part: 'label', label: 'Label', needed: true },
  { part: 'kind', label: 'Kind of trial', needed: false, note: 'Only rows with “real” are imported.' },
];

/** Assigns a table's columns and labels, then imports it. */
function TableMapping({ study, upload: file, first, names, onDone }: TableMappingProps) {
  const api = useApi();
  const client = useClient();
  const [preview, setPreview] = useState(first);
  const [chosen, setChosen] = useState<Columns>(() => partsOf(first.guess));
  const [classes, setClasses] = useState<ClassMapping>(() => guessedClasses(first));
  const [simulated, setSimulated] = useState(false);
  const [kept, setKept] = useState<NamesChoice>('replace');
  const again = useMutation({
    mutationFn: ({ columns: { label = null, labeler = null } }: { columns: Columns; isNewLabel: boolean }) =>
      client.labeling.tables.inspect({ study, upload: file, columns: { label, labeler } }),
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
  const { aside = [] } = preview.guess;
  const { columns, missing } = completeMapping(chosen, aside);
  const open = unmappedWords(preview, classes);
  const left = leftOutText(preview.leftOut);
  const choose = (part: keyof Columns, column: string | null): void => {
    const columnsNow = { ...chosen, [part]: column };
    setChosen(columnsNow);
    if (part === 'label' || part === 'labeler') again.mutate({ columns: columnsNow, isNewLabel: part === 'label' });
  };
  return (
    <Stack gap="md">
      <Sample {...preview} />
      <div className="column-fields">
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
          words={preview.labels}
          names={names}
          meanings={classes}
          canAbstain={false}
          onChoose={(text, meaning) => meaning !== cannotTell && setClasses({ ...classes, [text]: meaning })}
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
      {aside.length > 0 && <HelpNote>Models, set aside: {formatNames(aside)}.</HelpNote>}
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
          onClick={() => columns && take.mutate({ study, upload: file, columns, classes, simulated, names: kept })}
        >
          Import {formatCount(preview.rows, 'row')}
        </Button>
      </Group>
    </Stack>
  );
}

/** The columns chosen so far; undefined: not chosen yet. */
type Columns = { [part in Exclude<keyof ColumnMapping, 'aside'>]?: string | null | undefined };

const partsOf = ({ aside: _, ...columns }: TablePreview['guess']): Columns => columns;

/** The mapping if it is complete, else a sentence that says what is missing. */
function completeMapping(
  { image, labeler, label, kind = null }: Columns,
  aside: string[],
): {
  columns: ColumnMapping | null;
  missing: string | null;
} {
  if (!image) return { columns: null, missing: 'Choose the column that names the image.' };
  if (!labeler) return { columns: null, missing: 'Choose the column that names the person.' };
  if (!label) return { columns: null, missing: 'Choose the column with the label.' };
  return { columns: { image, labeler, label, kind, ...(aside.length > 0 && { aside }) }, missing: null };
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
