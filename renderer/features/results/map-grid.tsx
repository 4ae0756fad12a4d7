import { Box } from '@mantine/core';
import { HelpNote } from '../../ui/parts/states.tsx';
import { usePeople } from '../../ui/words/rehearsal.tsx';
import { useThumbnailSize } from '../../ui/images/thumbnails.ts';
import { type ReactNode, useMemo, useRef } from 'react';
import type { LabelRow } from '../../../main/contract/api/results.ts';
import { className, formatAlpha } from '../../../main/domain/numbers/format.ts';
import { ChartFrame, type LegendEntry } from '../../charts/chart-frame.tsx';
import { useClassFilter } from '../../ui/fields/class-filter.tsx';
import type { ExportTable } from '../../ui/export/csv.ts';
import type { Painting, Pen } from '../../ui/export/savable.ts';
import { rowNamesRoom } from '../../ui/images/grid-paint.ts';
import { type CellBox, StimulusGrid } from '../../ui/images/stimulus-grid.tsx';
import { useOpenImages } from '../../results/address.ts';
import { useChoice } from '../../results/choice.tsx';
import { mostPictures, usePictures } from '../../ui/images/use-pictures.ts';
import type { ImageRow } from '../../../main/contract/api/results-tables.ts';
import { typeSigns } from '../../../main/domain/stimuli/image-types.ts';

interface MapGridProps<Row> {
  rows: readonly Row[];
  title: string;
  /** Shown instead of the title, which the heading above has. */
  shownTitle: string;
  /** Number of images and raters, in words. */
  n: string;
  /** Legend of saved pictures; the page has its own above the map. */
  legend?: readonly LegendEntry[];
  /** Height of the line below each image, CSS pixels. */
  foot: number;
  /** Draws on an image, or below it. */
  draw: (context: Pen, box: CellBox, row: Row, color: (css: string) => string) => void;
  /** Accessible name of an image. */
  spoken: (row: Row) => string;
  table: (ordered: readonly Row[]) => ExportTable;
  /** Data are loading: no picture can be saved. */
  isWaiting?: boolean;
}

/** Size of an image, in CSS pixels. */
const usualCell = 46;

/**
 * All images: one row per pair, one column per alpha; those between no classes in the order of people's entropy, the most
 * disagreed on first. Enter opens an image.
 */
export function MapGrid<Row extends LabelRow>(props: MapGridProps<Row>): ReactNode {
  const { title, shownTitle, legend = [], foot, draw, spoken, table, isWaiting = false } = props;
  const { study, overview } = useChoice();
  const { classes, alphas, images } = overview;
  const pictures = usePictures(study, images);
  const open = useOpenImages();
  const people = usePeople();
  const cell = useThumbnailSize(usualCell);
  const drawing = useRef<() => Painting | null>(null);
  const { field, isActive, isShown } = useClassFilter(classes);
  const ordered = useMemo(
    () => props.rows.filter((row) => classesOf(row).some((k) => isShown(classes[k]))).sort(byPlace),
    [props.rows, classes, isShown],
  );
  const n = isActive ? `${ordered.length} of ${props.n}` : props.n;
  const pairs = overview.pairs.filter(({ i, j }) => isShown(classes[i]) || isShown(classes[j]));
  const isTable = alphas.length > 0 && ordered.length === alphas.length * pairs.length;
  const rowNames = useMemo(
    () =>
      isTable
        ? ordered.flatMap(({ i, j }, at) =>
            at % alphas.length === 0 ? [[i, j].map((k) => classes[k ?? -1] ?? String(k))] : [],
          )
        : [],
    [isTable, ordered, alphas.length, classes],
  );
  const height = Math.min(
    Math.ceil(ordered.length / Math.max(1, alphas.length)) * (cell + foot + 4) + 26,
    (820 * cell) / usualCell,
  );
  const openRow = (at: number): void => {
    const row = ordered[at];
    if (row) open.image(row.id);
  };
  return (
    <Box
      className="stimulus-map"
      maw="100%"
      style={isTable ? { width: alphas.length * (cell + 4) + rowNamesRoom(rowNames) + 12 } : undefined}
    >
      {field}
      {ordered.length > 0 && ordered[0]?.i === null && (
        <HelpNote>{`The images that ${people} disagree on most come first.`}</HelpNote>
      )}
      <ChartFrame
        title={title}
        shownTitle={shownTitle}
        n={n}
        height={height + 2}
        legend={[]}
        savedLegend={legend}
        {...(images <= mostPictures && { picture: () => (isWaiting ? null : (drawing.current?.() ?? null)) })}
        table={() => table(ordered)}
        onOpenRow={openRow}
      >
        <StimulusGrid
          label={`${title}. Press Enter to open an image.`}
          count={ordered.length}
          cell={cell}
          foot={foot}
          height={height}
          imageSize={pictures.imageSize}
          drawingRef={drawing}
          {...(isTable && {
            columns: alphas.length,
            rowNames,
            columnName: (column: number) => formatAlpha(alphas[column] ?? 0),
          })}
          imageAt={(index) => {
            const row = ordered[index];
            return row && { id: row.id, pixels: pictures.imagePixels(row.id), label: spoken(row) };
          }}
          overlay={(context, box, index, color) => {
            const row = ordered[index];
            if (row) draw(context, box, row, color);
          }}
          onOpen={openRow}
        />
      </ChartFrame>
    </Box>
  );
}

/** The classes that an image is found by: its pair, or the class that it shows in truth. */
const classesOf = ({ i, j, truth }: LabelRow): number[] =>
  [i, j, ...(i === null ? [truth] : [])].filter((k) => k !== null);

type Placed = LabelRow & Partial<Pick<ImageRow, 'votesEntropy'>>;

/** By pair and alpha; without them by people's entropy, then that of networks' votes, the largest first. */
const byPlace = (a: Placed, b: Placed): number =>
  (a.i ?? 0) - (b.i ?? 0) ||
  (a.j ?? 0) - (b.j ?? 0) ||
  (a.alpha ?? 0) - (b.alpha ?? 0) ||
  (a.i === null ? (b.peopleEntropy ?? -1) - (a.peopleEntropy ?? -1) : 0) ||
  (a.i === null ? (b.votesEntropy ?? -1) - (a.votesEntropy ?? -1) : 0) ||
  a.id - b.id;

/** `Image 7, 0 to 9, alpha 0.5`, or `Image 7, cat`. */
export function imageName(
  { id, i, j, alpha, truth }: Omit<LabelRow, 'people' | 'peopleEntropy'>,
  classes: readonly string[],
): string {
  if (i !== null && j !== null && alpha !== null)
    return `Image ${id}, ${classes[i]} to ${classes[j]}, alpha ${formatAlpha(alpha)}`;
  return truth === null ? `Image ${id}` : `Image ${id}, ${classes[truth]}`;
}

/** What a table says of where images lie: their pair and alpha, or the class that they show in truth. */
export const placeColumns = (rows: readonly LabelRow[]): string[] => {
  if (rows.some(({ i }) => i !== null)) return ['First class', 'Second class', 'Alpha'];
  return rows.some(({ truth }) => truth !== null) ? ['True class'] : [];
};

/** The cells of these columns. */
export function placeCells(columns: readonly string[], { i, j, alpha, truth }: LabelRow, classes: readonly string[]) {
  const name = (k: number | null) => (k === null ? null : (classes[k] ?? k));
  if (columns.length === 0) return [];
  return columns.length === 1 ? [name(truth)] : [name(i), name(j), alpha];
}

/** What is drawn on the images: labels of people, types, or differences of two groups. */
export type MapMode = 'labels' | 'types' | 'difference';

type Color = (css: string) => string;
type Context = Pen;

/** Number of classes as a step of the scale: 2, 3, 4 or more. */
const step = (shade: number | null): number => Math.min(5, Math.max(2, shade ?? 2));

/** Background and text color of a type, as in the paper, and its sign. */
export function paint(
  { type, shade }: Pick<ImageRow, 'type' | 'shade'>,
  color: Color,
): { ground: string | null; ink: string; mark: string } {
  if (type === 'type_a') return colored('networks', `A${shade ?? ''}`, step(shade), color);
  if (type === 'type_c') return colored('people', `C${shade ?? ''}`, step(shade), color);
  if (type === 'both_agree' || type === 'both_disagree') {
    const name = type === 'both_agree' ? 'agree' : 'disagree';
    return { ground: color(`var(--${name})`), ink: color(`var(--${name}-text)`), mark: typeSigns[type] };
  }
  return { ground: null, ink: '#000000', mark: '?' };
}

const colored = (scale: string, mark: string, level: number, color: Color) => ({
  ground: color(`var(--${scale}-${level})`),
  ink: color(`var(--${scale}-${level}-text)`),
  mark,
});

/** Figure 4: the type as a color, its letter and the number of classes. */
export function typeCell(context: Context, box: CellBox, row: ImageRow, color: Color): void {
  const { ground, ink, mark } = paint(row, color);
  fill(context, box, ground, row.type === 'both_disagree' ? color('var(--disagree-outline)') : null);
  if (row.type === 'type_c') hatch(context, box, ink);
  // The most common type is drawn lighter.
  const quiet = row.type === 'both_agree' && !row.exception;
  const sign = row.exception ? '!' : mark;
  words(context, sign, box.x + box.size / 2, box.y + box.size / 2, ink, quiet ? 400 : 700, quiet ? 11 : 14);
}

/** Types in two groups, first above second, if they differ. Gray otherwise; `?` if only one group gives a type. */
export function differenceCell(
  context: Context,
  box: CellBox,
  row: ImageRow,
  other: ImageRow | undefined,
  color: Color,
): void {
  if (!other || other.type === row.type || other.type === null || row.type === null) {
    context.fillStyle = 'rgb(128 128 128 / 65%)';
    context.fillRect(box.x, box.y, box.size, box.size);
    if (other && other.type !== row.type)
      words(context, '?', box.x + box.size / 2, box.y + box.size / 2, '#000000', 700, 12);
    return;
  }
  const half = box.size / 2;
  [row, other].forEach((each, at) => {
    const { ground, ink, mark } = paint(each, color);
    const top = box.y + at * half;
    context.fillStyle = ground ?? '#808080';
    context.fillRect(box.x, top, box.size, half);
    words(context, mark, box.x + half, top + half / 2, ink, 700, 12);
  });
  context.strokeStyle = color('var(--ink)');
  context.strokeRect(box.x + 0.5, box.y + 0.5, box.size - 1, box.size - 1);
}

/** Height of the line of labels below an image, CSS pixels. */
export const labelsFoot = 14;

/** Figure 3: the classes that people named, below the image. @param short a few letters of each class */
export function labelsCell(
  context: Context,
  box: CellBox,
  { people }: Pick<LabelRow, 'people'>,
  short: readonly string[],
  color: Color,
): void {
  const named = people
    .map((count, k) => ({ count, k }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || a.k - b.k);
  if (named.length === 0) return;
  const level = named.length > 1 ? 4 : 1;
  const weight = named.length > 1 ? 700 : 400;
  context.font = `${weight} 11px system-ui, sans-serif`;
  const text = fitNames(
    named.map(({ k }) => className(short, k)),
    (words) => context.measureText(words).width <= box.size - 2,
  );
  context.fillStyle = color(`var(--people-${level})`);
  context.fillRect(box.x, box.y + box.size, box.size, labelsFoot);
  const y = box.y + box.size + labelsFoot / 2;
  words(context, text, box.x + box.size / 2, y, color(`var(--people-${level}-text)`), weight, 11, box.size - 2);
}

/** As many names as fit, and how many more there are; at least one. */
function fitNames(names: readonly string[], fits: (text: string) => boolean): string {
  for (let count = names.length; count > 1; count--) {
    const text = [...names.slice(0, count), ...(count < names.length ? [`+${names.length - count}`] : [])].join(' ');
    if (fits(text)) return text;
  }
  return [...names.slice(0, 1), ...(names.length > 1 ? [`+${names.length - 1}`] : [])].join(' ');
}

function fill(context: Context, { x, y, size }: CellBox, ground: string | null, outline: string | null): void {
  context.fillStyle = ground ?? '#808080';
  context.fillRect(x, y, size, size);
  if (outline === null) return;
  context.strokeStyle = outline;
  context.lineWidth = 1.5;
  context.strokeRect(x + 1, y + 1, size - 2, size - 2);
  context.lineWidth = 1;
}

/** Hatching at the bottom of a cell, so that the type shows without color. */
function hatch(context: Context, { x, y, size }: CellBox, ink: string): void {
  context.save();
  context.beginPath();
  context.rect(x, y + size - 7, size, 7);
  context.clip();
  context.globalAlpha = 0.55;
  context.strokeStyle = ink;
  context.beginPath();
  for (let at = -8; at < size; at += 5) {
    context.moveTo(x + at, y + size);
    context.lineTo(x + at + 8, y + size - 8);
  }
  context.stroke();
  context.restore();
}

function words(
  context: Context,
  text: string,
  x: number,
  y: number,
  ink: string,
  weight: number,
  size: number,
  widest?: number,
): void {
  if (text === '') return;
  context.font = `${weight} ${size}px system-ui, sans-serif`;
  context.fillStyle = ink;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, x, y, widest);
}
