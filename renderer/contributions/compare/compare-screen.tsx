import { Group, Stack, Title } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo } from 'react';
import { maxCompared, type RunRow } from '../../../main/contract/api/index.ts';
import { taughtNote } from '../../../main/domain/networks/index.ts';
import {
  axisFormat,
  type ChartAxis,
  settingAt,
  settingText,
  settingTitle,
} from '../../../main/domain/settings/index.ts';
import type { CompareCalls } from '../../../main/contributions/compare/calls.ts';
import { useApiOf, useRunChanges } from '../../client/index.ts';
import { modelsAddress, useParameter, useStudy } from '../../navigation/index.ts';
import { ArchitectureMark, RunState } from '../../ui/words/index.ts';
import { PlainTable } from '../../ui/tables/index.ts';
import { Empty, HelpNote, LinkButton, QueryState, TextButton } from '../../ui/parts/index.ts';
import { ChoiceField } from '../../ui/fields/index.ts';
import { TargetMarks } from '../../recipes/index.ts';
import { Hyperparameters, outcomesOf, type OutcomesProps } from './hyperparameters.tsx';
import { CompareCurves } from './compare-curves.tsx';
import { ComparePredictions } from './compare-predictions.tsx';
import { parseTarget, targetTitle } from '../../../main/domain/numbers/index.ts';

/** Runs side by side: curves, recipe differences and different predictions. */
export function CompareScreen() {
  const study = useStudy();
  const [runs] = useParameter('runs');
  const ids = [...new Set((runs ?? '').split(',').map(Number))].filter((id) => Number.isInteger(id) && id > 0);
  return (
    <div className="models-page">
      <header className="screen-head">
        <Title order={1}>Compare runs</Title>
        <LinkButton to={modelsAddress(study)} ml="auto">
          Back to models
        </LinkButton>
      </header>
      {ids.length === 0 ? (
        <Empty title="No runs selected">Select two or more runs in the table of models, then choose Compare.</Empty>
      ) : (
        <Compared study={study} ids={ids.slice(0, maxCompared)} />
      )}
    </div>
  );
}

function Compared({ study, ids }: { study: string; ids: number[] }) {
  const api = useApiOf<CompareCalls>('compare');
  const [target, setTarget] = useParameter('target');
  const chosen = target === null ? null : parseTarget(target);
  const comparison = useQuery(
    api.runs.queryOptions({
      input: { study, ids, target: chosen },
      meta: { live: 'self' },
      staleTime: 0,
      placeholderData: keepPreviousData,
    }),
  );
  useRunChanges(ids, comparison.refetch);
  const { data } = comparison;
  const outcomes = useMemo(() => (data ? outcomesOf(data) : []), [data]);
  if (comparison.isError || !data) return <QueryState query={comparison} loading="Loading the runs" lines={8} />;
  return (
    <Stack gap="xl">
      <CompareCurves comparison={data} />
      {data.rows.length > 1 && (
        <section>
          <Title order={2}>Settings and outcomes</Title>
          <Hyperparameters comparison={data} outcomes={outcomes} />
        </section>
      )}
      <section>
        <Title order={2}>Outcomes and recipe differences</Title>
        <Differences comparison={data} outcomes={outcomes} />
      </section>
      <section>
        <Group gap="md" mb="xs">
          <Title order={2}>Predictions for the stimuli</Title>
          {data.targets.length > 1 && (
            <ChoiceField
              aria-label="Snapshots at"
              w={110}
              options={data.targets.map((each) => ({ value: String(each), label: `At ${targetTitle(each)}` }))}
              value={data.target === null ? null : String(data.target)}
              onChange={(value) => setTarget(value, { replace: true })}
            />
          )}
        </Group>
        <ComparePredictions comparison={data} />
      </section>
    </Stack>
  );
}

interface Difference {
  key: string;
  title: ReactNode;
  cell: (run: RunRow, place: number) => ReactNode;
}

/** State and outcomes of each run, then the recipe settings that differ. */
function Differences({ comparison, outcomes }: OutcomesProps) {
  const { rows: runs, differences, sameKeys } = comparison;
  const [, open] = useParameter('run');
  const rows: Difference[] = [
    { key: 'state', title: 'State', cell: ({ state }) => <RunState state={state} /> },
    { key: 'targets', title: 'Accuracy at target (%)', cell: (run) => <TargetMarks row={run} /> },
    ...outcomes
      .filter(({ key }) => key !== 'accuracy')
      .map(({ key, axis, values }) => ({
        key,
        title: axis.title,
        cell: (_: RunRow, place: number) => valueText(values[place] ?? null, axis),
      })),
    ...differences.map(({ key, values }) => ({
      key: `recipe.${key}`,
      title: <span title={key}>{settingTitle(key)}</span>,
      cell: (_: RunRow, place: number) => {
        const value = values[place] ?? null;
        const text =
          value !== null || settingAt(key)?.facts.absent !== undefined ? (
            settingText(key, value ?? 'null')
          ) : (
            <span className="soft">not set</span>
          );
        return value === values[0] ? text : <span className="differs">{text}</span>;
      },
    })),
  ];
  return (
    <>
      <PlainTable
        label="Outcomes and recipe differences"
        rows={rows}
        rowKey={({ key }) => key}
        columns={[
          { title: 'Run', cell: ({ title }) => title },
          ...runs.map((run, place) => ({
            title: (
              <TextButton onClick={() => open(String(run.id))}>
                <ArchitectureMark kind={run.architecture ?? ''}>{run.name}</ArchitectureMark>
              </TextButton>
            ),
            cell: ({ cell }: Difference) => cell(run, place),
          })),
        ]}
      />
      <HelpNote>
        {differences.length === 0 ? 'The recipes are identical' : 'Bold: differs from the first run'}. {sameKeys}{' '}
        settings are the same in every run.
      </HelpNote>
      {runs.some(({ testedOnTaught }) => testedOnTaught) && <HelpNote>{taughtNote}</HelpNote>}
    </>
  );
}

const valueText = (value: number | null, axis: ChartAxis): string => (value === null ? '–' : axisFormat(axis)(value));
