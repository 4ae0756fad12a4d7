import { Button, Group, Menu, Modal } from '@mantine/core';
import { useState } from 'react';
import type { BoardRow } from '../../../main/contributions/desk/contract/board.ts';
import { PaperEntry } from './paper-entry.tsx';
import { useMutation } from '@tanstack/react-query';
import type { OfflineCalls } from '../../../main/contributions/offline/calls.ts';
import { download, useApiOf } from '../../client/index.ts';
import { showRefusal, showToast } from '../../ui/parts/index.ts';

const formats = [
  { title: 'PDF, A4', format: 'pdf', paperSize: 'A4' },
  { title: 'PDF, Letter', format: 'pdf', paperSize: 'Letter' },
  { title: 'HTML page', format: 'html', paperSize: 'A4' },
] as const;

/** Saves sheets to print, and opens the entry of their answers. */
export function PaperActions({ row }: { row: BoardRow }) {
  const { id, pseudonym } = row;
  const save = useSaveSheet(pseudonym);
  const [isOpen, setOpen] = useState(false);
  return (
    <Group gap={4} wrap="nowrap">
      <Menu position="bottom-start">
        <Menu.Target>
          <Button size="compact-xs" aria-label={`Save the sheets of ${pseudonym}`} loading={save.isPending}>
            Sheets
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {formats.map(({ title, ...format }) => (
            <Menu.Item key={title} onClick={() => save.mutate({ session: id, ...format })}>
              {title}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Button size="compact-xs" aria-label={`Enter the paper answers of ${pseudonym}`} onClick={() => setOpen(true)}>
        Enter answers
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={`Paper of ${pseudonym}`} size="lg">
        {isOpen && <PaperEntry session={id} onDone={() => setOpen(false)} />}
      </Modal>
    </Group>
  );
}

function useSaveSheet(pseudonym: string) {
  const api = useApiOf<OfflineCalls>('offline');
  return useMutation(
    api.saveSheets.mutationOptions({
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
