import { useQuery } from '@tanstack/react-query';
import type { MachineState } from '../../../main/contributions/machine/contract.ts';
import { formatBytes, formatCount } from '../../../main/domain/numbers/index.ts';
import type { MachineCalls } from '../../../main/contributions/machine/calls.ts';
import { followed } from './followed.ts';
import { useApiOf } from '../../client/index.ts';
import { PartsAt } from '../../ui/places/index.ts';
import { ErrorNotice, HelpNote, Loading, LoadingLine, ScreenError } from '../../ui/parts/index.ts';
import { DiskPanel } from './disk-panel.tsx';
import { EnginesPanel } from './engines-panel.tsx';
import { Licenses } from './licenses.tsx';
import { QueuePanel } from './queue-panel.tsx';
import './machine.css';
import { detach } from '../../../main/contract/wire/index.ts';

/** This machine: engines, training settings and disk use, and what contributions add. Each part shows what is known at once, and fills up. */
export function MachineScreen() {
  const api = useApiOf<MachineCalls>('machine');
  const state = useQuery(api.state.queryOptions({ input: {}, meta: followed }));
  const settings = useQuery(api.settings.queryOptions({ input: {}, meta: followed }));
  const error = state.error ?? settings.error;
  if (error) {
    const again = (): void => detach(Promise.all([state.refetch(), settings.refetch()]));
    return <ScreenError title="Machine" error={error} onRetry={again} />;
  }
  return (
    <div className="screen">
      <h1>Machine</h1>
      {state.data && settings.data ? (
        <>
          <Hardware state={state.data} />
          <EnginesPanel state={state.data} />
          <QueuePanel settings={settings.data} engines={state.data.engines} />
          <PartsAt place="machine.section" />
          <DiskPanel />
          <Licenses />
        </>
      ) : (
        <Loading label="Reading the machine's state" lines={8} />
      )}
    </div>
  );
}

function Hardware({ state: { cpu, cores, memoryBytes } }: { state: MachineState }) {
  const api = useApiOf<MachineCalls>('machine');
  const graphics = useQuery(
    api.graphics.queryOptions({ input: {}, staleTime: Number.POSITIVE_INFINITY, meta: { live: 'never' } }),
  );
  return (
    <div>
      <HelpNote>
        {cpu}, {formatCount(cores, 'core')}, {formatBytes(memoryBytes)} of memory.
      </HelpNote>
      {graphics.data ? (
        <HelpNote>
          {graphics.data.seen.length > 0
            ? `${graphics.data.seen.join('; ')}.`
            : `No graphics card is used: ${graphics.data.why}.`}
        </HelpNote>
      ) : graphics.isError ? (
        <ErrorNotice error={graphics.error} onRetry={() => detach(graphics.refetch())} />
      ) : (
        <LoadingLine label="Looking for graphics cards" />
      )}
    </div>
  );
}
