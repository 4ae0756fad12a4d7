import { Button, Title, Box } from '@mantine/core';
import { useRef, useState } from 'react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { shownStates, type RunTable as Table, type RunView } from '../../../main/contract/api/runs.ts';
import { taughtNote } from '../../../main/domain/networks/taught-note.ts';
import { formatCount } from '../../../main/domain/numbers/format.ts';
import { useApi } from '../../client/context.tsx';
import { useRunChanges } from '../../client/refetch.ts';
import { modelsAddress, studyAddress, useParameter, useStudy } from '../../navigation/addresses.ts';
import { type ActionError, Empty, ErrorNotice, Loading, useActionError, HelpNote } from '../../ui/parts/states.tsx';
import { AddDrawer } from './add/add-models.tsx';
import { BulkBar } from './table/bulk-bar.tsx';
import { StudyPlaceSelect } from './places.tsx';
import { FilterBar } from './table/filter-bar.tsx';
import { groupNote } from './table/group-lines.tsx';
import { RunTable } from './table/run-table.tsx';
import { ColumnsMenu, SaveTable, ViewsMenu } from './table/table-menus.tsx';
import { useRunRows } from './table/use-run-rows.ts';
import { defaultView, isFiltered, noFilter, useRunView } from './table/view.ts';
import { isActive, removeLabel } from '../../ui/parts/job-progress.tsx';
import { TrainButton } from '../../ui/parts/part-screen.tsx';
import { listAt } from '../../ui/places/places.ts';
import { StepState, useStepState } from '../../ui/parts/step-state.tsx';
import { stopping } from '../../ui/parts/training-words.ts';
import { CallButton, LinkButton } from '../../ui/parts/buttons.tsx';
import './models.css';

/** A study's models: the run table and its actions. */
export function ModelsScreen() {
  const study = useStudy();
  const [known, setView] = useRunView(study);
  const [only, showOnly] = useParameter('state');
  const state = shownStates.find((each) => each === only);
  const view = known && state ? { ...known, filter: { ...noFilter, states: [state] } } : known;
  const [isAdding, setAdding] = useParameter('add');
  const [like] = useParameter('like');
  const [, navigate] = useLocation();
  return (
    <div className="models-page">
      {view ? (
        <Runs
          key={study}
          study={study}
          view={view}
          onView={(changed) => {
            // The filter of the address is not remembered: it was meant for one look.
            const isFilter = changed.filter !== view.filter;
            if (state && isFilter) showOnly(null);
            setView(isFilter ? changed : { ...changed, filter: known?.filter ?? noFilter });
          }}
          onAdd={() => setAdding('models')}
        />
      ) : (
        <Loading />
      )}
      <AddDrawer
        study={study}
        like={like}
        opened={isAdding !== null}
        onClose={() => navigate(modelsAddress(study), { replace: true })}
      />
    </div>
  );
}

interface RunsProps {
  study: string;
  /** Null: the remembered view is still loading. The default view's rows are fetched meanwhile, as it is the likely one. */
  view: RunView | null;
  onView: (view: RunView) => void;
  onAdd: () => void;
}

function Runs({ study, view: known, onView, onAdd }: RunsProps) {
  const view = known ?? defaultView;
  const rows = useRunRows(study, view);
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const [, openRun] = useParameter('run');
  const { onError, notice } = useActionError();
  const scroller = useRef<HTMLDivElement>(null);
  const table = known ? rows.table : undefined;
  const chosen = table ? table.ids.filter((id) => selected.has(id)) : [];
  return (
    <>
      <Head study={study} onAdd={onAdd} onError={onError} table={table} />
      {/* What an action was refused for may be why rows do not load: it is said once. */}
      {notice ?? (rows.error !== null && <ErrorNotice error={rows.error} onRetry={rows.refetch} />)}
      {!table && rows.error === null && <Loading label="Loading the runs" lines={8} />}
      {table && table.total === 0 && <NoRuns table={table} onAdd={onAdd} study={study} onError={onError} />}
      {table && table.total > 0 && (
        <>
          <FilterBar table={table} view={view} onView={onView} onDone={() => scroller.current?.focus()}>
            <ViewsMenu study={study} view={view} onView={onView} onError={onError} />
            <ColumnsMenu view={view} onView={onView} table={table} />
            <SaveTable study={study} view={view} table={table} onError={onError} />
          </FilterBar>
          {table.groups.length > 0 && <HelpNote>{groupNote}</HelpNote>}
          {table.testedOnTaught && <HelpNote>{taughtNote}</HelpNote>}
          {chosen.length > 0 && (
            <BulkBar
              study={study}
              onError={onError}
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
              title="No runs match the filter"
              actions={
                isFiltered(view.filter) && (
                  <Button variant="filled" onClick={() => onView({ ...view, filter: noFilter })}>
                    Show all runs
                  </Button>
                )
              }
            />
          ) : (
            <div className="data-table run-table">
              <RunTable
                label={`Runs of ${study}`}
                table={table}
                rows={rows}
                view={view}
                onView={onView}
                selected={selected}
                scroller={scroller}
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

type OnError = ActionError['onError'];

interface HeadProps {
  study: string;
  table: Table | undefined;
  onAdd: () => void;
  onError: OnError;
}

function Head({ study, table, onAdd, onError }: HeadProps) {
  // An empty table has its own button for this.
  const untrained = table && table.total > 0 ? table.waiting + table.planned : 0;
  const state = useStepState(study, 'models');
  const hasTrain = untrained > 0 && state !== 'blocked';
  return (
    <header className="screen-head">
      <Title order={1}>Models</Title>
      <StepState
        study={study}
        step="models"
        isOwn={({ goal, label }) => hasTrain && goal === 'models' && label.startsWith('Train')}
      />
      <Box component="span" ml="auto" />
      <StudyPlaceSelect study={study} onError={onError} />
      {table && table.total > 0 && <LinkButton to={modelsAddress(study, '/matrix')}>Seed studies</LinkButton>}
      {linkedScreens().map(({ path, title }) => (
        <LinkButton key={path} to={modelsAddress(study, path)}>
          {title}
        </LinkButton>
      ))}
      <Button onClick={onAdd}>Add models</Button>
      {table?.working ? (
        <StopButton study={study} onError={onError} />
      ) : (
        hasTrain && <TrainAll study={study} onError={onError} count={untrained} />
      )}
    </header>
  );
}

const linkedScreens = () => listAt('models.screens').filter(({ isLinked }) => isLinked !== false);

function TrainAll({ study, count, onError }: { study: string; count: number; onError: OnError }) {
  const api = useApi();
  const cost = useQuery(api.runs.remaining.queryOptions({ input: { study }, meta: { live: 'self' } }));
  useRunChanges(null, cost.refetch);
  return (
    <TrainButton study={study} onError={onError} cost={cost.data}>
      {formatCount(count, 'model')}
    </TrainButton>
  );
}

function StopButton({ study, onError }: { study: string; onError: OnError }) {
  const api = useApi();
  const stop = useMutation(api.work.stop.mutationOptions({ onError }));
  const jobs = useQuery(api.jobs.list.queryOptions({ input: {} }));
  const own = jobs.data?.filter((job) => job.study === study && job.kind === 'study' && isActive(job)) ?? [];
  const waits = own.length > 0 && own.every((job) => job.state === 'waiting');
  return (
    <CallButton title={waits ? 'Nothing of it has begun' : stopping.study.does} call={stop} input={{ study }}>
      {waits ? removeLabel : stopping.study.label}
    </CallButton>
  );
}

/** @param working whether a job works on the study or will: it queues them */
function NoRuns({ table: { planned, working }, study, onAdd, onError }: HeadProps & { table: Table }) {
  const state = useStepState(study, 'models');
  if (planned === 0) {
    return (
      <Empty
        title="No models planned"
        actions={
          <Button variant="filled" onClick={onAdd}>
            Add models
          </Button>
        }
      >
        A model is one recipe trained with one seed. Start with the paper's models or with a grid of values.
      </Empty>
    );
  }
  return (
    <Empty
      title={`${formatCount(planned, 'model')} planned`}
      actions={
        state === 'blocked' ? (
          <LinkButton variant="filled" to={studyAddress(study)}>
            Open the overview
          </LinkButton>
        ) : (
          !working && <TrainAll study={study} onError={onError} count={planned} />
        )
      }
    >
      {working
        ? 'Their runs appear here when the job of this study begins.'
        : state === 'blocked'
          ? 'They need the data set, which could not be read. The overview says why, and what to do.'
          : 'None of them is queued yet. You can stop training at any time and resume it later.'}
    </Empty>
  );
}
