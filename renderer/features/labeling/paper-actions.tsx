import { Button, Group, Menu, Modal } from '@mantine/core';
import { useState } from 'react';
import type { BoardRow } from '../../../main/contract/labeling/board.ts';
import { PaperEntry } from './paper-entry.tsx';
import { useMutation } from '@tanstack/react-query';
import { useApi } from '../../client/context.tsx';
import { download } from '../../client/files.ts';
import { showRefusal, showToast } from '../../ui/toasts.tsx';

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

/** Saves a person's sheets, to be printed. */
export function useSaveSheet(pseudonym: string) {
  const api = useApi();
  return useMutation(
    api.labeling.paper.sheets.mutationOptions({
      onSuccess: ({ address }, { format }) => {
        download(address);
        const open = format === 'pdf' ? '' : 'Open the file in a browser. ';
        const message = `${open}Print at 100 %, so that the images have their planned size.`;
        showToast({ title: `Saved the sheets of ${pseudonym}`, message });
      },
      onError: showRefusal,
    }),
  );
}
