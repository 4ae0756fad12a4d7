/** What a drawn picture says besides what is in it. */
export interface PictureWords {
  title: string;
  /** How many of what. */
  n?: string | undefined;
  /** Labels are simulated: a striped bar on top says so. */
  rehearsal?: boolean;
  /** Under the picture: what each colour means. `drawn`: its mark on the page, 12 x 12; else a line. */
  legend?: readonly {
    name: string;
    colour: string;
    dash?: string | undefined;
    drawn?: () => SVGSVGElement | null;
  }[];
}

const rehearsalText = 'REHEARSAL: labels are simulated, not from people';
const rehearsalRow = 22;

/** Kept where they are not the parent's. */
const inherited = [
  ...['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-opacity'],
  ...['font-family', 'font-size', 'font-weight', 'text-anchor', 'dominant-baseline', 'visibility'],
];
/** Kept where they are not what they are for every element. */
const own: readonly (readonly [name: string, usual: string])[] = [
  ['opacity', '1'],
  ['display', 'inline'],
  ['vector-effect', 'none'],
];
const titleRow = 28;
const countRow = 18;
const legendRow = 20;
/** A picture has room for the words of a rehearsal and for a title. */
const narrowest = 360;

export interface SvgText {
  text: string;
  width: number;
  height: number;
}

/**
 * A chart's drawing as an SVG file that looks the same anywhere: with its colours, its title and its legend. A drawing that
 * is on no page was made to be saved: it has a width, a height, a font and its colours already.
 */
export function standaloneSvg(drawn: SVGSVGElement, words: PictureWords): SvgText {
  const { width: across, height } = drawn.isConnected ? drawn.getBoundingClientRect() : ownSize(drawn);
  const { fontFamily } = drawn.isConnected
    ? getComputedStyle(drawn)
    : { fontFamily: drawn.getAttribute('font-family') ?? '' };
  const width = Math.max(across, widthOf(words, fontFamily));
  const ink = resolveColour('var(--ink)', drawn);
  const ground = resolveColour('var(--surface)', drawn);
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
  return { text: storable(new XMLSerializer().serializeToString(root)), width, height: total };
}

const ownSize = (drawn: SVGSVGElement) => ({
  width: Number(drawn.getAttribute('width')),
  height: Number(drawn.getAttribute('height')),
});

/** Without what XML has no place for, also not escaped: control characters, halves of letters. A file with them opens nowhere. */
const storable = (text: string): string =>
  text.replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '');

/** Pixels that the words around a picture take, whatever its own width. */
function widthOf({ title, n = '', legend = [], rehearsal }: PictureWords, fontFamily: string): number {
  const pen = document.createElement('canvas').getContext('2d');
  const wide = (font: string, text: string): number => {
    if (!pen) return 0;
    pen.font = `${font} ${fontFamily}`;
    return Math.ceil(pen.measureText(text).width);
  };
  return Math.max(
    ...[narrowest, 16 + wide('600 14px', title), 16 + wide('12px', n)],
    ...[rehearsal ? 20 + wide('600 12px', rehearsalText) : 0],
    ...legend.map(({ name }) => 48 + wide('12px', name)),
  );
}

function legendMark({ colour, dash, drawn }: NonNullable<PictureWords['legend']>[number], y: number, beside: Element) {
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
    stroke: resolveColour(colour, beside),
    'stroke-width': 3,
  });
  if (dash) line.setAttribute('stroke-dasharray', dash);
  return line;
}

/** Stripes over the whole width, and what they mean. */
function rehearsalBar(width: number, beside: Element): SVGElement[] {
  const ink = resolveColour('var(--rehearsal)', beside);
  const pattern = element('pattern', {
    ...{ id: 'rehearsal', width: 10, height: 10, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
  });
  pattern.append(element('rect', { width: 10, height: 10, fill: resolveColour('var(--rehearsal-stripe)', beside) }));
  pattern.append(element('rect', { width: 3, height: 10, fill: ink }));
  const ground = resolveColour('var(--surface)', beside);
  return [
    pattern,
    element('rect', { width, height: rehearsalRow, fill: 'url(#rehearsal)' }),
    element('rect', { x: 4, y: 3, width: Math.min(width - 8, 348), height: rehearsalRow - 6, fill: ground }),
    label(rehearsalText, { x: 8, y: 15, fill: ink, 'font-size': 12, 'font-weight': 600 }),
  ];
}

/** Pixels along a side of a picture that every browser can still draw. */
const longest = 16_000;

/** @throws Error if the browser cannot draw it, or only smaller than it is */
export async function svgToPng(svg: SvgText): Promise<Blob> {
  const scale = Math.min(2, longest / Math.max(svg.width, svg.height));
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

/** A colour as the browser computes it where `beside` stands: variables and themes resolved. */
export function resolveColour(css: string, beside: Element): string {
  const probe = document.createElement('span');
  probe.style.color = css;
  (beside.parentElement ?? document.body).append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return plainColour(color);
}

/** Mixed colours are computed as `color(srgb 0.5 0.2 0 / 0.5)`, which few programs that read SVG know. */
const plainColour = (value: string): string =>
  value.replaceAll(/color\(srgb ([^)]*)\)/g, (_found, parts: string) => {
    const [channels = '', alpha] = parts.split(' / ');
    const rgb = channels.split(' ').map((part) => Math.round(255 * Math.min(1, Math.max(0, Number(part) || 0))));
    return alpha === undefined ? `rgb(${rgb.join(', ')})` : `rgba(${rgb.join(', ')}, ${alpha})`;
  });

function inlineStyles(from: Element, to: Element, above: CSSStyleDeclaration | null = null): void {
  const computed = getComputedStyle(from);
  for (const { name, value } of [...to.attributes]) {
    if (['class', 'style', 'tabindex'].includes(name) || /var\(|color-mix\(/.test(value)) to.removeAttribute(name);
  }
  const { style } = to as SVGElement;
  for (const name of inherited) {
    const value = computed.getPropertyValue(name);
    if (value !== above?.getPropertyValue(name)) style.setProperty(name, plainColour(value));
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

function element(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

function label(text: string, attributes: Record<string, string | number>): SVGElement {
  const made = element('text', attributes);
  made.textContent = text;
  return made;
}
