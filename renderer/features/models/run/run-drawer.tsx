import { Drawer, Tabs, Group } from '@mantine/core';
import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import type { RunDetails } from '../../../../main/contract/api/runs.ts';
import { runNotFound } from '../../../../main/contract/errors.ts';
import { useApi } from '../../../client/context.tsx';
import { useRunChanges } from '../../../client/refetch.ts';
import { useParameter } from '../../../navigation/addresses.ts';
import { RunState } from '../../../ui/badges.tsx';
import { ErrorNotice, QueryState } from '../../../ui/states.tsx';
import { RunCurves } from './run-curves.tsx';
import { RunOverview } from './run-overview.tsx';
import { RunLogs, RunProvenance } from './run-records.tsx';
import { TestImages } from './test-images.tsx';
import '../models.css';
import { detach } from '../../../../main/contract/detach.ts';

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
  useRunChanges([id], () => detach(run.refetch()));
  if (run.data) return <RunTabs details={run.data} />;
  return <QueryState query={run} loading="Loading the run" lines={8} />;
}

function RunTabs({ details }: { details: RunDetails }) {
  const { row, task } = details;
  const isClassifier = task.kind === 'classifier';
  const [tab, setTab] = useState<string | null>('overview');
  return (
    <>
      <Group component="h2" className="run-title breaks-words" m="0 0 8px" align="baseline" wrap="nowrap">
        {row.name} <RunState state={row.cancelling ? 'stopping' : row.state} />
      </Group>
      <Tabs value={tab} onChange={setTab} keepMounted={false}>
        <Tabs.List mb="sm">
          <Tabs.Tab value="overview">Overview</Tabs.Tab>
          {details.series.length > 0 && <Tabs.Tab value="curves">Curves</Tabs.Tab>}
          {isClassifier && <Tabs.Tab value="test">Test images</Tabs.Tab>}
          <Tabs.Tab value="provenance">Provenance</Tabs.Tab>
          <Tabs.Tab value="log">Log</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="overview">
          <RunOverview details={details} />
        </Tabs.Panel>
        <Tabs.Panel value="curves">
          <RunCurves details={details} />
        </Tabs.Panel>
        <Tabs.Panel value="test">
          <TestImages details={details} />
        </Tabs.Panel>
        <Tabs.Panel value="provenance">
          <RunProvenance details={details} />
        </Tabs.Panel>
        <Tabs.Panel value="log">
          <RunLogs details={details} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
