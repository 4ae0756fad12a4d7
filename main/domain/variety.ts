/** Images are compared at so many blocks a side: enough to tell two digits apart, and quick for hundreds. */
const side = 16;

/**
 * How much each image differs from the most similar other one: root mean square difference in grey levels, of block means.
 * @param pixels uint8 [count, height, width]
 * @returns [count]; 0 for a single image
 */
export function varietyOf(pixels: Uint8Array, width: number, height: number): number[] {
  const count = pixels.length / (width * height);
  const blocks = Array.from({ length: count }, (_, n) =>
    blockMeans(pixels.subarray(n * width * height, (n + 1) * width * height), width, height),
  );
  const nearest = new Array<number>(count).fill(count < 2 ? 0 : Infinity);
  for (let a = 0; a < count; a++) {
    for (let b = a + 1; b < count; b++) {
      const difference = distance(blocks[a] as Float32Array, blocks[b] as Float32Array);
      nearest[a] = Math.min(nearest[a] as number, difference);
      nearest[b] = Math.min(nearest[b] as number, difference);
    }
  }
  return nearest;
}

function blockMeans(image: Uint8Array, width: number, height: number): Float32Array {
  const [columns, rows] = [Math.min(side, width), Math.min(side, height)];
  const sums = new Float32Array(columns * rows);
  const counts = new Float32Array(columns * rows);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const block = Math.floor((y * rows) / height) * columns + Math.floor((x * columns) / width);
      sums[block] = (sums[block] as number) + (image[y * width + x] as number);
      counts[block] = (counts[block] as number) + 1;
    }
  }
  return sums.map((sum, block) => sum / (counts[block] as number));
}

function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += ((a[k] as number) - (b[k] as number)) ** 2;
  return Math.sqrt(sum / a.length);
}
