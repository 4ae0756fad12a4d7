import type { Savable } from '../../ui/export/index.ts';
import { plainColor, resolveColor } from '../../ui/words/index.ts';

/** Texts around a saved picture. */
export interface PictureTexts {
  title: string;
  /** Sample size: `n = 9 models`. */
  n?: string | undefined;
  /** Labels are simulated: adds a striped bar on top. */
  rehearsal?: boolean;
  legend?: NonNullable<Savable['legend']>;
}

const rehearsalText = 'REHEARSAL: labels are simulated, not from people';
const rehearsalRow = 22;

/** Properties that are written where they differ from the parent's. */
const inherited = [
  ...['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-opacity'],
  ...['font-family', 'font-size', 'font-weight', 'text-anchor', 'dominant-baseline', 'visibility'],
];
/** Properties that are written where they differ from the default. */
const own: readonly (readonly [name: string, usual: string])[] = [
  ['opacity', '1'],
  ['display', 'inline'],
  ['vector-effect', 'none'],
];
const titleRow = 28;
const countRow = 18;
const legendRow = 20;
/** Smallest width, with room for title and rehearsal bar. */
const minWidth = 360;

export interface SvgText {
  text: string;
  width: number;
  height: number;
}

/**
 * A chart as a self-contained SVG file with resolved colors, title and legend. A drawing outside the page (made by
 * `SvgPen`) already has size, font and colors.
 */
export function standaloneSvg(drawn: SVGSVGElement, words: PictureTexts): SvgText {
  const { width: across, height } = drawn.isConnected ? drawn.getBoundingClientRect() : ownSize(drawn);
  const { fontFamily } = drawn.isConnected
    ? getComputedStyle(drawn)
    : { fontFamily: drawn.getAttribute('font-family') ?? '' };
  const width = Math.max(across, textWidth(words, fontFamily));
  const ink = resolveColor('var(--ink)', drawn);
  const ground = resolveColor('var(--surface)', drawn);
  const copy = drawn.cloneNode(true) as SVGSVGElement;
  if (drawn.isConnected) inlineStyles(drawn, copy);
  const top = words.rehearsal ? rehearsalRow : 0;
  const header = top + titleRow + (words.n === undefined ? 0 : countRow);
  const total = height + header + (words.legend?.length ?? 0) * legendRow + 8;
  const root = element('svg', {
    xmlns: 'http://www.w3.org/2000/svg',
    width,
    height: total,
    viewBox: `0 0 ${width} ${total}`,
  });
  root.setAttribute('font-family', fontFamily);
  root.append(element('rect', { width, height: total, fill: ground }));
  if (words.rehearsal) root.append(...rehearsalBar(width, drawn));
  root.append(label(words.title, { x: 8, y: top + 19, fill: ink, 'font-size': 14, 'font-weight': 600 }));
  if (words.n !== undefined) root.append(label(words.n, { x: 8, y: top + 37, fill: ink, 'font-size': 12 }));
  copy.setAttribute('y', String(header));
  copy.setAttribute('width', String(across));
  copy.setAttribute('height', String(height));
  root.append(copy);
  words.legend?.forEach((entry, index) => {
    const y = header + height + index * legendRow + 10;
    root.append(legendMark(entry, y, drawn), label(entry.name, { x: 40, y: y + 4, fill: ink, 'font-size': 12 }));
  });
  return { text: validXml(new XMLSerializer().serializeToString(root)), width, height: total };
}

const ownSize = (drawn: SVGSVGElement) => ({
  width: Number(drawn.getAttribute('width')),
  height: Number(drawn.getAttribute('height')),
});

/** Removes characters that XML does not allow, even escaped: control characters and lone surrogates. */
const validXml = (text: string): string =>
  text.replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '');

function textWidth({ title, n = '', legend = [], rehearsal }: PictureTexts, fontFamily: string): number {
  const pen = document.createElement('canvas').getContext('2d');
  const wide = (font: string, text: string): number => {
    if (!pen) return 0;
    pen.font = `${font} ${fontFamily}`;
    return Math.ceil(pen.measureText(text).width);
  };
  return Math.max(
    ...[minWidth, 16 + wide('600 14px', title), 16 + wide('12px', n)],
    ...[rehearsal ? 20 + wide('600 12px', rehearsalText) : 0],
    ...legend.map(({ name }) => 48 + wide('12px', name)),
  );
}

function legendMark({ color, dash, drawn }: NonNullable<PictureTexts['legend']>[number], y: number, beside: Element) {
  const mark = drawn?.();
  if (mark) {
    const copy = mark.cloneNode(true) as SVGSVGElement;
    inlineStyles(mark, copy);
    copy.setAttribute('x', '14');
    copy.setAttribute('y', String(y - 6));
    return copy;
  }
  const line = element('line', {
    x1: 8,
    x2: 32,
    y1: y,
    y2: y,
    stroke: resolveColor(color, beside),
    'stroke-width': 3,
  });
  if (dash) line.setAttribute('stroke-dasharray', dash);
  return line;
}

function rehearsalBar(width: number, beside: Element): SVGElement[] {
  const ink = resolveColor('var(--rehearsal)', beside);
  const pattern = element('pattern', {
    id: 'rehearsal',
    width: 10,
    height: 10,
    patternUnits: 'userSpaceOnUse',
    patternTransform: 'rotate(45)',
  });
  pattern.append(element('rect', { width: 10, height: 10, fill: resolveColor('var(--rehearsal-stripe)', beside) }));
  pattern.append(element('rect', { width: 3, height: 10, fill: ink }));
  const ground = resolveColor('var(--surface)', beside);
  return [
    pattern,
    element('rect', { width, height: rehearsalRow, fill: 'url(#rehearsal)' }),
    element('rect', { x: 4, y: 3, width: Math.min(width - 8, 348), height: rehearsalRow - 6, fill: ground }),
    label(rehearsalText, { x: 8, y: 15, fill: ink, 'font-size': 12, 'font-weight': 600 }),
  ];
}

/** Longest side in pixels that every browser can draw. */
const maxSide = 16_000;

/** @throws Error if the browser cannot draw it, or only smaller than it is */
export async function svgToPng(svg: SvgText): Promise<Blob> {
  const scale = Math.min(2, maxSide / Math.max(svg.width, svg.height));
  if (scale < 1) throw new Error('The picture is too large for PNG: save it as SVG');
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg.text)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(svg.width * scale);
  canvas.height = Math.round(svg.height * scale);
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return pngOfCanvas(canvas);
}

/** @throws Error if the browser cannot encode it */
function pngOfCanvas(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('The picture is too large to be saved'))),
      'image/png',
    ),
  );
}

function inlineStyles(from: Element, to: Element, above: CSSStyleDeclaration | null = null): void {
  const computed = getComputedStyle(from);
  for (const { name, value } of [...to.attributes]) {
    if (['class', 'style', 'tabindex'].includes(name) || /var\(|color-mix\(/.test(value)) to.removeAttribute(name);
  }
  const { style } = to as SVGElement;
  for (const name of inherited) {
    const value = computed.getPropertyValue(name);
    if (value !== above?.getPropertyValue(name)) style.setProperty(name, plainColor(value));
  }
  for (const [name, usual] of above ? own : []) {
    const value = computed.getPropertyValue(name);
    if (value !== usual) style.setProperty(name, value);
  }
  for (const [index, child] of [...from.children].entries()) {
    const twin = to.children[index];
    if (twin) inlineStyles(child, twin, computed);
  }
}

export function element<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Record<string, string | number>,
): SVGElementTagNameMap[Name] {
  const created = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) created.setAttribute(key, String(value));
  return created;
}

function label(text: string, attributes: Record<string, string | number>): SVGElement {
  const created = element('text', attributes);
  created.textContent = text;
  return created;
}
