import { Input, Box, SimpleGrid } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { MachineOptions } from '../../../main/contract/runs/index.ts';
import type { MachineCalls } from '../../../main/contributions/machine/calls.ts';
import type { MachineEngine } from '../../../main/contributions/machine/contract.ts';
import { toRefusal, useApi, useApiOf } from '../../client/index.ts';
import { machineSettings } from '../../../main/domain/settings/index.ts';
import { SettingFields } from '../../ui/fields/index.ts';
import { CallButton, Card, showRefusal, whyPaused } from '../../ui/parts/index.ts';

interface QueuePanelProps {
  settings: { options: MachineOptions; threads: number; openNow: boolean };
  engines: readonly MachineEngine[];
}

/** Settings of training: workers, engine, hours. Changes apply at once. */
export function QueuePanel({ settings, engines }: QueuePanelProps) {
  const { options, threads, openNow } = settings;
  const opensAt = options.paused || openNow ? null : (options.overnight?.from ?? null);
  const api = useApiOf<MachineCalls>('machine');
  const queries = useQueryClient();
  const configure = useMutation(
    api.configure.mutationOptions({
      onError: showRefusal,
      onSuccess: (now) => queries.setQueryData(api.settings.queryKey({ input: {} }), now),
    }),
  );
  const usable = engines.filter(({ state }) => state !== 'failed' && state !== 'absent').map(({ name }) => name);
  /** Sends only what is new: an earlier change may not have been answered yet. */
  const change = ({ paused: _, ...next }: MachineOptions): void => {
    const changed: Partial<typeof next> = { ...next };
    for (const [key, value] of Object.entries(options)) {
      if (Reflect.get(next, key) === value) Reflect.deleteProperty(changed, key);
    }
    configure.mutate(changed);
  };
  return (
    <Card
      title="Training"
      tools={<PauseButton paused={options.paused} why={whyPaused({ paused: options.paused, opensAt })} />}
    >
      <SimpleGrid className="machine-settings" minColWidth={240} spacing="lg" style={{ alignItems: 'start' }}>
        <Input.Wrapper
          size="xs"
          label="Threads per worker"
          labelElement="div"
          inputWrapperOrder={['label', 'input', 'description']}
          description={`Always ${threads}, so that trainings are reproducible to the last bit. To train faster, add workers.`}
        >
          <Box component="span" display="block" fz="lg" lh="30px">
            {threads}
          </Box>
        </Input.Wrapper>
        <SettingFields
          isLazy
          settings={machineSettings}
          values={options}
          onValues={change}
          context={{ engines: usable }}
        />
      </SimpleGrid>
      <p className="sr" role="status">
        {configure.isPending && 'Saving'}
        {configure.isError && toRefusal(configure.error).what}
      </p>
    </Card>
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
        <CallButton variant="filled" call={resume} input={{}}>
          Resume all
        </CallButton>
      ) : (
        <CallButton call={pause} input={{}}>
          Pause all
        </CallButton>
      )}
    </>
  );
}
