import { Group, Stack, Title } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { maxCompared } from '../../../../main/contract/api/runs.ts';
import { taughtNote } from '../../../../main/domain/target-arms.ts';
import { settingAt, settingText, settingTitle } from '../../../../main/domain/recipe-settings.ts';
import { axisFormat, type ChartAxis } from '../../../../main/domain/axes.ts';
import { useApi } from '../../../client/context.tsx';
import { useRunChanges } from '../../../client/refetch.ts';
import { modelsAddress, useParameter, useStudy } from '../../../navigation/addresses.ts';
import { ArchitectureMark, RunState } from '../../../ui/badges.tsx';
import { ScrollBox } from '../../../ui/plain-table.tsx';
import { Empty, QueryState, HelpNote } from '../../../ui/states.tsx';
import { LinkButton, TextButton } from '../../../ui/buttons.tsx';
import { ChoiceField } from '../../../ui/fields.tsx';
import { TargetMarks } from '../table/columns.tsx';
import { Hyperparameters, outcomesOf, type OutcomesProps } from './hyperparameters.tsx';
import { CompareCurves } from './compare-curves.tsx';
import { ComparePredictions } from './compare-predictions.tsx';
import '../models.css';
import { parseTarget, targetTitle } from '../../../../main/domain/targets.ts';

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
  const api = useApi();
  const [target, setTarget] = useParameter('target');
  const chosen = target === null ? null : parseTarget(target);
  const comparison = useQuery(
    api.runs.compare.queryOptions({
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

/** State and outcomes of each run, then the recipe settings that differ. */
function Differences({ comparison, outcomes: all }: OutcomesProps) {
  const { rows, differences, sameKeys } = comparison;
  const outcomes = all.filter(({ key }) => key !== 'accuracy');
  return (
    <ScrollBox label="Outcomes and recipe differences">
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">Run</th>
            {rows.map((row) => (
              <th key={row.id} scope="col">
                <RunLink id={row.id}>
                  <ArchitectureMark kind={row.architecture ?? ''}>{row.name}</ArchitectureMark>
                </RunLink>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">State</th>
            {rows.map((row) => (
              <td key={row.id}>
                <RunState state={row.state} />
              </td>
            ))}
          </tr>
          <tr>
            <th scope="row">Accuracy at target (%)</th>
            {rows.map((row) => (
              <td key={row.id}>
                <TargetMarks row={row} />
              </td>
            ))}
          </tr>
          {outcomes.map(({ key, axis, values }) => (
            <tr key={key}>
              <th scope="row">{axis.title}</th>
              {rows.map(({ id }, place) => (
                <td key={id}>{valueText(values[place] ?? null, axis)}</td>
              ))}
            </tr>
          ))}
          {differences.map(({ key, values }) => (
            <tr key={key}>
              <th scope="row" className="on-one-line" title={key}>
                {settingTitle(key)}
              </th>
              {values.map((value, index) => (
                <td key={rows[index]?.id ?? index} className={value === values[0] ? '' : 'differs'}>
                  {value !== null || settingAt(key)?.facts.absent !== undefined ? (
                    settingText(key, value ?? 'null')
                  ) : (
                    <span className="soft">not set</span>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <HelpNote>
        {differences.length === 0 ? 'The recipes are identical' : 'Bold: differs from the first run'}. {sameKeys}{' '}
        settings are the same in every run.
      </HelpNote>
      {rows.some(({ testedOnTaught }) => testedOnTaught) && <HelpNote>{taughtNote}</HelpNote>}
    </ScrollBox>
  );
}

const valueText = (value: number | null, axis: ChartAxis): string => (value === null ? '–' : axisFormat(axis)(value));

function RunLink({ id, children }: { id: number; children: React.ReactNode }) {
  const [, open] = useParameter('run');
  return <TextButton onClick={() => open(String(id))}>{children}</TextButton>;
}
