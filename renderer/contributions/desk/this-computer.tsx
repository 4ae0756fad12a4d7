import type { DeskCalls } from '../../../main/contributions/desk/calls.ts';
import { Button, Group, PasswordInput, type PasswordInputProps, Modal, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useApiOf } from '../../client/index.ts';
import { Card, ErrorNotice, HelpNote } from '../../ui/parts/index.ts';
import { submitting } from '../../ui/fields/index.ts';
import { Ruler } from './page/screen-size.tsx';
import type { BoardRow } from '../../../main/contributions/desk/contract/board.ts';
import { handOver, useDeskWindow } from './own-window.tsx';

/** Settings for labeling on this computer: the PIN for leaving a session, and the screen size. */
export function ThisScreen({ study, hasPin }: { study: string; hasPin: boolean }) {
  const { set, canSet, field, onSubmit } = usePin(study, () => undefined);
  return (
    <Card title="This computer">
      <form onSubmit={onSubmit}>
        <Group align="end" gap="sm">
          <PasswordInput {...field} label={hasPin ? 'New PIN' : 'PIN for leaving a session'} w={200} />
          <Button type="submit" disabled={!canSet} loading={set.isPending}>
            Set PIN
          </Button>
          {hasPin && <Button onClick={() => set.mutate({ study, pin: null })}>Remove PIN</Button>}
        </Group>
      </form>
      <HelpNote>
        {hasPin
          ? 'A PIN is set. Leaving a session needs it.'
          : 'Use 4 to 12 digits. Without a PIN, anybody can leave a session.'}{' '}
        This page stays open beside the window of a session, and whoever sits here can use it. For people who sit here
        alone, choose “{handOver()}” in Actions. A browser window can always be closed; the desktop program prevents
        that.
      </HelpNote>
      {set.isError && <ErrorNotice error={set.error} />}
      <Ruler />
    </Card>
  );
}

interface StartHereProps {
  study: string;
  row: BoardRow;
  hasPin: boolean;
}

/** Starts a session in a window of its own. Without a PIN, it first offers to set one. */
export function StartHere({ study, row: { state, token, pseudonym }, hasPin }: StartHereProps) {
  const [isAsking, setAsking] = useState(false);
  const { open: start, dialog } = useDeskWindow(token);
  return (
    <>
      <Button
        size="compact-xs"
        aria-label={`${state === 'planned' ? 'Start' : 'Continue'} ${pseudonym} on this screen`}
        onClick={() => (hasPin ? start() : setAsking(true))}
      >
        {state === 'planned' ? 'Start here' : 'Continue here'}
      </Button>
      <Modal opened={isAsking} onClose={() => setAsking(false)} title={`Start ${pseudonym} on this screen`}>
        <PinForm
          study={study}
          onStart={() => {
            setAsking(false);
            start();
          }}
        />
      </Modal>
      {dialog}
    </>
  );
}

function PinForm({ study, onStart }: { study: string; onStart: () => void }) {
  const { set, canSet, field, onSubmit } = usePin(study, onStart);
  return (
    <form onSubmit={onSubmit}>
      <Stack gap="sm">
        <HelpNote>
          With a PIN, only you can leave the labeling page. Without one, anybody can leave it with two clicks.
        </HelpNote>
        <PasswordInput
          {...field}
          label="PIN for leaving a session"
          description="4 to 12 digits, for all sessions of this study"
          data-autofocus
        />
        {set.isError && <ErrorNotice error={set.error} />}
        <Group justify="end">
          <Button onClick={onStart}>Start without a PIN</Button>
          <Button variant="filled" type="submit" disabled={!canSet} loading={set.isPending}>
            Set PIN and start
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** A field for the PIN of a study's sessions, and the form that sets it. */
function usePin(study: string, onSet: () => void) {
  const api = useApiOf<DeskCalls>('desk');
  const [pin, setPin] = useState('');
  const set = useMutation(
    api.setPin.mutationOptions({
      onSuccess: () => {
        setPin('');
        onSet();
      },
    }),
  );
  const canSet = /^\d{4,12}$/.test(pin);
  const field: PasswordInputProps = {
    inputMode: 'numeric',
    autoComplete: 'off',
    maxLength: 12,
    visibilityToggleButtonProps: { 'aria-label': 'Show the PIN' },
    value: pin,
    onChange: (event) => setPin(event.currentTarget.value),
  };
  return { set, canSet, field, onSubmit: submitting(() => canSet && set.mutate({ study, pin })) };
}
