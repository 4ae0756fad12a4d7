import { ActionIcon, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import type { BoardRow } from '../../../../main/contract/labeling/board.ts';
import type { SessionActions } from './use-session-actions.ts';

/** Everything that can be done with a session, behind three dots. */
export function SessionMenu({ row, actions }: { row: BoardRow; actions: SessionActions }) {
  const { pseudonym, state, excluded, isUsed } = row;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={`More of ${pseudonym}`} size="sm">
          <IconDots size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {state === 'finished' && <Menu.Item onClick={() => actions.reopen(row)}>Let it be gone on with</Menu.Item>}
        {state === 'declined' && (
          <Menu.Item onClick={() => actions.reopen(row)}>Let the person be asked again</Menu.Item>
        )}
        {excluded === null ? (
          <Menu.Item onClick={() => actions.ask({ kind: 'exclude', row })}>Exclude with a reason</Menu.Item>
        ) : (
          <Menu.Item onClick={() => actions.include(row)}>Include again</Menu.Item>
        )}
        {!isUsed && <Menu.Item onClick={() => actions.ask({ kind: 'remove', row })}>Remove</Menu.Item>}
        <Menu.Divider />
        <Menu.Item onClick={() => actions.ask({ kind: 'withdraw', row })}>Withdraw the person</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
