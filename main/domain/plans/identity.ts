import { createHash, type Hash } from 'node:crypto';
import type { EngineName, Task } from '../../contract/runs/run.ts';
import { imageLength, type ImageSize } from '../data/images.ts';
import type { StimulusSet } from '../stimuli/stimulus-set.ts';

/**
 * JSON with one spelling for each value: keys sorted by code unit, no white space, no keys with `undefined` (RFC 8785
 * for our plain data). @throws TypeError for NaN, infinities, functions, bigint, undefined in an array
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object') {
    const entries = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${entries.join(',')}}`;
  }
  throw new TypeError(`a ${typeof value} has no JSON`);
}

/**
 * A run's identity: SHA-256 of the canonical JSON of what decides its result, and of the engine it is pinned to
 * (null: any). Two studies that need the same training share one run. A data set counts by the hash of its content:
 * where its files lie decides nothing, so a study folder may move.
 */
export function runKey(task: Task, engine: EngineName | null): string {
  const decides: Partial<Task> & { dataSet?: unknown } = { ...task };
  delete decides.dataSet;
  return createHash('sha256')
    .update(canonicalJson({ engine, task: decides }))
    .digest('hex');
}

/**
 * The name of a frozen stimulus set: SHA-256 (lower-case hexadecimal) of an ASCII line and then all pixels, image by
 * image in ascending order of id, row by row, one byte for each channel. The line is
 * `boundary-workbench/stimulus-set/1 <width> <height> <count>\n` for gray images, and
 * `boundary-workbench/stimulus-set/2 <width> <height> <channels> <count>\n` for others. Ids, pairs and alphas do not
 * take part: what was seen decides.
 */
export function stimulusSetHash(set: StimulusSet): string {
  if (set.pixels.length !== imageLength(set) * set.images.length) {
    throw new RangeError('stimulusSetHash: wrong number of pixels');
  }
  return beginSetHash(set, set.images.length).update(set.pixels).digest('hex');
}

/** Begins `stimulusSetHash` for pixels that come in pieces: the caller adds them in their order. */
export function beginSetHash({ width, height, channels }: ImageSize, count: number): Hash {
  const form = channels === 1 ? `1 ${width} ${height}` : `2 ${width} ${height} ${channels}`;
  return createHash('sha256').update(`boundary-workbench/stimulus-set/${form} ${count}\n`, 'ascii');
}

/** SHA-256 of one image's pixels, row by row, one byte for each channel; nothing else, so that any tool can check it. */
export function imageHash(pixels: Uint8Array): string {
  return createHash('sha256').update(pixels).digest('hex');
}
