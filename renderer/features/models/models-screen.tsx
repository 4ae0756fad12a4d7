import { Button, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { Link } from 'wouter';
import type { RunTable as Table, RunView } from '../../../main/contract/api/runs.ts';
import { modelsAddress, useParameter, useStudy } from '../../navigation/addresses.ts';
import { useApi } from '../../client/context.tsx';
import { formatCost, formatCount } from '../../../main/domain/format.ts';
import { Empty, Loading, ErrorNotice } from '../../ui/states.tsx';
import { AddDrawer } from './add/add-models.tsx';
import './models.css';
import { useRunChanges } from '../../client/refetch.ts';
import { BulkBar } from './table/bulk-bar.tsx';
import { FilterBar } from './table/filter-bar.tsx';
import { RunTable } from './table/run-table.tsx';
import { ColumnsMenu, SaveTable, ViewsMenu } from './table/table-menus.tsx';
import { useRunRows } from './table/use-run-rows.ts';
import { firstView, isFiltered, noFilter, useRunView } from './table/view.ts';
import { tellRefusal } from './use-run-actions.ts';

/** A study's models: the run table and what can be done to it. */
export function ModelsScreen() {
  const study = useStudy();
  const [view, setView] = useRunView(study);
  const [isAdding, setAdding] = useParameter('add');
  return (
    <div className="models-page">
      {view ? (
        <Runs key={study} {...{ study, view }} onView={setView} onAdd={() => setAdding('models')} />
      ) : (
        <Loading />
      )}
      <AddDrawer study={study} opened={isAdding !== null} onClose={() => setAdding(null)} />
    </div>
  );
}

interface RunsProps {
  study: string;
  /** Null: how it was left is not known yet. The usual view is asked for meanwhile, as it is likely to be that one. */
  view: RunView | null;
  onView: (view: RunView) => void;
  onAdd: () => void;
}

function Runs({ study, view: known, onView, onAdd }: RunsProps) {
  const view = known ?? firstView;
  const rows = useRunRows(study, view);
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const [, openRun] = useParameter('run');
  const scroller = useRef<HTMLDivElement>(null);
  const table = known ? rows.table : undefined;
  const chosen = table ? table.ids.filter((id) => selected.has(id)) : [];
  return (
    <>
      <Head {...{ study, onAdd }} table={table} />
      {!table && rows.error !== null && <ErrorNotice error={rows.error} onRetry={rows.again} />}
      {!table && rows.error === null && <Loading label="Reading the runs" lines={8} />}
      {table && table.total === 0 && <NoRuns planned={table.planned} onAdd={onAdd} study={study} />}
      {table && table.total > 0 && (
        <>
          <FilterBar {...{ table, view, onView }} onDone={() => scroller.current?.focus()}>
            <ViewsMenu {...{ study, view, onView }} />
            <ColumnsMenu {...{ view, onView }} />
            <SaveTable {...{ study, view }} ids={table.ids} />
          </FilterBar>
          {chosen.length > 0 && (
            <BulkBar
              study={study}
              ids={chosen}
              tags={table.facets.tags.map(({ value }) => value)}
              onClear={() => {
                setSelected(new Set());
                scroller.current?.focus();
              }}
            />
          )}
          {table.ids.length === 0 ? (
            <Empty
              title="No run passes the filter"
              actions={
                isFiltered(view.filter) && (
                  <Button onClick={() => onView({ ...view, filter: noFilter })}>Show all runs</Button>
                )
              }
            />
          ) : (
            <div className="data-table run-table">
              <RunTable
                label={`Runs of ${study}`}
                {...{ table, rows, view, onView, selected, scroller }}
                onSelect={setSelected}
                onOpen={(id) => openRun(String(id))}
              />
            </div>
          )}
        </>
      )}
    </>
  );
}

function Head({ study, table, onAdd }: { study: string; table: Table | undefined; onAdd: () => void }) {
  // An empty table offers this by itself.
  const left = table && table.total > 0 ? table.waiting + table.planned : 0;
  return (
    <header className="models-head">
      <Title order={1}>Models</Title>
      {table?.working && <span role="status">Working on this study</span>}
      <span style={{ marginLeft: 'auto' }} />
      {table && table.total > 0 && (
        <Button variant="default" component={Link} href={modelsAddress(study, '/matrix')}>
          Seed studies
        </Button>
      )}
      <Button variant="default" onClick={onAdd}>
        Add models
      </Button>
      {table?.working ? <StopButton study={study} /> : left > 0 && <TrainButton study={study} count={left} />}
    </header>
  );
}

function TrainButton({ study, count }: { study: string; count: number }) {
  const api = useApi();
  const start = useMutation(api.work.start.mutationOptions({ onError: tellRefusal }));
  const cost = useQuery(api.runs.remaining.queryOptions({ input: { study }, meta: { live: 'self' } }));
  useRunChanges(null, () => void cost.refetch());
  return (
    <Button
      loading={start.isPending}
      rightSection={cost.data && <span className="cost-note">({formatCost(cost.data)})</span>}
      onClick={() => start.mutate({ study, goal: 'models' })}
    >
      Train {formatCount(count, 'model')}
    </Button>
  );
}

function StopButton({ study }: { study: string }) {
  const api = useApi();
  const stop = useMutation(api.work.stop.mutationOptions({ onError: tellRefusal }));
  return (
    <Button
      variant="default"
      loading={stop.isPending}
      title="Every run checkpoints and goes on next time"
      onClick={() => stop.mutate({ study })}
    >
      Stop
    </Button>
  );
}

function NoRuns({ planned, study, onAdd }: { planned: number; study: string; onAdd: () => void }) {
  if (planned === 0) {
    return (
      <Empty title="No models yet" actions={<Button onClick={onAdd}>Add models</Button>}>
        A model is one training of one recipe with one seed. Begin with those of the paper, or with a grid of values.
      </Empty>
    );
  }
  return (
    <Empty title={`${formatCount(planned, 'model')} planned`} actions={<TrainButton study={study} count={planned} />}>
      The study asks for them, and none has been queued yet. Training can be stopped at any time and goes on later.
    </Empty>
  );
}
