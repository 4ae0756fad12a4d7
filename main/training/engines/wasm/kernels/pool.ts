/** Sizes of the map that is pooled, NHWC. */
export interface PoolShape {
  n: number;
  height: number;
  width: number;
  channels: number;
}

/** Calls `visit(output, a)` for each 2x2 window and channel; a is its first input, b, c, d follow by the steps. */
function forEachWindow(
  { n, height, width, channels }: PoolShape,
  visit: (output: number, a: number, right: number, down: number) => void,
): void {
  const down = width * channels;
  let output = 0;
  for (let image = 0; image < n; image++) {
    for (let y = 0; y + 1 < height; y += 2) {
      for (let x = 0; x + 1 < width; x += 2) {
        const first = ((image * height + y) * width + x) * channels;
        for (let c = 0; c < channels; c++) visit(output++, first + c, channels, down);
      }
    }
  }
}

/** The place of a window's maximum; of equal ones the first, row by row. */
function place(x: Float32Array, a: number, right: number, down: number): number {
  let best = a;
  if (x[a + right]! > x[best]!) best = a + right;
  if (x[a + down]! > x[best]!) best = a + down;
  if (x[a + down + right]! > x[best]!) best = a + down + right;
  return best;
}

/** 2x2 maximum, stride 2. */
export function maxPool(y: Float32Array, x: Float32Array, shape: PoolShape): void {
  forEachWindow(shape, (output, a, right, down) => {
    y[output] = x[place(x, a, right, down)]!;
  });
}

/** Its gradient: each dy goes to the place of the maximum. */
export function maxPoolBack(dx: Float32Array, dy: Float32Array, x: Float32Array, shape: PoolShape): void {
  dx.fill(0);
  forEachWindow(shape, (output, a, right, down) => {
    dx[place(x, a, right, down)] = dy[output]!;
  });
}
