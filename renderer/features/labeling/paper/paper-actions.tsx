import { Button, Group, Menu, Modal } from '@mantine/core';
import { useState } from 'react';
import type { BoardRow } from '../../../../main/contract/labeling/board.ts';
import { PaperEntry } from './paper-entry.tsx';
import { useSaveSheet } from './use-save-sheet.ts';

const wishes = [
  { title: 'PDF, A4', format: 'pdf', paperSize: 'A4' },
  { title: 'PDF, Letter', format: 'pdf', paperSize: 'Letter' },
  { title: 'Page for a browser', format: 'html', paperSize: 'A4' },
] as const;

/** Sheets to print, and their answers to be typed in. */
export function PaperActions({ row }: { row: BoardRow }) {
  const { id, pseudonym } = row;
  const save = useSaveSheet(pseudonym);
  const [isOpen, setOpen] = useState(false);
  return (
    <Group gap={4} wrap="nowrap">
      <Menu position="bottom-start">
        <Menu.Target>
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`Save the sheets of ${pseudonym}`}
            loading={save.isPending}
          >
            Sheets
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {wishes.map(({ title, ...wish }) => (
            <Menu.Item key={title} onClick={() => save.mutate({ session: id, ...wish })}>
              {title}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
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
