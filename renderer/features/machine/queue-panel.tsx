import { Button, Group, Input, NumberInput, Select, Switch, Box, SimpleGrid } from '@mantine/core';
import { getHotkeyHandler } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { MachineEngine, MachineOptions } from '../../../main/contract/api/machine.ts';
import { toRefusal, useApi } from '../../client/context.tsx';
import { engineNames } from '../../ui/badges.tsx';
import { whyPaused } from '../../ui/training-words.ts';
import { showRefusal } from '../../ui/toasts.tsx';

interface QueuePanelProps {
  settings: { options: MachineOptions; threads: number; cores: number; openNow: boolean };
  engines: readonly MachineEngine[];
}

const hours = Array.from({ length: 24 }, (_, hour) => ({ value: String(hour), label: `${hour}:00` }));
const order: ('label' | 'input' | 'description')[] = ['label', 'input', 'description'];
const night = { from: 20, to: 7 };

/** Settings of training: workers, engine, hours. Changes apply at once. */
export function QueuePanel({ settings, engines }: QueuePanelProps) {
  const { options, threads, cores } = settings;
  const api = useApi();
  const queries = useQueryClient();
  const configure = useMutation(
    api.machine.configure.mutationOptions({
      onError: showRefusal,
      onSuccess: (now) => queries.setQueryData(api.machine.settings.queryKey({ input: {} }), now),
    }),
  );
  const workers = useDraftNumber(options.workers, (value) => configure.mutate({ workers: value }));
  const seeds = useDraftNumber(options.seedsPerStep, (value) => configure.mutate({ seedsPerStep: value }));
  const { overnight } = options;
  return (
    <section className="card" aria-labelledby="machine-queue">
      <div className="screen-head">
        <h2 id="machine-queue">Training</h2>
        <span className="screen-tools">
          <PauseButton paused={options.paused} why={whyPaused(settings)} />
        </span>
      </div>
      <SimpleGrid className="machine-settings" minColWidth={240} spacing="lg" style={{ alignItems: 'start' }}>
        <NumberInput
          label="Workers"
          inputWrapperOrder={order}
          description={`Runs at the same time. One per core is fastest: ${cores} on this machine.`}
          min={1}
          max={1024}
          allowDecimal={false}
          {...workers}
        />
        <Input.Wrapper
          size="xs"
          label="Threads per worker"
          labelElement="div"
          inputWrapperOrder={order}
          description={`Always ${threads}, so that trainings are reproducible to the last bit. To train faster, add workers.`}
        >
          <Box component="span" display="block" fz="lg" lh="30px">
            {threads}
          </Box>
        </Input.Wrapper>
        <NumberInput
          label="Seeds in one step"
          inputWrapperOrder={order}
          description="Models that differ only in their seed, trained together. Meant for GPUs; untested so far."
          min={1}
          max={64}
          allowDecimal={false}
          {...seeds}
        />
        <Select
          label="Engine"
          inputWrapperOrder={order}
          description="For new runs. Started runs keep their engine."
          allowDeselect={false}
          value={options.engine}
          data={[
            { value: 'auto', label: 'Fastest that passed its check' },
            ...engines.map(({ name, state }) => ({
              value: name,
              label: engineNames[name],
              disabled: state === 'failed' || state === 'absent',
            })),
          ]}
          onChange={(engine) => engine && configure.mutate({ engine: engine as MachineOptions['engine'] })}
        />
      </SimpleGrid>
      <Group align="end" gap="md">
        <Switch
          label="Train only overnight"
          checked={overnight !== null}
          onChange={(event) => configure.mutate({ overnight: event.currentTarget.checked ? night : null })}
        />
        {overnight && (
          <>
            <Select
              label="From"
              w={96}
              allowDeselect={false}
              data={hours}
              value={String(overnight.from)}
              onChange={(from) => configure.mutate({ overnight: { ...overnight, from: Number(from) } })}
            />
            <Select
              label="To"
              w={96}
              allowDeselect={false}
              data={hours}
              value={String(overnight.to)}
              onChange={(to) => configure.mutate({ overnight: { ...overnight, to: Number(to) } })}
            />
          </>
        )}
      </Group>
      <p className="sr" role="status">
        {configure.isPending && 'Saving'}
        {configure.isError && toRefusal(configure.error).what}
      </p>
    </section>
  );
}

function PauseButton({ paused, why }: { paused: boolean; why: string | null }) {
  const api = useApi();
  const work = useQuery(api.work.state.queryOptions({ input: {} }));
  const pause = useMutation(api.work.pauseAll.mutationOptions({ onError: showRefusal }));
  const resume = useMutation(api.work.resumeAll.mutationOptions({ onError: showRefusal }));
  const study = work.data?.study ?? null;
  return (
    <>
      <span className="soft">
        {study === null && !paused ? 'No training is running.' : (why ?? `Training study ${study}.`)}
      </span>
      {paused ? (
        <Button loading={resume.isPending} onClick={() => resume.mutate({})}>
          Resume all
        </Button>
      ) : (
        <Button variant="default" loading={pause.isPending} onClick={() => pause.mutate({})}>
          Pause all
        </Button>
      )}
    </>
  );
}

/** A number field that saves on Enter or when it loses the focus, not while typing. */
function useDraftNumber(stored: number, save: (value: number) => void) {
  const [draft, setDraft] = useState<number | string>(stored);
  useEffect(() => setDraft(stored), [stored]);
  const commit = (): void => {
    const value = Number(draft);
    if (draft === '' || !Number.isInteger(value) || value < 1) setDraft(stored);
    else if (value !== stored) save(value);
  };
  return {
    value: draft,
    onChange: setDraft,
    onBlur: commit,
    onKeyDown: getHotkeyHandler([['Enter', commit]]),
  };
}
