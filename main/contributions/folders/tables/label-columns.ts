import { missing } from '../../../analysis/labels/index.ts';

/** Marks an image without a row. Becomes `missing` in a matrix. */
export const noRow = -2;

/**
 * Largest table in memory: 200 MB of labels. The largest study foreseen has 20,000 images and 300 raters. Without these
 * limits a file in which every row names a new image or rater would take memory without end.
 */
const limits = { cells: 100_000_000, images: 1_000_000, raters: 10_000 };

/**
 * Labels as they come from a file, in any order and number of images and raters: a growing column for each rater.
 */
export class LabelColumns {
  readonly #columns: Int16Array[] = [];

  get raters(): number {
    return this.#columns.length;
  }

  /** Whether a table of this size is too large for memory. */
  static tooLarge(images: number, raters: number): boolean {
    return images * raters > limits.cells || images > limits.images || raters > limits.raters;
  }

  addRater(): void {
    this.#columns.push(new Int16Array(0));
  }

  /** The label of a rater on an image, `missing`, or `noRow`. */
  at(rater: number, image: number): number {
    return this.#columns[rater]![image] ?? noRow;
  }

  /** Sets a label, or `missing` for a blank one. False, and nothing set, if the cell has had a row. */
  set(rater: number, image: number, label: number): boolean {
    let column = this.#columns[rater]!;
    if (image >= column.length) {
      const grown = new Int16Array(Math.max(64, 2 * column.length, image + 1)).fill(noRow);
      grown.set(column);
      column = this.#columns[rater] = grown;
    }
    if (column[image] !== noRow) return false;
    column[image] = label;
    return true;
  }

  /** `[rater][image]`, 1 where a cell has a row without a label. */
  blanks(raters: readonly number[], images: number): Uint8Array {
    const blank = new Uint8Array(raters.length * images);
    raters.forEach((rater, row) => {
      for (let image = 0; image < images; image++) {
        if (this.at(rater, image) === missing) blank[row * images + image] = 1;
      }
    });
    return blank;
  }

  /** `[rater][image]` of these raters for the first `images` images; cells without a row are `missing`. */
  matrix(raters: readonly number[], images: number): Int16Array {
    const values = new Int16Array(raters.length * images).fill(missing);
    raters.forEach((rater, row) => {
      for (let image = 0; image < images; image++) {
        const label = this.at(rater, image);
        if (label !== noRow) values[row * images + image] = label;
      }
    });
    return values;
  }
}
