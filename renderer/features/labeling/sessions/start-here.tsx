import { Button, Group, Modal, PasswordInput, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { BoardRow } from '../../../../main/contract/labeling/board.ts';
import { useApi } from '../../../client/context.tsx';
import { HelpNote, Refused } from '../../../ui/states.tsx';
import { enterDesk } from '../../desk/kept-desk.ts';
import { isPin } from './pin.ts';

export interface StartHereProps {
  study: string;
  row: BoardRow;
  hasPin: boolean;
}

/** Starts a session on this screen; where no PIN is set, it offers to set one first. */
export function StartHere({ study, row: { state, token, pseudonym }, hasPin }: StartHereProps) {
  const [isAsking, setAsking] = useState(false);
  const start = (): void => enterDesk(token);
  return (
    <>
      <Button
        size="compact-xs"
        variant="default"
        aria-label={`${state === 'planned' ? 'Start' : 'Go on with'} ${pseudonym} on this screen`}
        onClick={() => (hasPin ? start() : setAsking(true))}
      >
        {state === 'planned' ? 'Start here' : 'Go on here'}
      </Button>
      <Modal opened={isAsking} onClose={() => setAsking(false)} title={`Start ${pseudonym} on this screen`}>
        <PinForm study={study} onStart={start} />
      </Modal>
    </>
  );
}

function PinForm({ study, onStart }: { study: string; onStart: () => void }) {
  const api = useApi();
  const [pin, setPin] = useState('');
  const set = useMutation(api.labeling.setPin.mutationOptions({ onSuccess: onStart }));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isPin(pin)) set.mutate({ study, pin });
      }}
    >
      <Stack gap="sm">
        <HelpNote>
          With a PIN, only you can leave the labeling page. Without one, two clicks lead to the study.
        </HelpNote>
        <PasswordInput
          label="PIN that leaves a session"
          description="4 to 12 digits, for all sessions of this study"
          inputMode="numeric"
          autoComplete="off"
          data-autofocus
          maxLength={12}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the PIN' }}
          value={pin}
          onChange={(event) => setPin(event.currentTarget.value)}
        />
        {set.isError && <Refused error={set.error} />}
        <Group justify="end">
          <Button variant="default" onClick={onStart}>
            Start without a PIN
          </Button>
          <Button type="submit" disabled={!isPin(pin)} loading={set.isPending}>
            Set and start
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
