import { useMemo } from 'react';
import type { ImageRow } from '../../../main/contract/api/results-tables.ts';
import { imageClassName } from '../../ui/badges.tsx';
import { capital, usePeople } from '../../ui/rehearsal.tsx';
import { votesText } from '../../ui/strip-votes.ts';
import { useChoice } from './choice.tsx';
import { differenceCell, labelsCell, labelsFoot, type MapMode, typeCell } from './map-cells.ts';
import { imageName, MapGrid } from './map-grid.tsx';

export interface StimulusMapProps {
  mode: MapMode;
  rows: readonly ImageRow[];
  /** The same images under a second group; null: not asked for, or on their way. */
  others: readonly ImageRow[] | null;
  title: string;
}

/** All images, with what is said of each drawn over it. */
export function StimulusMap({ mode, rows, others, title }: StimulusMapProps) {
  const { overview } = useChoice();
  const { classes } = overview;
  const people = usePeople();
  const second = useMemo(() => new Map(others?.map((row) => [row.id, row])), [others]);
  return (
    <MapGrid
      rows={rows}
      title={title}
      foot={mode === 'labels' ? labelsFoot : 0}
      draw={(context, box, row, colour) => {
        if (mode === 'labels') labelsCell(context, box, row, classes, colour);
        else if (mode === 'types') typeCell(context, box, row, colour);
        else differenceCell(context, box, row, second.get(row.id), colour);
      }}
      spoken={(row) => spoken(row, classes, people)}
      table={(ordered) => tableOf(ordered, second, classes, people)}
    />
  );
}

const spoken = (row: ImageRow, classes: readonly string[], people: string): string =>
  [
    imageName(row, classes),
    row.type ? imageClassName(row.type, people, row.exception) : 'no type',
    `${people}: ${votesText(row.people, classes)}`,
    `networks: ${votesText(row.votes, classes)}`,
  ].join('; ');

function tableOf(
  rows: readonly ImageRow[],
  second: ReadonlyMap<number, ImageRow>,
  classes: readonly string[],
  people: string,
) {
  return {
    columns: [
      'Image',
      'First class',
      'Second class',
      'Alpha',
      'Type',
      'Classes named',
      'Exception',
      capital(people),
      'Networks',
      'Type, second group',
    ],
    rows: rows.map((row) => [
      ...[row.id, classes[row.i] ?? row.i, classes[row.j] ?? row.j, row.alpha, row.type, row.shade],
      ...[row.exception ? 'yes' : '', votesText(row.people, classes), votesText(row.votes, classes)],
      second.get(row.id)?.type ?? null,
    ]),
  };
}
