import { Group, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { TrainedCell, TrainingProgress } from '../../../main/contract/api/index.ts';
import type { Target } from '../../../main/contract/recipes/index.ts';
import { formatCost, formatCount, targetTitle } from '../../../main/domain/numbers/index.ts';
import { useParameter } from '../../navigation/index.ts';
import { type Call, CallButton, HelpNote, TextButton } from '../../ui/parts/index.ts';
import { type PlainColumn, PlainTable } from '../../ui/tables/index.ts';
import { capitalize, StateMark } from '../../ui/words/index.ts';
import { CellBox } from '../../recipes/index.ts';

interface PlannedPartProps<Input> {
  /** `sweep`. */
  kind: string;
  name: string;
  state: TrainingProgress['state'];
  /** Beside the name. */
  tools?: ReactNode;
  remove: Call<Input>;
  input: NoInfer<Input>;
  note: ReactNode;
  children: ReactNode;
}

/** Trainings that were planned together, and can be removed together. */
export function PlannedPart<Input>({
  kind,
  name,
  state,
  tools,
  remove,
  input,
  note,
  children,
}: PlannedPartProps<Input>) {
  return (
    <section aria-label={`${capitalize(kind)} ${name}`}>
      <Group component="header" gap="4px 12px">
        <Title order={2}>{name}</Title>
        <StateMark state={state} />
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
export const endedText = ({ done, runs, cost }: TrainingProgress): string =>
  `${done} of ${formatCount(runs, 'training')} ended${done < runs ? `, ${formatCost(cost)} to go` : ''}`;

/** A cell of trainings that were planned together. */
type PlannedCell = TrainedCell & { readonly name: string };

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
