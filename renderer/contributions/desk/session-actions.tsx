import type { DeskCalls } from '../../../main/contributions/desk/calls.ts';
import { ActionIcon, Menu, Button, Modal, Stack, Text } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import type { BoardRow } from '../../../main/contributions/desk/contract/board.ts';
import { useOtherWays } from './own-window.tsx';
import type { SessionActions, NamedSession } from './use-sessions.ts';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useApiOf } from '../../client/index.ts';
import { Confirm, DialogButtons, HelpNote, WithdrawSteps } from '../../ui/parts/index.ts';
import { submitting, TextArea } from '../../ui/fields/index.ts';
import type { DataColumn } from '../../ui/table/index.ts';

/** A column with the menu of each row's session. */
export const menuColumn = <Row,>(
  actions: SessionActions,
  sessionOf: (row: Row) => BoardRow | undefined,
): DataColumn<Row> => ({
  id: 'more',
  title: 'Actions',
  width: 60,
  value: () => null,
  cell: (row) => {
    const session = sessionOf(row);
    return session && <SessionMenu row={session} actions={actions} />;
  },
});

function SessionMenu({ row, actions }: { row: BoardRow; actions: SessionActions }) {
  const { pseudonym, state, excluded, isUsed, medium } = row;
  const ways = useOtherWays(row);
  const isOpen = medium === 'screen' && (state === 'planned' || state === 'active');
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon aria-label={`Actions for ${pseudonym}`} size="sm">
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {isOpen && ways.items}
          {state === 'finished' && <Menu.Item onClick={() => actions.reopen(row)}>Reopen the session</Menu.Item>}
          {state === 'declined' && <Menu.Item onClick={() => actions.reopen(row)}>Ask for consent again</Menu.Item>}
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
      {isOpen && ways.dialogs}
    </>
  );
}

const titles = { exclude: 'Exclude', remove: 'Remove', withdraw: 'Withdraw' };

/** Asks for the reason of an exclusion, and for confirmation before anything that cannot be undone. */
export function SessionQuestions({ actions }: { actions: SessionActions }) {
  const { question, ask } = actions;
  const close = (): void => ask(null);
  const { kind, row } = question ?? {};
  const title = kind && `${titles[kind]} ${row?.pseudonym}`;
  if (row && kind === 'remove')
    return (
      <Confirm
        opened
        danger
        title={title ?? ''}
        action="Remove the session"
        onConfirm={() => actions.remove(row)}
        onClose={close}
      >
        <Text>This deletes the pseudonym, the image order and the address. The session has no answers.</Text>
        <HelpNote>This cannot be undone. You can create new sessions at any time.</HelpNote>
      </Confirm>
    );
  return (
    <Modal opened={question !== null} onClose={close} title={title}>
      {row && kind === 'exclude' && (
        <ExcludeForm
          onCancel={close}
          onExclude={(reason) => {
            actions.exclude(row, reason);
            close();
          }}
        />
      )}
      {row && kind === 'withdraw' && <WithdrawForm row={row} onClose={close} />}
    </Modal>
  );
}

function ExcludeForm({ onExclude, onCancel }: { onExclude: (reason: string) => void; onCancel: () => void }) {
  const [reason, setReason] = useState('');
  return (
    <form onSubmit={submitting(() => onExclude(reason.trim()))}>
      <Stack gap="sm">
        <HelpNote>The answers stay stored and can be included again. Reports show the reason.</HelpNote>
        <TextArea label="Reason" data-autofocus maxLength={500} value={reason} onChange={setReason} />
        <DialogButtons onCancel={onCancel}>
          <Button variant="filled" type="submit" disabled={reason.trim() === ''}>
            Exclude
          </Button>
        </DialogButtons>
      </Stack>
    </form>
  );
}

function WithdrawForm({ row, onClose }: { row: NamedSession; onClose: () => void }) {
  const api = useApiOf<DeskCalls>('desk');
  const withdraw = useMutation(api.sessions.withdraw.mutationOptions());
  return (
    <WithdrawSteps withdraw={withdraw} onClose={onClose} onWithdraw={() => withdraw.mutate({ session: row.id })} />
  );
}
