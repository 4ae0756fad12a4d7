import { Button, Group, Modal } from '@mantine/core';
import { useState } from 'react';
import type { BoardRow } from '../../../../main/contract/labeling/board.ts';
import { showRefusal } from '../../../ui/refusal-toast.ts';
import { PaperEntry } from './paper-entry.tsx';
import { useSaveSheet } from './use-save-sheet.ts';

/** Sheets to print, and their answers to be typed in. */
export function PaperActions({ row }: { row: BoardRow }) {
  const { id, pseudonym } = row;
  const save = useSaveSheet();
  const [isOpen, setOpen] = useState(false);
  return (
    <Group gap={4} wrap="nowrap">
      <Button
        size="compact-xs"
        variant="default"
        aria-label={`Save the sheets of ${pseudonym}`}
        loading={save.isPending}
        onClick={() => save.mutate(row, { onError: showRefusal })}
      >
        Sheets
      </Button>
      <Button
        size="compact-xs"
        variant="default"
        aria-label={`Type in the paper of ${pseudonym}`}
        onClick={() => setOpen(true)}
      >
        Type in
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={`Paper of ${pseudonym}`} size="lg">
        {isOpen && <PaperEntry session={id} onDone={() => setOpen(false)} />}
      </Modal>
    </Group>
  );
}
