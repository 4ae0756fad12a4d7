/** What a drawn picture says besides what is in it. */
export interface PictureWords {
  title: string;
  /** Under the picture: what each colour means. */
  legend?: readonly { name: string; colour: string; dash?: string | undefined }[];
}

const kept = [
  ...['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-opacity', 'opacity'],
  ...['font-family', 'font-size', 'font-weight', 'text-anchor', 'dominant-baseline', 'visibility', 'display'],
];
const header = 28;
const legendRow = 20;

/** A chart's drawing as an SVG file that looks the same anywhere: with its colours, its title and its legend. */
export function standaloneSvg(
  drawn: SVGSVGElement,
  words: PictureWords,
): { text: string; width: number; height: number } {
  const { width, height } = drawn.getBoundingClientRect();
  const styles = getComputedStyle(drawn);
  const ink = colourOf('var(--ink)', drawn);
  const ground = colourOf('var(--surface)', drawn);
  const copy = drawn.cloneNode(true) as SVGSVGElement;
  inlineStyles(drawn, copy);
  const total = height + header + (words.legend?.length ?? 0) * legendRow + 8;
  const root = element('svg', {
    xmlns: 'http://www.w3.org/2000/svg',
    width,
    height: total,
    viewBox: `0 0 ${width} ${total}`,
  });
  root.setAttribute('font-family', styles.fontFamily);
  root.append(element('rect', { width, height: total, fill: ground }));
  root.append(label(words.title, { x: 8, y: 19, fill: ink, 'font-size': 14, 'font-weight': 600 }));
  copy.setAttribute('y', String(header));
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  root.append(copy);
  words.legend?.forEach(({ name, colour, dash }, index) => {
    const y = header + height + index * legendRow + 10;
    const stroke = colourOf(colour, drawn);
    const line = element('line', { x1: 8, x2: 32, y1: y, y2: y, stroke, 'stroke-width': 3 });
    if (dash !== undefined) line.setAttribute('stroke-dasharray', dash);
    root.append(line, label(name, { x: 40, y: y + 4, fill: ink, 'font-size': 12 }));
  });
  return { text: new XMLSerializer().serializeToString(root), width, height: total };
}

/** @throws Error if the browser cannot draw it */
export async function pngOfSvg(svg: { text: string; width: number; height: number }, scale = 2): Promise<Blob> {
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
export function pngOfCanvas(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('The picture is too large to be saved'))),
      'image/png',
    ),
  );
}

/** A colour as the browser computes it where `beside` stands: variables and themes resolved. */
export function colourOf(css: string, beside: Element): string {
  const probe = document.createElement('span');
  probe.style.color = css;
  (beside.parentElement ?? document.body).append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function inlineStyles(from: Element, to: Element): void {
  const computed = getComputedStyle(from);
  for (const { name, value } of [...to.attributes]) {
    if (['class', 'style', 'tabindex'].includes(name) || value.includes('var(')) to.removeAttribute(name);
  }
  for (const name of kept) (to as SVGElement).style.setProperty(name, computed.getPropertyValue(name));
  for (const [index, child] of [...from.children].entries()) {
    const twin = to.children[index];
    if (twin) inlineStyles(child, twin);
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
