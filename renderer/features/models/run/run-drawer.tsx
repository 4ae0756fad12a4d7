import { Drawer, Group } from '@mantine/core';
import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { runNotFound } from '../../../../main/contract/wire/errors.ts';
import { useApi } from '../../../client/context.tsx';
import { useRunChanges } from '../../../client/refetch.ts';
import { useParameter } from '../../../navigation/addresses.ts';
import { RunState } from '../../../ui/words/badges.tsx';
import { listAt } from '../../../ui/places/places.ts';
import { ErrorNotice, QueryState, PartTabs } from '../../../ui/parts/states.tsx';
import { RunCurves } from './run-curves.tsx';
import { RunOverview } from './run-overview.tsx';
import { RunLogs, RunProvenance } from './run-records.tsx';
import '../models.css';

/** The run named by the address (`?run=12`), over any screen; Escape closes it. */
export function RunDrawer() {
  const [run, setRun] = useParameter('run');
  const id = run !== null && /^[1-9]\d{0,9}$/.test(run) ? Number(run) : null;
  return (
    <Drawer
      opened={run !== null}
      onClose={() => !isUnderDialog() && setRun(null)}
      size={720}
      title={id === null ? 'Run' : `Run ${id}`}
      classNames={{ body: 'run-drawer' }}
    >
      {id !== null && <Run key={id} id={id} />}
      {id === null && run !== null && <ErrorNotice error={runNotFound(run)} />}
    </Drawer>
  );
}

/** Mantine tells all open dialogs of Escape: it should close the topmost one only. */
const isUnderDialog = (): boolean => document.querySelector('.mantine-Modal-content') !== null;

function Run({ id }: { id: number }) {
  const api = useApi();
  const run = useQuery(api.runs.get.queryOptions({ input: { id }, meta: { live: 'self' }, staleTime: 0 }));
  useRunChanges([id], run.refetch);
  const [tab, setTab] = useState('overview');
  const details = run.data;
  if (!details) return <QueryState query={run} loading="Loading the run" lines={8} />;
  const { row } = details;
  const contributed = listAt('run.parts').filter(({ isShown }) => isShown(details));
  return (
    <>
      <Group component="h2" className="run-title breaks-words" m="0 0 8px" align="baseline" wrap="nowrap">
        {row.name} <RunState state={row.cancelling ? 'stopping' : row.state} />
      </Group>
      <PartTabs
        shown={tab}
        onShow={(part) => setTab(part ?? 'overview')}
        parts={[
          { part: 'overview', title: 'Overview', content: <RunOverview details={details} /> },
          details.series.length > 0 && { part: 'curves', title: 'Curves', content: <RunCurves details={details} /> },
          ...contributed.map(({ part, title, Part }) => ({ part, title, content: <Part details={details} /> })),
          { part: 'provenance', title: 'Provenance', content: <RunProvenance details={details} /> },
          { part: 'log', title: 'Log', content: <RunLogs details={details} /> },
        ]}
      />
    </>
  );
}
