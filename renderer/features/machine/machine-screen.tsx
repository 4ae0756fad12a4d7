import { useQuery } from '@tanstack/react-query';
import { formatBytes, formatCount } from '../../../main/domain/format.ts';
import { useApi } from '../../client/context.tsx';
import { ScreenError, HelpNote, Loading } from '../../ui/states.tsx';
import { DiskPanel } from './disk-panel.tsx';
import { EnginesPanel } from './engines-panel.tsx';
import { QueuePanel } from './queue-panel.tsx';
import './machine.css';

/** This machine: engines, training settings and disk use. */
export function MachineScreen() {
  const api = useApi();
  const state = useQuery(api.machine.state.queryOptions({ input: {} }));
  const settings = useQuery(api.machine.settings.queryOptions({ input: {} }));
  const error = state.error ?? settings.error;
  if (error) {
    const again = (): void => void Promise.all([state.refetch(), settings.refetch()]);
    return <ScreenError title="Machine" error={error} onRetry={again} />;
  }
  if (!state.data || !settings.data) return <Loading label="Reading the machine's state" lines={8} />;
  const { cpu, cores, memoryBytes, graphics } = state.data;
  return (
    <div className="screen">
      <h1>Machine</h1>
      <HelpNote>
        {cpu}, {formatCount(cores, 'core')}, {formatBytes(memoryBytes)} of memory.{' '}
        {graphics.seen.length > 0 ? graphics.seen.join('; ') : `No graphics card is used: ${graphics.why}.`}
      </HelpNote>
      <EnginesPanel state={state.data} />
      <QueuePanel settings={settings.data} engines={state.data.engines} />
      <DiskPanel />
    </div>
  );
}
