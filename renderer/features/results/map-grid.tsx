import { type ReactNode, useMemo, useRef } from 'react';
import type { LabelRow } from '../../../main/contract/api/results.ts';
import { formatAlpha } from '../../../main/domain/format.ts';
import { ChartFrame, type LegendEntry } from '../../charts/chart-frame.tsx';
import type { ExportTable } from '../../ui/export/csv.ts';
import type { Pen } from '../../ui/export/svg-pen.ts';
import { type CellBox, StimulusGrid } from '../../ui/stimulus-grid.tsx';
import { useOpenImages } from './address.ts';
import { useChoice } from './choice.tsx';
import { mostPictures, usePictures } from './use-pictures.ts';

export interface MapGridProps<Row> {
  rows: readonly Row[];
  title: string;
  /** How many of what it shows. */
  n: string;
  /** What colours mean, for pictures that are saved: on the screen it is said above. */
  legend?: readonly LegendEntry[];
  /** CSS pixels under each image. */
  foot: number;
  /** Draws over an image, or under it. */
  draw: (context: Pen, box: CellBox, row: Row, colour: (css: string) => string) => void;
  /** An image as it is read aloud. */
  spoken: (row: Row) => string;
  table: (ordered: readonly Row[]) => ExportTable;
  /** What is drawn over the images is still to come: no picture is saved. */
  isWaiting?: boolean;
}

const cell = 46;

/** All images, a row a pair and a column an alpha; Enter opens one. */
export function MapGrid<Row extends LabelRow>(props: MapGridProps<Row>): ReactNode {
  const { rows, title, n, legend = [], foot, draw, spoken, table, isWaiting = false } = props;
  const { study, overview } = useChoice();
  const { classes, alphas, images } = overview;
  const pictures = usePictures(study, images);
  const open = useOpenImages();
  const drawing = useRef<() => SVGSVGElement | null>(null);
  const ordered = useMemo(() => [...rows].sort((a, b) => a.i - b.i || a.j - b.j || a.alpha - b.alpha), [rows]);
  const isTable = alphas.length > 0 && ordered.length === alphas.length * overview.pairs.length;
  const nameOf = (row: Row | undefined): string => (row ? `${classes[row.i]} – ${classes[row.j]}` : '');
  const height = Math.min(Math.ceil(ordered.length / Math.max(1, alphas.length)) * (cell + foot + 4) + 26, 820);
  const openRow = (at: number): void => {
    const row = ordered[at];
    if (row) open.image(row.id);
  };
  return (
    <div className="stimulus-map" style={isTable ? { width: alphas.length * (cell + 4) + 84 } : undefined}>
      <ChartFrame
        {...{ title, n, height: height + 2 }}
        legend={[]}
        savedLegend={legend}
        {...(images <= mostPictures && { svg: () => (isWaiting ? null : (drawing.current?.() ?? null)) })}
        table={() => table(ordered)}
        onOpenRow={openRow}
      >
        <StimulusGrid
          label={`${title}. Enter opens an image.`}
          count={ordered.length}
          {...{ cell, foot, height }}
          imageWidth={pictures.width}
          imageHeight={pictures.height}
          drawingRef={drawing}
          {...(isTable && {
            columns: alphas.length,
            rowName: (row: number) => nameOf(ordered[row * alphas.length]),
            columnName: (column: number) => formatAlpha(alphas[column] ?? 0),
          })}
          imageAt={(index) => {
            const row = ordered[index];
            return row && { id: row.id, pixels: pictures.pixelsOf(row.id), label: spoken(row) };
          }}
          overlay={(context, box, index, colour) => {
            const row = ordered[index];
            if (row) draw(context, box, row, colour);
          }}
          onOpen={openRow}
        />
      </ChartFrame>
    </div>
  );
}

/** `Image 7, 0 to 9, alpha 0.5`. */
export const imageName = (row: LabelRow, classes: readonly string[]): string =>
  `Image ${row.id}, ${classes[row.i]} to ${classes[row.j]}, alpha ${formatAlpha(row.alpha)}`;
