import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pixelsAt, type StimulusSet } from '../../domain/stimuli/index.ts';
import { encodePng, fileError, makeFolder, writeFileAtomic } from '../../files/index.ts';
import { ZipWriter } from '../../files/zip/index.ts';
import { descriptionName, manifestName, stimuliError } from './manifest.ts';
import { formatDescription, formatManifest } from './format-manifest.ts';

/** Fewer than `maxZipEntries`: an archive also holds the manifest and the description. */
const maxZipImages = 65_000;
const maxZipPixels = 2 ** 30;

/** Files of an export by path, in the order in which an archive holds them. */
type Files = [path: string, bytes: Uint8Array][];

/**
 * Writes a set as PNGs with manifest.csv and manifest.json (docs/data-formats.md): as an archive if the path ends in
 * `.zip`, else as a folder; completely, or not at all. The same set gives the same bytes, on every machine and day.
 *
 * A folder must be new or empty; an archive of this name is replaced.
 * @throws UserError `stimuli.*` or `file.*`
 */
export async function exportStimulusSet(set: StimulusSet, path: string): Promise<void> {
  if (path.toLowerCase().endsWith('.zip')) writeFileAtomic(path, await zipStimulusSet(set, path));
  else writeFolder(toFiles(set), resolve(path));
}

function toFiles(set: StimulusSet): Files {
  const digits = Math.max(4, String(set.images.at(-1)?.id ?? 0).length);
  const names = set.images.map(({ id }) => `images/${String(id).padStart(digits, '0')}.png`);
  const { width, height, channels } = set;
  return [
    [manifestName, Buffer.from(formatManifest(set, names))],
    [descriptionName, Buffer.from(formatDescription(set))],
    ...names.map((name, position): [string, Uint8Array] => [
      name,
      encodePng({ width, height, channels, pixels: pixelsAt(set, position) }),
    ]),
  ];
}

/**
 * The archive of a set. See `exportStimulusSet`.
 * @param path names it in errors
 * @throws UserError `stimuli.zip-too-large`
 */
export async function zipStimulusSet(set: StimulusSet, path = 'the archive'): Promise<Uint8Array> {
  if (set.images.length > maxZipImages || set.pixels.length > maxZipPixels) {
    const what = `${set.images.length} images are more than one zip archive holds`;
    throw stimuliError('zip-too-large', what, path, 'Export the set as a folder: a path without .zip.');
  }
  const output = new PassThrough();
  const bytes = buffer(output);
  const zip = new ZipWriter(output);
  for (const [name, content] of toFiles(set)) await zip.add(name, content);
  await zip.end();
  return bytes;
}

function writeFolder(files: Files, folder: string): void {
  const temporary = join(dirname(folder), `.${basename(folder)}.${randomUUID()}.tmp`);
  try {
    refuseUsed(folder);
    makeFolder(join(temporary, 'images'));
    for (const [path, bytes] of files) writeFileSync(join(temporary, path), bytes);
    if (existsSync(folder)) rmdirSync(folder);
    renameSync(temporary, folder);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw fileError(error, folder);
  }
}

function refuseUsed(folder: string): void {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return;
  throw stimuliError('export-not-empty', 'The folder is not empty', folder, 'Choose a new or an empty folder.');
}
