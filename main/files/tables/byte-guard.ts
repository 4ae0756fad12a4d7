import { tableError } from './table-errors.ts';

/** Larger files are refused: what they hold would not be analysed in reasonable time and memory. */
export const maxFileBytes = 1_000_000_000;

/**
 * Looks at the bytes of a file as they are read, before anything is made of them.
 * @throws UserError `csv.too-large`, `csv.binary` or `csv.encoding`, on the first chunk that shows it.
 */
export class ByteGuard {
  readonly #path: string;
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true });
  #bytes = 0;
  #lines = 1;

  constructor(path: string) {
    this.#path = path;
  }

  check(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes >= maxFileBytes) throw tooLarge(this.#path);
    this.#checkEncoding(chunk);
    this.#lines += countLineFeeds(chunk);
  }

  #checkEncoding(chunk: Buffer): void {
    const startsAsUtf16 = this.#bytes === chunk.length && /^(fffe|feff)/.test(chunk.toString('hex', 0, 2));
    if (startsAsUtf16) throw this.#notUtf8(1);
    const zero = chunk.indexOf(0);
    if (zero >= 0) {
      const what = 'This is not a text file: it holds zero bytes';
      throw tableError(
        this.#path,
        this.#lineAt(chunk, zero),
        'csv.binary',
        what,
        'Choose a CSV file, as plain text in UTF-8.',
      );
    }
    try {
      this.#utf8.decode(chunk, { stream: true });
    } catch {
      throw this.#notUtf8(this.#lineAt(chunk, firstBadByte(chunk)));
    }
  }

  #lineAt(chunk: Buffer, offset: number): number {
    return this.#lines + countLineFeeds(chunk.subarray(0, offset));
  }

  #notUtf8(line: number): Error {
    const remedy = 'Save the file again as CSV in UTF-8 (in Excel: "CSV UTF-8").';
    return tableError(this.#path, line, 'csv.encoding', 'The text is not in UTF-8', remedy);
  }
}

/** The error for a file of `maxFileBytes` or more. */
export function tooLarge(path: string): Error {
  const what = `The file is larger than ${maxFileBytes / 1e6} MB`;
  return tableError(
    path,
    null,
    'csv.too-large',
    what,
    'Split it, for example by target accuracy, and analyse the parts.',
  );
}

function countLineFeeds(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) count++;
  return count;
}

/** Offset of the first byte that is not UTF-8; a character cut off at the chunk's start is not looked for. */
function firstBadByte(chunk: Buffer): number {
  const replaced = chunk.toString('utf8').indexOf('\uFFFD');
  return replaced < 0 ? 0 : Buffer.byteLength(chunk.toString('utf8').slice(0, replaced));
}
