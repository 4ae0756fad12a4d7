import type { Painting, Pen } from '../../ui/export/index.ts';
import { element } from './picture.ts';

type Style = Pick<
  Pen,
  | ('fillStyle' | 'strokeStyle' | 'lineWidth' | 'globalAlpha' | 'font' | 'textAlign' | 'textBaseline')
  | 'imageSmoothingEnabled'
>;

const usual: Style = {
  fillStyle: '#000000',
  strokeStyle: '#000000',
  lineWidth: 1,
  globalAlpha: 1,
  font: '10px sans-serif',
  textAlign: 'start',
  textBaseline: 'alphabetic',
  imageSmoothingEnabled: true,
};

const anchors: Partial<Record<CanvasTextAlign, string>> = { center: 'middle', right: 'end', end: 'end' };
/** Offset from the `textBaseline` to the alphabetic baseline, in font sizes, as in browsers. */
const drops: Partial<Record<CanvasTextBaseline, number>> = { middle: 0.35, top: 0.8 };

/** A painting as SVG. */
export function svgOf({ width, height, fontFamily, paint }: Painting): SVGSVGElement {
  const pen = new SvgPen(width, height, fontFamily);
  paint(pen);
  return pen.svg;
}

/** Writes canvas drawing commands as SVG; supports what grid cells use. */
class SvgPen implements Pen {
  readonly svg: SVGSVGElement;
  readonly #measure = document.createElement('canvas').getContext('2d');
  readonly #saved: (Style & { parent: SVGElement })[] = [];
  readonly #urls = new Map<HTMLCanvasElement, string>();
  #parent: SVGElement;
  #path = '';
  #clips = 0;
  fillStyle = usual.fillStyle;
  strokeStyle = usual.strokeStyle;
  lineWidth = usual.lineWidth;
  globalAlpha = usual.globalAlpha;
  font = usual.font;
  textAlign = usual.textAlign;
  textBaseline = usual.textBaseline;
  imageSmoothingEnabled = usual.imageSmoothingEnabled;

  constructor(width: number, height: number, fontFamily: string) {
    this.svg = element('svg', { width, height, viewBox: `0 0 ${width} ${height}`, 'font-family': fontFamily });
    this.#parent = this.svg;
  }

  save(): void {
    const { fillStyle, strokeStyle, lineWidth, globalAlpha, font, textAlign, textBaseline } = this;
    const { imageSmoothingEnabled } = this;
    this.#saved.push({
      fillStyle,
      strokeStyle,
      lineWidth,
      globalAlpha,
      font,
      textAlign,
      textBaseline,
      imageSmoothingEnabled,
      parent: this.#parent,
    });
  }

  restore(): void {
    const last = this.#saved.pop();
    if (!last) return;
    const { parent, ...style } = last;
    Object.assign(this, style);
    this.#parent = parent;
  }

  beginPath(): void {
    this.#path = '';
  }

  moveTo(x: number, y: number): void {
    this.#path += `M${x} ${y}`;
  }

  lineTo(x: number, y: number): void {
    this.#path += `L${x} ${y}`;
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.#path += `M${x} ${y}h${width}v${height}h${-width}z`;
  }

  clip(): void {
    this.#clips += 1;
    const id = `clip-${this.#clips}`;
    const clip = element('clipPath', { id });
    clip.append(element('path', { d: this.#path }));
    const inside = element('g', { 'clip-path': `url(#${id})` });
    this.#parent.append(clip, inside);
    this.#parent = inside;
  }

  stroke(): void {
    this.#add('path', { d: this.#path, fill: 'none', ...this.#line() });
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    this.#add('rect', { x, y, width, height, fill: String(this.fillStyle) });
  }

  strokeRect(x: number, y: number, width: number, height: number): void {
    this.#add('rect', { x, y, width, height, fill: 'none', ...this.#line() });
  }

  measureText(text: string): TextMetrics {
    if (!this.#measure) throw new Error('The browser does not support canvas');
    this.#measure.font = this.font;
    return this.#measure.measureText(text);
  }

  fillText(text: string, x: number, y: number, maxWidth?: number): void {
    const [, weight = '400', size = '10'] = /^(?:(\d+) )?([\d.]+)px/.exec(this.font) ?? [];
    const isTooWide = maxWidth !== undefined && this.measureText(text).width > maxWidth;
    const words = this.#add('text', {
      x,
      y: y + (drops[this.textBaseline] ?? 0) * Number(size),
      fill: String(this.fillStyle),
      'font-size': size,
      'font-weight': weight,
      'text-anchor': anchors[this.textAlign] ?? 'start',
      ...(isTooWide && { textLength: maxWidth, lengthAdjust: 'spacingAndGlyphs' }),
    });
    words.textContent = text;
  }

  drawImage(image: HTMLCanvasElement, x: number, y: number, width: number, height: number): void {
    const href = this.#urls.get(image) ?? image.toDataURL('image/png');
    this.#urls.set(image, href);
    const rendering = this.imageSmoothingEnabled ? 'auto' : 'pixelated';
    this.#add('image', { href, x, y, width, height, 'image-rendering': rendering });
  }

  #line(): Record<string, string | number> {
    return { stroke: String(this.strokeStyle), 'stroke-width': this.lineWidth };
  }

  #add(name: 'path' | 'rect' | 'text' | 'image', attributes: Record<string, string | number>): SVGElement {
    const alpha = this.globalAlpha === 1 ? {} : { opacity: this.globalAlpha };
    const made = element(name, { ...attributes, ...alpha });
    this.#parent.append(made);
    return made;
  }
}
