import type { ExportTable } from './csv.ts';

/** The drawing interface of grid cells: a canvas context, or whatever draws a `Painting` elsewhere. */
export type Pen = Pick<
  CanvasRenderingContext2D,
  | ('beginPath' | 'rect' | 'moveTo' | 'lineTo' | 'clip' | 'stroke' | 'save' | 'restore')
  | ('fillRect' | 'strokeRect' | 'fillText' | 'measureText' | 'imageSmoothingEnabled')
  | ('fillStyle' | 'strokeStyle' | 'lineWidth' | 'globalAlpha' | 'font' | 'textAlign' | 'textBaseline')
> & {
  drawImage(image: HTMLCanvasElement, x: number, y: number, width: number, height: number): void;
};

/** A picture that is on the page in part only, such as a grid that scrolls. Sizes are in CSS pixels. */
export interface Painting {
  width: number;
  height: number;
  fontFamily: string;
  /** Draws all of it. */
  paint: (pen: Pen) => void;
}

/** What a person can take away of a chart, an image grid or a table. */
export interface Savable {
  /** Title of the chart or table; also names the files. */
  title: string;
  /** Null: the picture is not ready. */
  picture?: () => SVGSVGElement | Painting | null;
  table?: () => ExportTable;
  /** Legend under the picture. `drawn`: the mark on the page, 12 x 12; else a line. */
  legend?: readonly {
    name: string;
    color: string;
    dash?: string | undefined;
    drawn?: () => SVGSVGElement | null;
  }[];
  /** Sample size under the title, e.g. `n = 9 models`. */
  n?: string | undefined;
}
