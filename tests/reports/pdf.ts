import { inflateSync } from 'node:zlib';

export interface ReadPdf {
  /** Text of each page, in the order in which it is drawn. */
  pages: string[];
  /** Points: width and height of each page. */
  sizes: [number, number][];
}

interface PdfObject {
  dictionary: string;
  stream: Buffer | null;
}

/** Reads what Chromium's PDF writer makes: plain objects, fonts with ToUnicode, hexadecimal strings. */
export function readPdf(bytes: Buffer): ReadPdf {
  const objects = objectsOf(bytes);
  const fonts = new Map<string, Map<number, string>>();
  for (const [id, { dictionary }] of objects) {
    const reference = /\/ToUnicode (\d+) 0 R/.exec(dictionary)?.[1];
    const map = reference === undefined ? null : objects.get(Number(reference))?.stream;
    if (map) fonts.set(`F${id}`, unicodeOf(map.toString('latin1')));
  }
  const pages = [...objects.values()].filter(({ dictionary }) => /\/Type \/Page\b(?!s)/.test(dictionary));
  return {
    pages: pages.map(({ dictionary }) => {
      const content = Number(/\/Contents (\d+) 0 R/.exec(dictionary)?.[1]);
      return textOf(objects.get(content)?.stream?.toString('latin1') ?? '', fonts);
    }),
    sizes: pages.map(({ dictionary }) => {
      const [, width, height] = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(dictionary) ?? [];
      return [Number(width), Number(height)];
    }),
  };
}

function objectsOf(bytes: Buffer): Map<number, PdfObject> {
  const text = bytes.toString('latin1');
  const objects = new Map<number, PdfObject>();
  for (const match of text.matchAll(/(?:^|\n)(\d+) 0 obj\n/g)) {
    const start = match.index + match[0].length;
    const end = text.indexOf('endobj', start);
    const at = text.indexOf('stream\n', start);
    const hasStream = at >= 0 && at < end;
    const dictionary = text.slice(start, hasStream ? at : end);
    const length = Number(/\/Length (\d+)/.exec(dictionary)?.[1] ?? 0);
    const raw = hasStream ? bytes.subarray(at + 7, at + 7 + length) : null;
    const stream = raw && dictionary.includes('/FlateDecode') ? inflateSync(raw) : raw;
    objects.set(Number(match[1]), { dictionary, stream });
  }
  return objects;
}

/** Glyph to text, from `bfchar` and `bfrange`. */
function unicodeOf(map: string): Map<number, string> {
  const found = new Map<number, string>();
  const hex = (digits: string): string => Buffer.from(digits, 'hex').swap16().toString('utf16le');
  for (const [, block] of map.matchAll(/beginbfchar(.*?)endbfchar/gs)) {
    for (const [, from = '', to = ''] of (block ?? '').matchAll(/<([0-9A-F]+)> <([0-9A-F]+)>/gi))
      found.set(Number.parseInt(from, 16), hex(to));
  }
  for (const [, block] of map.matchAll(/beginbfrange(.*?)endbfrange/gs)) {
    for (const [, from = '', last = '', to = ''] of (block ?? '').matchAll(
      /<([0-9A-F]+)> <([0-9A-F]+)> <([0-9A-F]+)>/gi,
    )) {
      const first = Number.parseInt(from, 16);
      for (let glyph = first; glyph <= Number.parseInt(last, 16); glyph++)
        found.set(glyph, String.fromCodePoint(Number.parseInt(to, 16) + glyph - first));
    }
  }
  return found;
}

function textOf(content: string, fonts: ReadonlyMap<string, ReadonlyMap<number, string>>): string {
  let font: ReadonlyMap<number, string> = new Map();
  let text = '';
  for (const [token, name, digits] of content.matchAll(/\/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>|\bET\b/g)) {
    if (name !== undefined) font = fonts.get(name) ?? new Map();
    else if (digits !== undefined)
      for (let at = 0; at < digits.length; at += 4)
        text += font.get(Number.parseInt(digits.slice(at, at + 4), 16)) ?? '';
    else if (token === 'ET') text += '\n';
  }
  return text;
}
