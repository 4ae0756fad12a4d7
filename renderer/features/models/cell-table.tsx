import type { ReactNode } from 'react';
import type { SweepView } from '../../../main/contract/api/sweeps.ts';
import type { Target } from '../../../main/contract/recipes.ts';
import { targetTitle } from '../../../main/domain/targets.ts';
import { type PlainColumn, PlainTable } from '../../ui/plain-table.tsx';
import { CellBox } from './matrix/cell-box.tsx';
import { Trainings } from './trainings.tsx';

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
        { title: 'Trainings', cell: ({ name, trainings }) => <Trainings name={name} trainings={trainings} /> },
      ]}
    />
  );
}
