import type { LabelRow } from '../../../main/contract/api/results.ts';
import type { ImageRow } from '../../../main/contract/api/results-tables.ts';
import { typeSigns } from '../../ui/badges.tsx';
import { truncate } from '../../../main/domain/format.ts';
import type { Pen } from '../../ui/export/svg-pen.ts';
import type { CellBox } from '../../ui/stimulus-grid.tsx';

/** What is drawn over the images: labels of people, types, or where two groups differ. */
export type MapMode = 'labels' | 'types' | 'difference';

type Colour = (css: string) => string;
type Context = Pen;

/** Number of classes as a step of the scale: 2, 3, 4 or more. */
const step = (shade: number | null): number => Math.min(5, Math.max(2, shade ?? 2));

/** Ground and ink of a type, in the paper's colours, and the sign that stands on it. */
export function paint(
  { type, shade }: Pick<ImageRow, 'type' | 'shade'>,
  colour: Colour,
): { ground: string | null; ink: string; mark: string } {
  if (type === 'type_a') return coloured('networks', `A${shade ?? ''}`, step(shade), colour);
  if (type === 'type_c') return coloured('people', `C${shade ?? ''}`, step(shade), colour);
  if (type === 'both_agree' || type === 'both_disagree') {
    const name = type === 'both_agree' ? 'agree' : 'disagree';
    return { ground: colour(`var(--${name})`), ink: colour(`var(--${name}-text)`), mark: typeSigns[type] };
  }
  return { ground: null, ink: '#000000', mark: '?' };
}

const coloured = (scale: string, mark: string, level: number, colour: Colour) => ({
  ground: colour(`var(--${scale}-${level})`),
  ink: colour(`var(--${scale}-${level}-text)`),
  mark,
});

/** Figure 4: the type as a colour, its letter and the number of classes. */
export function typeCell(context: Context, box: CellBox, row: ImageRow, colour: Colour): void {
  const { ground, ink, mark } = paint(row, colour);
  fill(context, box, ground, row.type === 'both_disagree' ? colour('var(--disagree-outline)') : null);
  if (row.type === 'type_c') hatch(context, box, ink);
  // What most images are steps back.
  const quiet = row.type === 'both_agree' && !row.exception;
  const sign = row.exception ? '!' : mark;
  words(context, sign, box.x + box.size / 2, box.y + box.size / 2, ink, quiet ? 400 : 700, quiet ? 11 : 14);
}

/** Two groups in one cell where they differ: the first above, the second below; gray elsewhere, ? with one type only. */
export function differenceCell(
  context: Context,
  box: CellBox,
  row: ImageRow,
  other: ImageRow | undefined,
  colour: Colour,
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
    const { ground, ink, mark } = paint(each, colour);
    const top = box.y + at * half;
    context.fillStyle = ground ?? '#808080';
    context.fillRect(box.x, top, box.size, half);
    words(context, mark, box.x + half, top + half / 2, ink, 700, 12);
  });
  context.strokeStyle = colour('var(--ink)');
  context.strokeRect(box.x + 0.5, box.y + 0.5, box.size - 1, box.size - 1);
}

/** CSS pixels under an image, for the classes that people named. */
export const labelsFoot = 14;

/** Figure 3: the classes that people named, under the image. */
export function labelsCell(
  context: Context,
  box: CellBox,
  { people }: Pick<LabelRow, 'people'>,
  classes: readonly string[],
  colour: Colour,
): void {
  const named = people
    .map((count, k) => ({ count, k }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || a.k - b.k);
  if (named.length === 0) return;
  const text = named.map(({ k }) => truncate(classes[k] ?? String(k), 3)).join(' ');
  const level = named.length > 1 ? 4 : 1;
  context.fillStyle = colour(`var(--people-${level})`);
  context.fillRect(box.x, box.y + box.size, box.size, labelsFoot);
  const y = box.y + box.size + labelsFoot / 2;
  words(
    context,
    text,
    box.x + box.size / 2,
    y,
    colour(`var(--people-${level}-text)`),
    named.length > 1 ? 700 : 400,
    11,
    box.size - 4,
  );
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

/** A sign besides the colour, at the cell's foot. */
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
