import { Button, Group, PasswordInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../../client/context.tsx';
import { HelpNote, Refused } from '../../../ui/states.tsx';
import { isPin } from './pin.ts';
import { Ruler } from '../../desk/ruler.tsx';

/** What makes this computer fit for volunteers: the PIN that leads out, and how long a millimetre is. */
export function ThisScreen({ study, hasPin }: { study: string; hasPin: boolean }) {
  const api = useApi();
  const [pin, setPin] = useState('');
  const set = useMutation(api.labeling.setPin.mutationOptions({ onSuccess: () => setPin('') }));
  const isGood = isPin(pin);
  return (
    <section className="labeling-card" aria-labelledby="this-screen">
      <h2 id="this-screen">This computer</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isGood) set.mutate({ study, pin });
        }}
      >
        <Group align="end" gap="sm">
          <PasswordInput
            label={hasPin ? 'Another PIN' : 'PIN that leaves a session'}
            inputMode="numeric"
            autoComplete="off"
            maxLength={12}
            w={200}
            visibilityToggleButtonProps={{ 'aria-label': 'Show the PIN' }}
            value={pin}
            onChange={(event) => setPin(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" disabled={!isGood} loading={set.isPending}>
            Set
          </Button>
          {hasPin && (
            <Button variant="default" onClick={() => set.mutate({ study, pin: null })}>
              Do without
            </Button>
          )}
        </Group>
      </form>
      <HelpNote>
        {hasPin
          ? 'A PIN is set. Volunteers cannot leave the labeling page without it.'
          : '4 to 12 digits. Without one, anybody can leave the labeling page.'}{' '}
        The browser cannot keep people from closing it; for that, use the desktop window.
      </HelpNote>
      {set.isError && <Refused error={set.error} />}
      <Ruler />
    </section>
  );
}
