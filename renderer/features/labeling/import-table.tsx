import { Button, FileButton, Group, Modal, Select, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useClient } from '../../client/context.tsx';
import { upload } from '../../client/files.ts';
import { HelpNote, ErrorNotice } from '../../ui/states.tsx';
import { type ResponseKind, responseKinds } from '../../../main/contract/responses.ts';
import { kindNames } from '../../../main/domain/response-kinds.ts';
import { ImportPanel } from './import-panel.tsx';

/** Imports labels and answers made elsewhere, after their kind, columns and labels were assigned. */
export function ImportTable({ study, names }: { study: string; names: readonly string[] }) {
  const client = useClient();
  const [table, setTable] = useState<OpenTable | null>(null);
  const reset = useRef<() => void>(null);
  const open = useMutation({
    mutationFn: async (file: File): Promise<OpenTable> => {
      const id = await upload(file);
      const { name, mapping } = await client.labeling.tables.inspect({ study, upload: id, kind: null, mapping: null });
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
        A CSV, JSON, Parquet or NumPy file with labels, counts of labels, sets or ratings of these images. Any table
        works: in the next step, you assign its columns and labels.
      </HelpNote>
      <Group>
        <FileButton
          accept=".csv,.json,.npy,.npz,.parquet,text/csv,application/json"
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
      <ImportPanel key={kind} study={study} upload={table.upload} kind={kind} names={names} onDone={onDone} />
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
