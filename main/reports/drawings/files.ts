import { drawingStyles } from '../styles.ts';

export interface DrawingFile {
  name: string;
  svg: string;
}

const frames = /<figure id="([^"]+)" class="([^"]*)"[^>]*>(.*?)<\/figure>/gs;
const drawings = /<svg class="(?:chart|heat)[^"]*".*?<\/svg>/gs;

/** Every drawing of a report as a file of its own, named after its figure: `figure-2-1.svg`. Links are left out. */
export function drawingFiles(page: string): DrawingFile[] {
  return [...page.matchAll(frames)].flatMap(([, id, classes, body]) =>
    [...(body ?? '').matchAll(drawings)].map(([svg], at) => ({
      name: `${id}-${at + 1}.svg`,
      svg: standalone(withLegend(svg, body ?? ''), classes?.split(' ').includes('rehearsal') ?? false),
    })),
  );
}

const entries = /<li><svg class="key chart-key([^"]*)"[^>]*>(.*?)<\/svg> (.*?)<\/li>/gs;
const entryHeight = 16;

/** A drawing with the legend of its figure below it, an entry a line. */
function withLegend(svg: string, figure: string): string {
  const found = svg.startsWith('<svg class="chart') ? [...figure.matchAll(entries)] : [];
  const words = found.map(
    ([, hue, key, name], at) =>
      `<g class="chart-key${hue}" transform="translate(44 ${heightOf(svg) + at * entryHeight})">${key}<text class="tick start" x="32" y="11">${name}</text></g>`,
  );
  return grown(svg, found.length * entryHeight, words.join(''));
}

const heightOf = (svg: string): number => Number(/viewBox="0 0 [\d.]+ ([\d.]+)"/.exec(svg)?.[1] ?? 0);

/** A drawing with more room at its lower end, and what stands there. */
function grown(svg: string, by: number, content: string): string {
  const height = heightOf(svg) + by;
  return svg
    .replace(/(viewBox="0 0 [\d.]+) [\d.]+"/, `$1 ${height}"`)
    .replace(/ height="[^"]*"/, ` height="${height}"`)
    .replace(/<\/svg>$/, `${content}</svg>`);
}

/** Room for the line that says of labels where they come from. */
const markHeight = 18;

/** What must be read wherever simulated labels are drawn: the drawing grows by a line, so that nothing is covered. */
function marked(svg: string): string {
  const [, width = '0'] = /viewBox="0 0 ([\d.]+)/.exec(svg) ?? [];
  const y = heightOf(svg) + markHeight - 5;
  const words = `<text class="rehearsal-mark" x="${Number(width) / 2}" y="${y}">Rehearsal: simulated labelers</text>`;
  return grown(svg, markHeight, words);
}

/** A drawing as a file that needs nothing beside it. */
export function standalone(drawing: string, rehearsal: boolean): string {
  const svg = rehearsal ? marked(drawing) : drawing;
  const name = /aria-label="([^"]*)"/.exec(svg)?.[1] ?? '';
  const inner = svg.replace(/<\/?a(?:\s[^>]*)?>/g, '').replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ');
  const head = `<title>${name}</title><style>${drawingStyles}</style>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${inner.replace(/^(<svg[^>]*>)/, `$1${head}`)}\n`;
}
