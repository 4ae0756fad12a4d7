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
      svg: standalone(svg, classes?.split(' ').includes('rehearsal') ?? false),
    })),
  );
}

/** Room for the line that says of labels where they come from. */
const markHeight = 18;

/** What must be read wherever simulated labels are drawn: the drawing grows by a line, so that nothing is covered. */
function marked(svg: string): string {
  const [, width = '0', height = '0'] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
  const grown = Number(height) + markHeight;
  const words = `<text class="rehearsal-mark" x="${Number(width) / 2}" y="${grown - 5}">Rehearsal: simulated labelers</text>`;
  return svg
    .replace(/viewBox="[^"]*"/, `viewBox="0 0 ${width} ${grown}"`)
    .replace(/ height="[^"]*"/, ` height="${grown}"`)
    .replace(/<\/svg>$/, `${words}</svg>`);
}

/** A drawing as a file that needs nothing beside it. */
export function standalone(drawing: string, rehearsal: boolean): string {
  const svg = rehearsal ? marked(drawing) : drawing;
  const name = /aria-label="([^"]*)"/.exec(svg)?.[1] ?? '';
  const inner = svg.replace(/<\/?a(?:\s[^>]*)?>/g, '').replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ');
  const head = `<title>${name}</title><style>${drawingStyles}</style>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${inner.replace(/^(<svg[^>]*>)/, `$1${head}`)}\n`;
}
