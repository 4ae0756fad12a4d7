import { useMemo, useRef } from 'react';
import type { ImageRow } from '../../../main/contract/api/results-tables.ts';
import { imageClassName } from '../../ui/badges.tsx';
import { alphaText } from '../../ui/boundary-strip.tsx';
import { ExportMenu } from '../../ui/export/export-menu.tsx';
import { capital, usePeople } from '../../ui/rehearsal.tsx';
import { type CellOverlay, StimulusGrid } from '../../ui/stimulus-grid.tsx';
import { votesText } from '../../ui/strip-votes.ts';
import { useOpenImages } from './address.ts';
import { useChoice } from './choice.tsx';
import { differenceCell, labelsCell, labelsFoot, type MapMode, typeCell } from './map-cells.ts';
import { usePictures } from './use-pictures.ts';

export interface StimulusMapProps {
  mode: MapMode;
  rows: readonly ImageRow[];
  /** The same images under a second group; null: not asked for, or on their way. */
  others: readonly ImageRow[] | null;
  title: string;
}

const cell = 46;

/** All images, a row a pair and a column an alpha, with what is said of each drawn over it. */
export function StimulusMap({ mode, rows, others, title }: StimulusMapProps) {
  const { study, overview } = useChoice();
  const { classes, alphas, images } = overview;
  const pictures = usePictures(study, images);
  const open = useOpenImages();
  const people = usePeople();
  const canvas = useRef<HTMLCanvasElement>(null);
  const ordered = useMemo(() => [...rows].sort((a, b) => a.i - b.i || a.j - b.j || a.alpha - b.alpha), [rows]);
  const second = useMemo(() => new Map(others?.map((row) => [row.id, row])), [others]);
  const isTable = alphas.length > 0 && ordered.length === alphas.length * overview.pairs.length;
  const nameOf = (row: ImageRow | undefined): string => (row ? `${classes[row.i]} – ${classes[row.j]}` : '');
  const foot = mode === 'labels' ? labelsFoot : 0;
  const overlay: CellOverlay = (context, box, index, colour) => {
    const row = ordered[index];
    if (!row) return;
    if (mode === 'labels') labelsCell(context, box, row, classes, colour);
    else if (mode === 'types') typeCell(context, box, row, colour);
    else differenceCell(context, box, row, second.get(row.id), colour);
  };
  return (
    <div className="stimulus-map" style={isTable ? { width: alphas.length * (cell + 4) + 84 } : undefined}>
      <StimulusGrid
        label={`${title}. Enter opens an image.`}
        count={ordered.length}
        cell={cell}
        foot={foot}
        imageWidth={pictures.width}
        imageHeight={pictures.height}
        canvasRef={canvas}
        height={Math.min(Math.ceil(ordered.length / Math.max(1, alphas.length)) * (cell + foot + 4) + 26, 820)}
        {...(isTable && {
          columns: alphas.length,
          rowName: (row: number) => nameOf(ordered[row * alphas.length]),
          columnName: (column: number) => alphaText(alphas[column] ?? 0),
        })}
        imageAt={(index) => {
          const row = ordered[index];
          if (!row) return undefined;
          return { id: row.id, pixels: pictures.pixelsOf(row.id), label: spoken(row, classes, people) };
        }}
        overlay={overlay}
        onOpen={(index) => {
          const row = ordered[index];
          if (row) open.image(row.id);
        }}
      />
      <ExportMenu title={title} canvas={() => canvas.current} table={() => tableOf(ordered, second, classes, people)} />
    </div>
  );
}

const spoken = (row: ImageRow, classes: readonly string[], people: string): string =>
  [
    `Image ${row.id}, ${classes[row.i]} to ${classes[row.j]}, alpha ${alphaText(row.alpha)}`,
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
