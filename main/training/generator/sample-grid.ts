/** Lays `side * side` images, uint8 [side * side, size, size], out as one, row by row. */
export function imageGrid(
  pixels: Uint8Array,
  size: number,
  side: number,
): { width: number; height: number; pixels: Uint8Array } {
  const width = side * size;
  const grid = new Uint8Array(width * width);
  for (let image = 0; image < side * side; image++) {
    const left = (image % side) * size;
    const top = Math.floor(image / side) * size;
    for (let y = 0; y < size; y++) {
      const start = (image * size + y) * size;
      grid.set(pixels.subarray(start, start + size), (top + y) * width + left);
    }
  }
  return { width, height: width, pixels: grid };
}

/** How much images, [n, size, size], differ from one another: standard deviation of each pixel, mean over pixels. */
export function variety(pixels: ArrayLike<number>, size: number): number {
  const area = size * size;
  const count = pixels.length / area;
  let total = 0;
  for (let k = 0; k < area; k++) {
    let [sum, squares] = [0, 0];
    for (let image = 0; image < count; image++) {
      const value = pixels[image * area + k] as number;
      sum += value;
      squares += value * value;
    }
    total += Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
  }
  return total / area;
}
