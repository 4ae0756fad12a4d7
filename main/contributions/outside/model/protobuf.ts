import { readSync } from 'node:fs';

/** What is wrong with the bytes of a file; a sentence without its full stop. */
export class NotReadable extends Error {}

/** Content of one field: a number, or where its bytes are. Numbers above 2^53 are rounded. */
export type Field = { wire: 'number'; value: number } | { wire: 'bytes'; end: number } | { wire: 'fixed' };

const windowBytes = 2 ** 18;
/** Files of real models have thousands. */
const mostFields = 5_000_000;
const deepest = 100;

/**
 * Reads messages of protocol buffers (https://protobuf.dev/programming-guides/encoding) from an open file of any size.
 * Bytes that nobody asks for are skipped and never read, so that weights cost neither memory nor time.
 */
export class MessageReader {
  readonly #file: number;
  readonly #size: number;
  readonly #window = Buffer.alloc(windowBytes);
  #windowStart = 0;
  #windowEnd = 0;
  #position = 0;
  #fields = 0;
  #depth = 0;

  /** @param size bytes of the file */
  constructor(file: number, size: number) {
    this.#file = file;
    this.#size = size;
  }

  /**
   * Calls `onField` for each field of a message that ends at `end`. It may read the bytes of a field with `message` or
   * `text`; what it leaves is skipped.
   */
  message(end: number, onField: (field: number, content: Field) => void): void {
    if (++this.#depth > deepest) throw new NotReadable(`Its parts are nested more than ${deepest} deep`);
    while (this.#position < end) {
      if (++this.#fields > mostFields) throw new NotReadable(`It has more than ${mostFields} parts`);
      const key = this.#varint();
      const content = this.#content(key % 8, end);
      const after = content.wire === 'bytes' ? content.end : this.#position;
      onField(Math.floor(key / 8), content);
      this.#position = after;
    }
    if (this.#position > end) throw new NotReadable('A part of it is longer than what contains it');
    this.#depth -= 1;
  }

  /** All of the file. */
  file(onField: (field: number, content: Field) => void): void {
    this.message(this.#size, onField);
  }

  /** @param most characters; null: the rest is cut off @throws NotReadable if there are more */
  text(end: number, most: number, cut = false): string {
    const length = end - this.#position;
    if (length > most && !cut) throw new NotReadable(`A name in it has ${length} characters`);
    const bytes = Buffer.alloc(Math.min(length, most));
    this.#read(bytes);
    return bytes.toString('utf8');
  }

  /** Packed numbers. */
  numbers(end: number, most: number): number[] {
    const values: number[] = [];
    while (this.#position < end) {
      if (values.length === most) throw new NotReadable(`A list in it has more than ${most} numbers`);
      values.push(this.#varint());
    }
    return values;
  }

  #content(wire: number, end: number): Field {
    if (wire === 0) return { wire: 'number', value: this.#varint() };
    if (wire === 2) {
      const length = this.#varint();
      const fieldEnd = this.#position + length;
      if (length < 0 || fieldEnd > end) throw new NotReadable('It is incomplete: a part goes beyond its end');
      return { wire: 'bytes', end: fieldEnd };
    }
    if (wire !== 1 && wire !== 5) throw new NotReadable('It has bytes that belong to no ONNX model');
    this.#position += wire === 1 ? 8 : 4;
    return { wire: 'fixed' };
  }

  /** Signed, as int64. */
  #varint(): number {
    let value = 0;
    let factor = 1;
    for (let count = 0; count < 10; count++) {
      const byte = this.#byte();
      // The sign is in the tenth byte.
      if (count === 9) return byte === 1 ? value - 2 ** 63 : value;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
    throw new NotReadable('It has a number of more than 64 bits');
  }

  #byte(): number {
    if (this.#position < this.#windowStart || this.#position >= this.#windowEnd) this.#fill();
    return this.#window[this.#position++ - this.#windowStart]!;
  }

  #fill(): void {
    this.#windowStart = this.#position;
    this.#windowEnd = this.#position + readSync(this.#file, this.#window, 0, windowBytes, this.#position);
    if (this.#windowEnd === this.#windowStart) throw new NotReadable('It is incomplete');
  }

  #read(bytes: Buffer): void {
    const count = readSync(this.#file, bytes, 0, bytes.length, this.#position);
    if (count < bytes.length) throw new NotReadable('It is incomplete');
    this.#position += count;
  }
}
