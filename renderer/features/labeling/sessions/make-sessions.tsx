import { Button, Group, SegmentedControl } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Board } from '../../../../main/contract/labeling/board.ts';
import type { Medium } from '../../../../main/contract/labeling/plan.ts';
import { mediumSchema } from '../../../../main/contract/labeling/plan.ts';
import { useApi } from '../../../client/context.tsx';
import { counted } from '../../../ui/format.ts';
import { HelpNote, Refused } from '../../../ui/states.tsx';
import { NumberField } from '../plan/number-field.tsx';
import { mediumWords } from './words.ts';

const notes: Record<Medium, string> = {
  screen: 'Start each with its button in the list. The page fills the screen; it leaves with the PIN.',
  kit: 'One file for a USB stick: it opens in any browser, without network. Bring its result file back here.',
  paper: 'Sheets to print, in each person’s own order. The answers are typed in twice.',
};

/** Sessions for so many people, each with a made-up name and an order of its own. */
export function MakeSessions({ study, board }: { study: string; board: Board }) {
  const api = useApi();
  const planned = board.plan?.plan.people ?? 1;
  const [count, setCount] = useState(Math.min(300, Math.max(1, planned - board.sessions.length)));
  const [medium, setMedium] = useState<Medium>('screen');
  const create = useMutation(api.labeling.sessions.create.mutationOptions());
  return (
    <section className="labeling-card" aria-labelledby="make-sessions">
      <h2 id="make-sessions">Make sessions</h2>
      <Group align="end" gap="md">
        <NumberField label="How many" min={1} max={300} value={count} onChange={setCount} />
        <SegmentedControl
          aria-label="Where they label"
          value={medium}
          onChange={(value) => setMedium(mediumSchema.parse(value))}
          data={mediumSchema.options.map((value) => ({ value, label: mediumWords[value] }))}
        />
        <Button loading={create.isPending} onClick={() => create.mutate({ study, count, medium })}>
          Make {counted(count, 'session')}
        </Button>
      </Group>
      <HelpNote>{notes[medium]}</HelpNote>
      {create.isError && <Refused error={create.error} safe="No session was made." />}
    </section>
  );
}
