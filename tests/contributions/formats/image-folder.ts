import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { expect } from 'vitest';
import { UserError } from '../../../main/contract/wire/errors.ts';
import type { PreparedSource } from '../../../main/domain/data/data-sources.ts';
import { BlobStore } from '../../../main/files/blobs.ts';
import { remarks } from '../../../main/contributions/formats/stored-images.ts';
import { prepareDataSet } from '../../../main/contributions/formats/prepare.ts';
import { countClasses } from '../../../main/domain/data/class-counts.ts';
import { preparedLabels, readPrepared } from '../../../main/training/data/load/prepared.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

export { folderSource } from '../../folder-source.ts';

/** Pixels that differ from picture to picture, uint8 [height, width, 3]. */
export function pattern(seed: number, width = 8, height = 8): Uint8Array {
  return Uint8Array.from({ length: width * height * 3 }, (_, k) => (k * 37 + seed * 101 + ((k * seed) % 91)) % 256);
}

export function picture(seed: number, width = 8, height = 8): Sharp {
  return sharp(pattern(seed, width, height), { raw: { width, height, channels: 3 } });
}

export const png = (seed: number, width = 8, height = 8): Promise<Buffer> =>
  picture(seed, width, height).png().toBuffer();

export type Files = Record<string, Uint8Array | string>;

/** Two classes of PNGs in a folder without train and test, or in these parts. */
export async function pets(parts: readonly string[] = [''], each = 3): Promise<Files> {
  const files: Files = {};
  let seed = 0;
  for (const part of parts) {
    for (const name of ['cat', 'dog']) {
      for (let k = 0; k < each; k++) files[`${part}${name}/${k}.png`] = await png(++seed);
    }
  }
  return files;
}

export function writeFiles(files: Files, folder = temporaryFolder()): string {
  for (const [name, data] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), data);
  }
  return folder;
}

export async function prepare(source: PreparedSource, folder = temporaryFolder()) {
  const blobs = new BlobStore(folder);
  const context = { progress: () => undefined, signal: new AbortController().signal };
  return { blobs, ...(await prepareDataSet(source, blobs, context)) };
}

export const makePipe = (path: string): Buffer => execFileSync('mkfifo', [path]);

/** What a malformed input ends in: an error, or a remark while the rest is read. Both are one sentence. */
export interface Case {
  name: string;
  source: () => Promise<PreparedSource>;
  /** Code of the error without `data-set.`; absent: the set is prepared. */
  error?: string;
  /** Parts of the sentence, of what it is about, and of what to do. */
  says: RegExp;
  where?: RegExp;
  remedy?: RegExp;
  classes?: string[];
}

/** Prepares the set of a case, and expects the sentence that it ends in. */
export async function expectSentence({ source, error, says, where, remedy, classes }: Case): Promise<void> {
  const declared = await source();
  const outcome = await prepare(declared).catch((thrown: unknown) => thrown);
  if (error !== undefined) {
    if (!(outcome instanceof UserError)) throw outcome;
    const codes = error.split('|').map((code) => (code.includes('.') ? code : `data-set.${code}`));
    expect(codes).toContain(outcome.code);
    expect(outcome.message).toMatch(says);
    expect(outcome.message).not.toMatch(/\.$|\n/);
    expect(outcome.remedy).toMatch(remedy ?? /\.$/);
    expect(outcome.where).toMatch(where ?? /./);
    return;
  }
  if (outcome instanceof Error) throw outcome;
  const { findings, hash, blobs, ...found } = outcome as Awaited<ReturnType<typeof prepare>>;
  const sentences = remarks(findings).filter((sentence) => says.test(sentence));
  expect([...sentences, ...(says.test('') ? [''] : [])]).not.toEqual([]);
  for (const sentence of sentences) expect(sentence).toMatch(/^\P{Ll}.*\.$/u);
  if (classes) expect(found.classes).toEqual(classes);
  expect(readPrepared(declared, hash, blobs).train.count).toBe(found.trainCount);
  const [train, test] = (['train', 'test'] as const).map((part) => findings.classes.map((each) => each[part]));
  const labels = preparedLabels(hash, blobs) ?? expect.fail('nothing is stored');
  expect(countClasses(labels, found.classes.length)).toEqual({ train, test });
}
