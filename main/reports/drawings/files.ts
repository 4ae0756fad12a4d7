import { drawingStyles } from '../styles.ts';

export interface DrawingFile {
  name: string;
  svg: string;
}

const frames = /<figure id="([^"]+)"[^>]*>(.*?)<\/figure>/gs;
const drawings = /<svg class="(?:chart|heat)[^"]*".*?<\/svg>/gs;

/** Every drawing of a report as a file of its own, named after its figure: `figure-2-1.svg`. Links are left out. */
export function drawingFiles(page: string): DrawingFile[] {
  return [...page.matchAll(frames)].flatMap(([, id, body]) =>
    [...(body ?? '').matchAll(drawings)].map(([svg], at) => ({ name: `${id}-${at + 1}.svg`, svg: standalone(svg) })),
  );
}

function standalone(svg: string): string {
  const name = /aria-label="([^"]*)"/.exec(svg)?.[1] ?? '';
  const inner = svg.replace(/<\/?a(?:\s[^>]*)?>/g, '').replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ');
  const head = `<title>${name}</title><style>${drawingStyles}</style>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${inner.replace(/^(<svg[^>]*>)/, `$1${head}`)}\n`;
}
