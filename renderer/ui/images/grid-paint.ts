import type { Painting, Pen } from '../export/savable.ts';
import { resolveColor } from '../words/colors.ts';
import type { ImageSize } from '../../../main/domain/data/images.ts';
import { type GridLayout, cellPosition, visibleRange } from './grid-layout.ts';
import type { ImageCache, Pixels } from './pixel-image.tsx';

export interface GridImage {
  /** Changes only with the image. */
  id: string | number;
  /** uint8 [height, width, channels], base64 or bytes; null while they load. */
  pixels: Pixels | null;
  /** Accessible name: `3 to 8, alpha 0.4`. */
  label: string;
}

/** Position of a cell's image on the canvas, in CSS pixels. */
export interface CellBox {
  x: number;
  y: number;
  size: number;
}

/** Draws over a cell, e.g. labels, type or entropy. `colour` resolves CSS colors, including `var(--people)`. */
export type CellOverlay = (context: Pen, box: CellBox, index: number, color: (css: string) => string) => void;

/** Parts of a row's name, such as the two classes of a pair: in one line if they fit, else one below the other. */
export type RowName = readonly string[];

const nameFont = '12px system-ui, sans-serif';
const namePadding = 12;
/** Most and least CSS pixels of a row's name. */
const [widestName, narrowestName] = [132, 60];
const oneLine = (name: RowName): string => name.join(' – ');
const inLines = (name: RowName): string[] => name.map((part, n) => (n === 0 ? part : `– ${part}`));

/** Room that rows' names need left of a grid, in CSS pixels. Longer names are cut. */
export function rowNamesRoom(names: readonly RowName[]): number {
  const pen = document.createElement('canvas').getContext('2d');
  if (!pen) return narrowestName + namePadding;
  pen.font = nameFont;
  const width = (text: string): number => pen.measureText(text).width;
  const needed = names.map((name) => {
    const together = width(oneLine(name));
    return together <= widestName ? together : Math.max(...inLines(name).map(width));
  });
  return (
    Math.ceil(
      Math.min(
        widestName,
        needed.reduce((most, each) => Math.max(most, each), narrowestName),
      ),
    ) + namePadding
  );
}

/** The text, or its beginning and an ellipsis if it is wider than that. */
function fitText(pen: Pen, text: string, width: number): string {
  if (pen.measureText(text).width <= width) return text;
  const characters = [...text];
  while (characters.length > 0 && pen.measureText(`${characters.join('')}…`).width > width) characters.pop();
  return `${characters.join('')}…`;
}

export interface GridPicture {
  layout: GridLayout;
  count: number;
  imageAt: (index: number) => GridImage | undefined;
  imageSize: ImageSize;
  overlay: CellOverlay | undefined;
  selected: ReadonlySet<number> | undefined;
  /** The current cell, or null while the grid is not focused. */
  current: number | null;
  rowNames: readonly RowName[] | undefined;
  columnName: ((column: number) => string) | undefined;
}

interface GridView {
  scrollTop: number;
  scrollLeft: number;
  width: number;
  height: number;
}

/** Draws the visible part of a grid on a canvas of the view's size. */
export function paintGrid(canvas: HTMLCanvasElement, picture: GridPicture, view: GridView, cache: ImageCache): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const scale = window.devicePixelRatio || 1;
  resize(canvas, view, scale);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, view.width, view.height);
  paintCells(context, picture, view, cache, colors(canvas));
}

/**
 * The complete grid, without selection and focus. Null while an image loads: the saved picture would lack it.
 * @param beside element whose theme colors are used
 */
export function wholeGrid(beside: Element, picture: GridPicture, cache: ImageCache): Painting | null {
  for (let index = 0; index < picture.count; index++) if (picture.imageAt(index)?.pixels === null) return null;
  const { layout } = picture;
  const width = layout.left + layout.columns * layout.pitch;
  const height = layout.top + layout.rows * layout.down;
  const plain = { ...picture, current: null, selected: undefined };
  const paint = (pen: Pen): void => {
    // The gray around images on the screen.
    pen.fillStyle = '#808080';
    pen.fillRect(0, 0, width, height);
    paintCells(pen, plain, { scrollTop: 0, scrollLeft: 0, width, height }, cache, colors(beside));
  };
  return { width, height, fontFamily: getComputedStyle(beside).fontFamily, paint };
}

function paintCells(
  context: Pen,
  picture: GridPicture,
  view: GridView,
  cache: ImageCache,
  color: (css: string) => string,
): void {
  const [first, last] = visibleRange(picture.layout, picture.count, view.scrollTop, view.height);
  for (let index = first; index <= last; index++) {
    const place = cellPosition(picture.layout, index);
    const box = { x: place.x - view.scrollLeft, y: place.y - view.scrollTop, size: picture.layout.cell };
    paintCell(context, picture, index, box, cache);
    picture.overlay?.(context, box, index, color);
    if (picture.selected?.has(index)) frame(context, box, color('var(--accent)'), 3, '#ffffff');
    if (picture.current === index) frame(context, box, '#ffffff', 2, '#000000');
  }
  paintNames(context, picture, view);
}

function resize(canvas: HTMLCanvasElement, { width, height }: GridView, scale: number): void {
  const [across, down] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== across) canvas.width = across;
  if (canvas.height !== down) canvas.height = down;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
}

function paintCell(
  context: Pen,
  picture: GridPicture,
  index: number,
  { x, y, size }: CellBox,
  cache: ImageCache,
): void {
  const image = picture.imageAt(index);
  if (!image || image.pixels === null) {
    context.strokeStyle = 'rgb(0 0 0 / 25%)';
    context.strokeRect(x + 0.5, y + 0.5, size - 1, size - 1);
    return;
  }
  const { imageSize } = picture;
  const shrink = size / Math.max(imageSize.width, imageSize.height);
  const [width, height] = [imageSize.width * shrink, imageSize.height * shrink];
  context.imageSmoothingEnabled = false;
  const drawn = cache.canvas(image.id, image.pixels, imageSize);
  context.drawImage(drawn, x + (size - width) / 2, y + (size - height) / 2, width, height);
}

function frame(context: Pen, box: CellBox, color: string, width: number, around: string): void {
  context.lineWidth = width + 2;
  context.strokeStyle = around;
  context.strokeRect(box.x - 0.5, box.y - 0.5, box.size + 1, box.size + 1);
  context.lineWidth = width;
  context.strokeStyle = color;
  context.strokeRect(box.x - 0.5, box.y - 0.5, box.size + 1, box.size + 1);
  context.lineWidth = 1;
}

/** Column names stay visible at the top, row names at the left. */
function paintNames(context: Pen, picture: GridPicture, view: GridView): void {
  const { layout, rowNames, columnName } = picture;
  context.font = nameFont;
  if (rowNames) {
    context.fillStyle = '#808080';
    context.fillRect(0, 0, layout.left - 2, view.height);
    context.fillStyle = '#000000';
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    const [first, last] = visibleRange(layout, picture.count, view.scrollTop, view.height);
    for (let row = Math.floor(first / layout.columns); row <= Math.floor(last / layout.columns); row++) {
      const y = layout.top + row * layout.down - view.scrollTop + layout.cell / 2;
      const [name, room] = [rowNames[row] ?? [], layout.left - namePadding];
      const lines = context.measureText(oneLine(name)).width <= room ? [oneLine(name)] : inLines(name);
      lines.forEach((line, n) => {
        context.fillText(fitText(context, line, room), layout.left - 8, y + 15 * (n - (lines.length - 1) / 2));
      });
    }
  }
  if (!columnName) return;
  context.fillStyle = '#808080';
  context.fillRect(0, 0, view.width, layout.top - 2);
  context.fillStyle = '#000000';
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (let column = 0; column < layout.columns; column++) {
    const x = layout.left + column * layout.pitch - view.scrollLeft + layout.cell / 2;
    context.fillText(columnName(column), x, layout.top / 2, layout.pitch);
  }
}

/** Resolves CSS colors, each once per drawing. */
function colors(beside: Element): (css: string) => string {
  const known = new Map<string, string>();
  return (css) => {
    const color = known.get(css) ?? resolveColor(css, beside);
    known.set(css, color);
    return color;
  };
}
