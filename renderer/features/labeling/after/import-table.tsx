import { Button, FileButton, Group, Modal } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useClient } from '../../../client/context.tsx';
import { upload } from '../../../client/files.ts';
import { HelpNote, Refused } from '../../../ui/states.tsx';
import { TableMapping } from './table-mapping.tsx';
import type { OpenTable } from './table-mapping.tsx';

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
      {open.isError && <Refused error={open.error} safe="Nothing was stored." />}
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
