import { Group, Modal, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { AnswerCalls } from '../../../main/contributions/answers/calls.ts';
import { upload, useCallsOf } from '../../client/index.ts';
import { Card, ErrorNotice, HelpNote } from '../../ui/parts/index.ts';
import { ChoiceField, FilePick } from '../../ui/fields/index.ts';
import { tableFileTypes } from '../../../main/contributions/answers/contract/tables.ts';
import type { ResponseKind } from '../../../main/contract/stimuli/index.ts';
import { kindNames } from '../../../main/domain/results/index.ts';
import { ImportPanel } from './import-panel.tsx';

/** Imports labels and answers made elsewhere, after their kind, columns and labels were assigned. */
export function ImportTable({ study, names }: { study: string; names: readonly string[] }) {
  const calls = useCallsOf<AnswerCalls>('answers');
  const [table, setTable] = useState<OpenTable | null>(null);
  const open = useMutation({
    mutationFn: async (file: File): Promise<OpenTable> => {
      const id = await upload(file);
      const { name, mapping } = await calls.inspectTable({ study, upload: id, kind: null, mapping: null });
      return { upload: id, name, kind: mapping?.kind ?? 'single' };
    },
    onSuccess: setTable,
  });
  return (
    <Card title="Import">
      <HelpNote>
        A CSV, JSON, Parquet or NumPy file with labels, counts of labels, sets or ratings of these images. Any table
        works: in the next step, you assign its columns and labels.
      </HelpNote>
      <Group>
        <FilePick label="Table of labels" accept={tableFileTypes} onFile={open.mutate} loading={open.isPending}>
          Import a table
        </FilePick>
      </Group>
      {open.isError && <ErrorNotice error={open.error} safe="Nothing was stored." />}
      <Modal opened={table !== null} onClose={() => setTable(null)} title={`Import ${table?.name ?? ''}`} size="xl">
        {table && (
          <ImportAnswers key={table.upload} study={study} table={table} names={names} onDone={() => setTable(null)} />
        )}
      </Modal>
    </Card>
  );
}

/** Asks for the kind of answers, and then how the table has them. */
function ImportAnswers({ study, table, names, onDone }: ImportAnswersProps) {
  const [kind, setKind] = useState(table.kind);
  return (
    <Stack gap="md">
      <ChoiceField
        label="Kind of answers"
        description={kindNotes[kind]}
        options={kindNames}
        value={kind}
        onChange={setKind}
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
  counts: 'How many people gave each label, but not who. They become a panel of their own.',
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
