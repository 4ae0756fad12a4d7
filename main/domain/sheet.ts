/** Grey of the mat between images, 0 to 255. */
const mat = 128;
const gap = 2;

export interface SheetInput {
  /** Of one image, in pixels. */
  width: number;
  height: number;
  /** uint8 [all images, height, width], row by row of the sheet. */
  pixels: Uint8Array;
  /** Number of images in each row of the sheet. */
  rows: readonly number[];
}

/** Lays images out in rows on a mid-gray mat, each enlarged not at all: the first of each row leftmost. */
export function drawSheet({ width, height, pixels, rows }: SheetInput): {
  width: number;
  height: number;
  pixels: Uint8Array;
} {
  const columns = Math.max(...rows);
  const sheetWidth = columns * (width + gap) + gap;
  const sheet = new Uint8Array(sheetWidth * (rows.length * (height + gap) + gap)).fill(mat);
  let image = 0;
  rows.forEach((count, row) => {
    for (let column = 0; column < count; column++, image++) {
      const corner = (row * (height + gap) + gap) * sheetWidth + column * (width + gap) + gap;
      for (let y = 0; y < height; y++) {
        const source = (image * height + y) * width;
        sheet.set(pixels.subarray(source, source + width), corner + y * sheetWidth);
      }
    }
  });
  return { width: sheetWidth, height: sheet.length / sheetWidth, pixels: sheet };
}
