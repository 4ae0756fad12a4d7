import { Box, Group, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { SweepView } from '../../../main/contract/api/sweeps.ts';
import type { Target } from '../../../main/contract/recipes.ts';
import { formatCost, formatCount } from '../../../main/domain/format.ts';
import { targetTitle } from '../../../main/domain/targets.ts';
import { useApi } from '../../client/context.tsx';
import { modelsAddress, useParameter } from '../../navigation/addresses.ts';
import { type Call, CallButton, LinkButton, TextButton } from '../../ui/buttons.tsx';
import { type PlainColumn, PlainTable } from '../../ui/plain-table.tsx';
import { capitalize } from '../../ui/rehearsal.tsx';
import { type ActionError, HelpNote, QueryState, type QueryStateProps } from '../../ui/states.tsx';
import { StepState, useStepState } from '../../ui/step-state.tsx';
import { CellBox } from './cell-box.tsx';
import './models.css';

interface TrainButtonProps {
  study: string;
  onError: ActionError['onError'];
  cost?: Parameters<typeof formatCost>[0] | undefined;
  /** Trains what. */
  children: ReactNode;
}

/** Trains the models of a study that are not trained, with what that takes. */
export function TrainButton({ study, onError, cost, children }: TrainButtonProps) {
  const start = useMutation(useApi().work.start.mutationOptions({ onError }));
  const takes = cost && (
    <Box component="span" fw={400}>
      ({formatCost(cost)})
    </Box>
  );
  return (
    <CallButton variant="filled" call={start} input={{ study, goal: 'models' }} rightSection={takes}>
      Train {children}
    </CallButton>
  );
}

interface PartScreenProps extends Required<Pick<QueryStateProps, 'query' | 'loading'>> {
  study: string;
  title: string;
  action: ActionError;
  /** What is open of it; null: nothing is. */
  trains: ReactNode;
  tools?: ReactNode;
  /** Something to drop is over it. */
  isOver?: boolean;
  children: ReactNode;
}

/** A screen behind Models: how the step stands, the way back, what can be done there, and what it shows. */
export function PartScreen(props: PartScreenProps) {
  const { study, title, action, trains, tools, isOver = false, query, loading, children } = props;
  const state = useStepState(study, 'models');
  // A job trains it or will, or it cannot be trained.
  const waits = state === 'running' || state === 'queued' || state === 'paused' || state === 'blocked';
  return (
    <div className="models-page" data-over={isOver || undefined}>
      <header className="screen-head">
        <Title order={1}>{title}</Title>
        <StepState study={study} step="models" />
        <LinkButton to={modelsAddress(study)} ml="auto">
          Back to models
        </LinkButton>
        {tools}
        {trains !== null && !waits && (
          <TrainButton study={study} onError={action.onError}>
            {trains}
          </TrainButton>
        )}
      </header>
      {action.notice}
      <QueryState query={query} loading={loading} lines={6} />
      {children}
    </div>
  );
}

interface PlannedPartProps<Input> {
  /** `sweep`. */
  kind: string;
  name: string;
  /** Beside the name. */
  tools?: ReactNode;
  remove: Call<Input>;
  input: NoInfer<Input>;
  note: ReactNode;
  children: ReactNode;
}

/** Trainings that were planned together, and can be removed together. */
export function PlannedPart<Input>({ kind, name, tools, remove, input, note, children }: PlannedPartProps<Input>) {
  return (
    <section aria-label={`${capitalize(kind)} ${name}`}>
      <Group component="header" gap="4px 12px">
        <Title order={2}>{name}</Title>
        {tools}
        <CallButton size="xs" variant="subtle" color="gray" call={remove} input={input}>
          Remove {kind}
        </CallButton>
      </Group>
      <HelpNote>{note}</HelpNote>
      {children}
    </section>
  );
}

/** `3 of 12 trainings ended, about 2 min to go`. */
export const endedText = ({ done, runs, cost }: Pick<SweepView, 'done' | 'runs' | 'cost'>): string =>
  `${done} of ${formatCount(runs, 'training')} ended${done < runs ? `, ${formatCost(cost)} to go` : ''}`;

type PlannedCell = Pick<SweepView['cells'][number], 'name' | 'targets' | 'trainings'>;

interface CellTableProps<Cell> {
  /** Accessible name. */
  label: string;
  cells: readonly Cell[];
  /** What tells the cells apart. */
  columns: readonly PlainColumn<Cell>[];
  /** In place of a target that a cell does not have. */
  noTarget?: ReactNode;
  rowTitle: (cell: Cell) => string;
}

/** Cells of trainings: what each is, how many of its seeds met each target, and its trainings. */
export function CellTable<Cell extends PlannedCell>(props: CellTableProps<Cell>) {
  const { label, cells, columns, noTarget, rowTitle } = props;
  const targets = [...new Set(cells.flatMap((cell) => cell.targets.map(({ target }) => target)))];
  const countOf = (cell: Cell, target: Target): ReactNode => {
    const count = cell.targets.find((each) => each.target === target);
    return count ? <CellBox cell={count} /> : noTarget;
  };
  return (
    <PlainTable
      label={label}
      rows={cells}
      rowKey={({ name }) => name}
      rowTitle={rowTitle}
      columns={[
        ...columns,
        ...targets.map((target) => ({ title: targetTitle(target), cell: (cell: Cell) => countOf(cell, target) })),
        { title: 'Trainings', cell: (cell) => <Trainings cell={cell} /> },
      ]}
    />
  );
}

/** A button for each training of a cell; opens it. Names of trainings begin with the cell's. */
function Trainings({ cell: { name, trainings } }: { cell: PlannedCell }) {
  const [, openRun] = useParameter('run');
  if (trainings.length === 0) return <span className="soft">not queued</span>;
  return (
    <Group component="span" gap="4px 12px">
      {trainings.map((training) => (
        <TextButton key={training.id} onClick={() => openRun(String(training.id))}>
          <span className="sr">Open {name}, </span>
          {training.name.slice(name.length + 1)}
        </TextButton>
      ))}
    </Group>
  );
}
