import { UserError } from '../../../contract/wire/index.ts';
import { channelsSchema } from '../../../contract/recipes/index.ts';
import { stimulusSetHash } from '../../../domain/plans/index.ts';
import { type Channels, isSameSize } from '../../../domain/data/index.ts';
import {
  anchorsOf,
  isAnchorId,
  namePlaces,
  placeColumns,
  type StimulusImage,
  type StimulusSet,
} from '../../../domain/stimuli/index.ts';
import { largest } from '../../../files/index.ts';
import { readCsvBytes } from '../../../files/tables/reading/index.ts';
import {
  CellReader,
  type CsvHeader,
  quote,
  requireColumns,
  type RowHandler,
  rowLocation,
} from '../../../files/tables/index.ts';
import { safePath } from '../../../files/zip/index.ts';
import {
  type anchorColumns,
  channelsColumn,
  descriptionName,
  descriptionSchema,
  type optional,
  required,
  stimuliError,
  truthColumn,
} from '../manifest.ts';

/** Highest number of classes in the product (main/contract/studies/study.ts). */
const maxClasses = 1000;
export const maxImages = 1_000_000;

/** One stimulus as the manifest describes it. */
export interface ManifestRow extends StimulusImage {
  /** Path from the manifest's folder. */
  file: string;
  width: number | null;
  height: number | null;
  /** In which the set is to be read; null: as the images are. */
  channels: Channels | null;
  pixelHash: string | null;
  /** Names manifest and row in errors. */
  where: string;
}

/**
 * Reads manifest.csv: a row for each image; BOM, CRLF, semicolons, tabs and decimal commas are accepted.
 * @param where names the file in errors
 * @param classes number of classes K, if it is known
 * @param most images
 * @returns the rows in ascending order of id
 * @throws UserError `csv.*` or `stimuli.*`, naming file, row and remedy
 */
export async function readManifest(
  bytes: Uint8Array,
  where: string,
  classes = maxClasses,
  most = maxImages,
): Promise<ManifestRow[]> {
  const reader = new ManifestReader(where, classes, most);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  await readCsvBytes(where, buffer, (header) => reader.start(header));
  return reader.finish();
}

class ManifestReader {
  readonly #where: string;
  readonly #classes: number;
  readonly #most: number;
  readonly #rows: ManifestRow[] = [];
  readonly #ids = new Map<number, string>();
  readonly #files = new Map<string, string>();

  constructor(where: string, classes: number, most: number) {
    this.#where = where;
    this.#classes = classes;
    this.#most = most;
  }

  start(header: CsvHeader): RowHandler {
    const isPlaced = namePlaces(header.names);
    requireColumns(header, isPlaced ? [...required, ...placeColumns] : required);
    const columns = new Map(header.names.map((name, column) => [name, column]));
    const read = new CellReader(header);
    const highest = this.#classes - 1;
    return (cells, line) => {
      const cell = (
        name:
          | (typeof required)[number]
          | (typeof placeColumns)[number]
          | (typeof optional)[number]
          | (typeof anchorColumns)[number]
          | typeof channelsColumn
          | typeof truthColumn,
      ): string => cells[columns.get(name) ?? -1]?.trim() ?? '';
      const side = (name: 'width' | 'height'): number | null =>
        cell(name) === '' ? null : read.integer(cell(name), line, name, 1, largest.pngSide);
      const index = (name: 'pair_i' | 'pair_j'): number =>
        read.integer(cell(name), line, name, 0, highest, 'stimuli.pair-out-of-range');
      this.#add({
        id: read.integer(cell('image'), line, 'image', 0, Number.MAX_SAFE_INTEGER),
        file: this.#path(cell('file'), line),
        pairI: isPlaced ? index('pair_i') : null,
        pairJ: isPlaced ? index('pair_j') : null,
        alpha: isPlaced ? read.decimal(cell('alpha'), line, 'alpha', 0, 1) : null,
        ...anchorsOf({ anchorI: this.#anchor(cell('anchor_i'), line), anchorJ: this.#anchor(cell('anchor_j'), line) }),
        ...(cell(truthColumn) !== '' && { truth: read.integer(cell(truthColumn), line, truthColumn, 0, highest) }),
        width: side('width'),
        height: side('height'),
        channels: this.#channels(cell(channelsColumn), line),
        pixelHash: this.#hash(cell('pixel_sha256'), line),
        where: rowLocation(this.#where, line),
      });
    };
  }

  finish(): ManifestRow[] {
    const [first] = this.#rows;
    if (!first) throw this.#error(this.#where, 'empty', 'The manifest names no image', 'Give it a row for each image.');
    const other = this.#rows.find(({ channels }) => channels !== first.channels);
    if (other) throw this.#badChannels(`${channelsColumn} is not the same in every row`, other.where);
    return this.#rows.sort((a, b) => a.id - b.id);
  }

  #add(row: ManifestRow): void {
    const { id, file, pairI, pairJ, where } = row;
    if (pairI !== null && pairJ !== null && pairI >= pairJ) {
      const remedy = 'Write the lower class as pair_i; alpha is the weight of pair_j, so swapping makes it 1 - alpha.';
      throw this.#error(where, 'pair-order', `The pair is ${pairI} and ${pairJ}; pair_i must be below pair_j`, remedy);
    }
    const sameId = this.#ids.get(id);
    if (sameId) {
      throw this.#error(
        where,
        'duplicate-image',
        `Image ${id} occurs twice, first in ${sameId}`,
        'Give each image its own id.',
      );
    }
    const sameFile = this.#files.get(file);
    if (sameFile) {
      const what = `The file ${quote(file)} occurs twice, first in ${sameFile}`;
      throw this.#error(where, 'duplicate-file', what, 'Name each file in one row only.');
    }
    if (this.#rows.length >= this.#most) {
      throw this.#error(where, 'too-many', `More than ${this.#most} images are not read`, 'Split the set.');
    }
    this.#ids.set(id, where);
    this.#files.set(file, where);
    this.#rows.push(row);
  }

  #path(cell: string, line: number): string {
    const path = safePath(cell);
    if (path !== null) return path;
    const what = `The path ${quote(cell)} is blank, absolute, leads out of the folder, or has backslashes`;
    const remedy = 'Write a path from the folder of the manifest, with forward slashes, such as images/0001.png.';
    throw this.#error(rowLocation(this.#where, line), 'unsafe-path', what, remedy);
  }

  #anchor(cell: string, line: number): string | null {
    if (cell === '' || isAnchorId(cell)) return cell || null;
    const what = `The anchor is called ${quote(cell)}`;
    const remedy =
      'Name anchors with 1 to 64 letters, digits, dots, dashes, colons and underscores, or leave the cell blank.';
    throw this.#error(rowLocation(this.#where, line), 'bad-anchor', what, remedy);
  }

  #channels(cell: string, line: number): Channels | null {
    if (cell === '') return null;
    const parsed = channelsSchema.safeParse(Number(cell));
    if (parsed.success) return parsed.data;
    throw this.#badChannels(`${channelsColumn} is ${quote(cell)}`, rowLocation(this.#where, line));
  }

  #badChannels(what: string, where: string): UserError {
    const remedy = 'Write 1 in every row for gray images, or 3 for images in color; or remove the column.';
    return this.#error(where, 'bad-channels', what, remedy);
  }

  #hash(cell: string, line: number): string | null {
    if (cell === '') return null;
    if (/^[0-9a-f]{64}$/i.test(cell)) return cell.toLowerCase();
    const what = `pixel_sha256 is ${quote(cell)}, not 64 hexadecimal digits`;
    throw this.#error(rowLocation(this.#where, line), 'bad-hash', what, 'Write the SHA-256, or leave the cell blank.');
  }

  #error(where: string, code: string, what: string, remedy: string): UserError {
    return new UserError(`stimuli.${code}`, what, where, remedy);
  }
}

/**
 * Compares a set with the manifest.json that came with it. A manifest.json of another program is ignored: the name is
 * common.
 * @throws UserError `stimuli.newer-format` or `stimuli.hash-mismatch`
 */
export function checkDescription(text: string, set: StimulusSet, where: string): void {
  const json = parse(text);
  const schema = typeof json === 'object' && json !== null && 'schema' in json ? json.schema : undefined;
  if (typeof schema !== 'string' || !schema.startsWith('boundary-workbench/')) return;
  const description = descriptionSchema.safeParse(json);
  if (!description.success) {
    const what = `This version cannot read this description of a stimulus set (its schema is ${JSON.stringify(schema)})`;
    throw stimuliError('newer-format', what, where, `Update the program, or remove ${descriptionName}.`);
  }
  const { images, width, height, channels = 1, setHash } = description.data;
  const size = { width, height, channels };
  const same = images === set.images.length && isSameSize(size, set);
  if (same && setHash === stimulusSetHash(set)) return;
  throw stimuliError(
    'hash-mismatch',
    'The images are not those that this set had when it was exported',
    where,
    `Copy the set again; if the change is meant, remove ${descriptionName}.`,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
