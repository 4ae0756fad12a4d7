import { Button, NumberInput, Popover, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { StimuliState } from '../../../main/contract/api/stimuli.ts';
import { useApi } from '../../client/context.tsx';
import { whole } from '../../ui/format.ts';
import { Refused } from '../../ui/states.tsx';

/** Draws other z with another seed: what is found is added to the wall. */
export function MoreCandidates({ study, state }: { study: string; state: StimuliState }) {
  const api = useApi();
  const [opened, setOpened] = useState(false);
  const [seed, setSeed] = useState<number | null>(null);
  const [samples, setSamples] = useState(2000);
  const [perClass, setPerClass] = useState(48);
  const next = Math.max(0, ...state.searches.map((search) => search.seed)) + 1;
  const search = useMutation({
    ...api.stimuli.search.mutationOptions(),
    onSuccess: () => {
      setSeed(null);
      setOpened(false);
    },
  });
  const running = state.searches.some(({ state: is }) => is === 'queued' || is === 'running');
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus returnFocus width={280}>
      <Popover.Target>
        <Button variant="default" onClick={() => setOpened((is) => !is)} loading={running}>
          Find more
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            search.mutate({ study, seed: seed ?? next, samples, perClass });
          }}
        >
          <Stack gap="xs">
            <NumberInput
              label="Seed"
              description="The same seed draws the same z."
              value={seed ?? next}
              min={0}
              max={4294967295}
              allowDecimal={false}
              onChange={(value) => setSeed(Number(value))}
            />
            <NumberInput
              label="Samples to draw"
              value={samples}
              min={10}
              max={50_000}
              allowDecimal={false}
              onChange={(value) => setSamples(Number(value))}
            />
            <NumberInput
              label="Candidates of each class to keep"
              value={perClass}
              min={1}
              max={500}
              allowDecimal={false}
              onChange={(value) => setPerClass(Number(value))}
            />
            <Button type="submit" loading={search.isPending}>
              Draw {whole(samples)} samples
            </Button>
            <Text size="sm" c="dimmed">
              The candidates that are there stay.
            </Text>
          </Stack>
        </form>
        {search.isError && <Refused error={search.error} />}
      </Popover.Dropdown>
    </Popover>
  );
}
