import { at } from '../../../domain/numbers/index.ts';
import type { ImageInput } from '../../../analysis/outcomes/index.ts';
import { type LabelMatrix, missing } from '../../../analysis/labels/index.ts';
import {
  anchorsOf,
  independenceOf,
  isAnchorId,
  namePlaces,
  placeColumns,
  samePlace,
} from '../../../domain/stimuli/index.ts';
import { readCsv } from '../../../files/tables/reading/index.ts';
import {
  CellReader,
  type CsvHeader,
  quote,
  requireColumns,
  type RowHandler,
  tableError,
} from '../../../files/tables/index.ts';
import {
  anchorColumns,
  humansColumns,
  maxClasses,
  simulatedColumn,
  truthColumn,
} from '../../answers/tables/humans-csv.ts';
import { LabelColumns } from './label-columns.ts';

/** What is known before humans.csv is read. */
interface HumansContext {
  /** Number of classes K. Unknown: one more than the highest class in the file. */
  readonly classes?: number;
  /** The images that exist, and their source for the error. Unknown: any image. */
  readonly knownImages?: { has(id: number): boolean; readonly source: string };
}

/** A humans.csv, images and labelers in the order in which they first came. */
export interface HumansTable {
  readonly path: string;
  readonly classes: number;
  readonly images: readonly ImageInput[];
  readonly labelers: readonly string[];
  /** Missing where the cell is blank, and the image was shown, or the row absent. */
  readonly labels: LabelMatrix & { readonly unanswered: Uint8Array };
  /** Whether any labeler is simulated; then every result made from this table is marked as simulated. */
  readonly simulated: boolean;
}

type HumansImage = HumansTable['images'][number];

/**
 * Reads labels that people gave: a row for each image and labeler, a blank label where none was given (metrics.md 0).
 * @throws UserError `csv.*`, `humans.*` or `file.*`, naming file, row and remedy; nothing is given then.
 */
export async function readHumansCsv(path: string, context: HumansContext = {}): Promise<HumansTable> {
  const table = new HumansBuilder(path, context);
  await readCsv(path, (header) => table.start(header));
  return table.finish();
}

class HumansBuilder {
  readonly #path: string;
  readonly #context: HumansContext;
  readonly #columns = new LabelColumns();
  readonly #labelers = new Map<string, number>();
  readonly #images = new Map<number, { index: number; image: HumansImage; line: number }>();
  #highestClass = 0;
  #simulated = false;

  constructor(path: string, context: HumansContext) {
    this.#path = path;
    this.#context = context;
  }

  start(header: CsvHeader): RowHandler {
    const isPlaced = namePlaces(header.names);
    const needed = isPlaced ? ['image', ...placeColumns, 'labeler', 'label'] : humansColumns;
    const place = new Map(needed.map((name, n) => [name, at(requireColumns(header, needed), n)]));
    const column = (name: string): number => place.get(name) ?? -1;
    const [image, labeler, label] = [column('image'), column('labeler'), column('label')];
    const [pairI, pairJ, alpha] = [column('pair_i'), column('pair_j'), column('alpha')];
    // In any case: if it were overlooked, simulated labelers would count as people.
    const simulated = header.names.findIndex((name) => name.toLowerCase() === simulatedColumn);
    const [anchorI, anchorJ] = anchorColumns.map((name) => header.names.indexOf(name));
    const truth = header.names.indexOf(truthColumn);
    const read = new CellReader(header);
    const highest = (this.#context.classes ?? maxClasses) - 1;
    return (cells, line) => {
      const row: HumansImage = {
        id: read.integer(at(cells, image), line, 'image', 0, Number.MAX_SAFE_INTEGER),
        pairI: isPlaced ? read.integer(at(cells, pairI), line, 'pair_i', 0, highest) : null,
        pairJ: isPlaced ? read.integer(at(cells, pairJ), line, 'pair_j', 0, highest) : null,
        alpha: isPlaced ? read.decimal(at(cells, alpha), line, 'alpha', 0, 1) : null,
        ...independenceOf(isPlaced),
        ...anchorsOf({ anchorI: this.#anchor(cells, anchorI, line), anchorJ: this.#anchor(cells, anchorJ, line) }),
        ...((cells[truth]?.trim() ?? '') !== '' && {
          truth: read.integer(at(cells, truth), line, truthColumn, 0, highest),
        }),
      };
      const name = read.name(at(cells, labeler), line, 'labeler');
      const blank = at(cells, label).trim() === '';
      const given = blank
        ? missing
        : read.integer(at(cells, label), line, 'label', 0, highest, 'humans.label-out-of-range');
      this.#highestClass = Math.max(this.#highestClass, row.pairJ ?? 0, given, row.truth ?? 0);
      if (simulated >= 0 && read.yesOrNo(at(cells, simulated), line, simulatedColumn)) this.#simulated = true;
      this.#addImage(row, line);
      this.#addLabel(row.id, name, given, line);
    };
  }

  finish(): HumansTable {
    const images = [...this.#images.values()].map(({ image }) => image);
    if (images.length === 0) {
      throw this.#error(null, 'csv.no-rows', 'There is a header but no row', 'Choose a file with labels in it.');
    }
    const raters = [...this.#labelers.values()];
    const size = { raters: raters.length, images: images.length };
    const classes = this.#context.classes ?? this.#highestClass + 1;
    const values = this.#columns.matrix(raters, images.length);
    return {
      path: this.#path,
      classes,
      images,
      labelers: [...this.#labelers.keys()],
      labels: { ...size, classes, values, unanswered: this.#columns.blanks(raters, images.length) },
      simulated: this.#simulated,
    };
  }

  #anchor(cells: readonly string[], column: number | undefined, line: number): string | null {
    const cell = cells[column ?? -1]?.trim() ?? '';
    if (cell === '' || isAnchorId(cell)) return cell || null;
    const what = `An anchor is called ${quote(cell)}`;
    const remedy =
      'Name anchors with 1 to 64 letters, digits, dots, dashes, colons and underscores, or leave the cell blank.';
    throw this.#error(line, 'humans.bad-anchor', what, remedy);
  }

  #addImage(image: HumansImage, line: number): void {
    const known = this.#images.get(image.id);
    if (known) {
      const differs = whatDiffers(known.image, image);
      if (differs === null) return;
      const what = `Image ${image.id} has a different ${differs} in row ${known.line}`;
      const remedy = `Give image ${image.id} the same pair_i, pair_j, alpha, anchors and truth in every row.`;
      throw this.#error(line, 'humans.inconsistent-image', what, remedy);
    }
    this.#checkNewImage(image, line);
    this.#images.set(image.id, { index: this.#images.size, image, line });
  }

  #checkNewImage({ id, pairI, pairJ }: HumansImage, line: number): void {
    if (pairI !== null && pairJ !== null && pairI >= pairJ) {
      const what = `pair_i is ${pairI} and pair_j is ${pairJ}`;
      throw this.#error(
        line,
        'humans.pair-order',
        what,
        'Write the pair with the lower class first; alpha is the weight of pair_j.',
      );
    }
    const { knownImages } = this.#context;
    if (knownImages && !knownImages.has(id)) {
      const what = `There is no image ${id} in ${knownImages.source}`;
      throw this.#error(line, 'humans.unknown-image', what, 'Use files of the same stimulus set, or remove the row.');
    }
  }

  #addLabel(image: number, labeler: string, label: number, line: number): void {
    let rater = this.#labelers.get(labeler);
    if (rater === undefined) {
      rater = this.#labelers.size;
      this.#labelers.set(labeler, rater);
      this.#columns.addRater();
    }
    if (LabelColumns.tooLarge(this.#images.size, this.#labelers.size)) {
      const what = `${this.#images.size} images times ${this.#labelers.size} labelers are more than fit`;
      throw this.#error(line, 'csv.too-large', what, 'Check the columns image and labeler, or split the file.');
    }
    if (this.#columns.set(rater, this.#images.get(image)!.index, label)) return;
    const what = `This is a second row for image ${image} and labeler ${quote(labeler)}`;
    throw this.#error(line, 'humans.duplicate', what, 'Keep one row for each image and labeler.');
  }

  #error(line: number | null, code: string, what: string, remedy: string): Error {
    return tableError(this.#path, line, code, what, remedy);
  }
}

/** What two rows say differently of one image, or null. */
function whatDiffers(a: HumansImage, b: HumansImage): string | null {
  if (!samePlace(a, b)) return 'pair or alpha';
  if (a.anchorI !== b.anchorI || a.anchorJ !== b.anchorJ) return 'anchor';
  return a.truth === b.truth ? null : 'true class';
}
