import { useMemo } from 'react';
import type { ImageRow } from '../../../main/contract/api/results-tables.ts';
import type { LegendEntry } from '../../charts/chart-frame.tsx';
import { imageClassName, typeSigns } from '../../ui/badges.tsx';
import { capitalize, usePeople } from '../../ui/rehearsal.tsx';
import { formatVotes } from '../../ui/votes.ts';
import { useChoice } from './choice.tsx';
import { labelsLegend } from './labels-view.tsx';
import { differenceCell, labelsCell, labelsFoot, type MapMode, typeCell } from './map-cells.ts';
import { imageName, MapGrid } from './map-grid.tsx';
import { typeMeaning } from './type-names.ts';

export interface StimulusMapProps {
  mode: MapMode;
  rows: readonly ImageRow[];
  /** The same images under a second group; null: not asked for, or on their way. */
  others: readonly ImageRow[] | null;
  title: string;
  /** How many of what it shows. */
  n: string;
}

/** All images, with what is said of each drawn over it. */
export function StimulusMap({ mode, rows, others, title, n }: StimulusMapProps) {
  const { overview } = useChoice();
  const { classes } = overview;
  const people = usePeople();
  const second = useMemo(() => new Map(others?.map((row) => [row.id, row])), [others]);
  return (
    <MapGrid
      rows={rows}
      {...{ title, n }}
      legend={mode === 'labels' ? labelsLegend(people) : legendOf(people)}
      isWaiting={mode === 'difference' && others === null}
      foot={mode === 'labels' ? labelsFoot : 0}
      draw={(context, box, row, colour) => {
        if (mode === 'labels') labelsCell(context, box, row, classes, colour);
        else if (mode === 'types') typeCell(context, box, row, colour);
        else differenceCell(context, box, row, second.get(row.id), colour);
      }}
      spoken={(row) => spoken(row, mode === 'difference' ? second.get(row.id) : undefined, classes, people)}
      table={(ordered) => tableOf(ordered, mode === 'difference' ? second : null, classes, people)}
    />
  );
}

/** What the colours mean, in a picture that stands alone. */
const legendOf = (people: string): LegendEntry[] => [
  { name: `A: ${typeMeaning('type_a', people)}`, colour: 'var(--networks-3)' },
  { name: `C: ${typeMeaning('type_c', people)}`, colour: 'var(--people-3)' },
  { name: `${typeSigns.both_disagree}: ${typeMeaning('both_disagree', people)}`, colour: 'var(--disagree-outline)' },
  { name: `${typeSigns.both_agree}: ${typeMeaning('both_agree', people)}`, colour: 'var(--agree)' },
];

/** @param other the same image under a second group */
function spoken(row: ImageRow, other: ImageRow | undefined, classes: readonly string[], people: string): string {
  const typeOf = ({ type, exception }: ImageRow): string =>
    type ? imageClassName(type, people, exception) : 'no type';
  return [
    imageName(row, classes),
    ...(other ? [`first group: ${typeOf(row)}`, `second group: ${typeOf(other)}`] : [typeOf(row)]),
    `${people}: ${formatVotes(row.people, classes)}`,
    ...(other
      ? [
          `networks of the first: ${formatVotes(row.votes, classes)}, of the second: ${formatVotes(other.votes, classes)}`,
        ]
      : [`networks: ${formatVotes(row.votes, classes)}`]),
  ].join('; ');
}

function tableOf(
  rows: readonly ImageRow[],
  second: ReadonlyMap<number, ImageRow> | null,
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
      capitalize(people),
      'Networks',
      ...(second ? ['Type, second group'] : []),
    ],
    rows: rows.map((row) => [
      ...[row.id, classes[row.i] ?? row.i, classes[row.j] ?? row.j, row.alpha, row.type, row.shade],
      ...[row.exception ? 'yes' : '', formatVotes(row.people, classes), formatVotes(row.votes, classes)],
      ...(second ? [second.get(row.id)?.type ?? null] : []),
    ]),
  };
}
