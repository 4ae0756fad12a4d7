import { Anchor, Button, Code, CopyButton, Group, Menu, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { BoardRow } from '../../../main/contributions/desk/contract/board.ts';
import { detach, handing } from '../../../main/contract/wire/index.ts';
import { isOwnWindow, windowAddress } from '../../client/index.ts';
import { Confirm, HelpNote, showRefusal } from '../../ui/parts/index.ts';
import { deskAddress, goToDesk } from './page/kept-desk.ts';
import { pixelsPerMm } from './page/screen-size.tsx';

/** Handed to windows, which do not have this page's storage. */
const screenSize = (): string => pixelsPerMm()?.toFixed(4) ?? '';

/**
 * Opens a session in its own window; this page stays open. Call it at a click: browsers block windows that open by
 * themselves. In the desktop program, the program opens the window.
 * @returns an address to open by hand, if the browser blocked the window; null: it is open
 */
async function openDesk(token: string): Promise<string | null> {
  if (isOwnWindow()) {
    window.open(`${handing(screenSize())}${deskAddress(token)}`);
    return null;
  }
  const opened = window.open('', '_blank', `popup,width=${screen.availWidth},height=${screen.availHeight}`);
  try {
    const address = await windowAddress(token, screenSize());
    if (!opened) return address;
    opened.opener = null;
    opened.location.replace(address);
    return null;
  } catch (error) {
    opened?.close();
    throw error;
  }
}

/** Starts a session in a window of its own. `dialog`: to be shown; it offers the address if the browser blocks the window. */
export function useDeskWindow(token: string) {
  const [address, setAddress] = useState<string | null>(null);
  const open = (): void => detach(openDesk(token).then(setAddress, showRefusal));
  return { open, dialog: <AddressDialog address={address} isBlocked onClose={() => setAddress(null)} /> };
}

interface AddressDialogProps {
  /** Null: closed. */
  address: string | null;
  /** Whether the browser did not open the window. */
  isBlocked?: boolean;
  onClose: () => void;
}

function AddressDialog({ address, isBlocked = false, onClose }: AddressDialogProps) {
  return (
    <Modal
      opened={address !== null}
      onClose={onClose}
      title={isBlocked ? 'This browser blocked the window' : 'Address for another browser'}
    >
      <Stack gap="sm">
        <Text>
          {isBlocked
            ? 'Open it by this link, or allow windows of this page in the browser.'
            : 'Open it in a browser on this computer. It leads to this session only.'}
        </Text>
        {!isBlocked && <Code style={{ overflowWrap: 'anywhere' }}>{address}</Code>}
        <HelpNote>It works once, within two minutes.</HelpNote>
        <Group justify="end">
          <CopyButton value={address ?? ''}>
            {({ copied, copy }) => <Button onClick={copy}>{copied ? 'Copied' : 'Copy address'}</Button>}
          </CopyButton>
          {isBlocked && (
            <Anchor href={address ?? undefined} target="_blank" rel="noreferrer" onClick={onClose}>
              Open the window
            </Anchor>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

/** Shows the page of a session instead of everything else. */
export const handOver = (): string => `Hand over this ${isOwnWindow() ? 'window' : 'browser'}`;

/** Further ways to open a session on this computer, as items of a menu, and their dialogs, which stand outside of it. */
export function useOtherWays({ token, pseudonym }: Pick<BoardRow, 'token' | 'pseudonym'>) {
  const [address, setAddress] = useState<string | null>(null);
  const [isHandingOver, setHandingOver] = useState(false);
  const items = (
    <>
      {!isOwnWindow() && (
        <Menu.Item onClick={() => detach(windowAddress(token, screenSize()).then(setAddress, showRefusal))}>
          Address for another browser
        </Menu.Item>
      )}
      <Menu.Item onClick={() => setHandingOver(true)}>{handOver()}</Menu.Item>
      <Menu.Divider />
    </>
  );
  const dialogs = (
    <>
      <AddressDialog address={address} onClose={() => setAddress(null)} />
      <Confirm
        opened={isHandingOver}
        title={`${handOver()} to ${pseudonym}`}
        action="Hand over"
        onConfirm={() => goToDesk(token)}
        onClose={() => setHandingOver(false)}
      >
        <Text>
          {isOwnWindow()
            ? 'This window becomes the labeling page and fills the screen'
            : 'Every tab of the workbench in this browser becomes the labeling page'}
          , until somebody leaves it: with a PIN, only you can.
        </Text>
        <HelpNote>For people who sit here alone. Stored answers are kept, also if the window is closed.</HelpNote>
      </Confirm>
    </>
  );
  return { items, dialogs };
}
