/** Batch norm over rows of `channels` floats. */
import { addTo, floatBytes, clear, FLOAT, multiplyAdd, Pointer, sumRows, VECTOR } from './vector';

/** Rows added up before they join the total. */
const BLOCK: i32 = 128;

/** Bytes of scratch memory for either direction. */
export function batchNormScratch(channels: i32): usize {
  return 3 * floatBytes(channels);
}

/** y = (x - mean) scale gamma + beta, scale = 1 / sqrt(biased variance + epsilon); also gives the unbiased variance. */
export function batchNorm(
  y: Pointer, mean: Pointer, unbiased: Pointer, scale: Pointer, x: Pointer, gamma: Pointer, beta: Pointer, rows: i32,
  channels: i32, epsilon: f32, scratch: Pointer,
): void {
  const bytes = (<usize>channels) * FLOAT;
  const factor = scratch;
  const shift = factor + floatBytes(channels);
  sumRows(mean, x, rows, channels, scratch);
  for (let o: usize = 0; o < bytes; o += FLOAT) store<f32>(mean + o, load<f32>(mean + o) / <f32>rows);
  sumSquares(unbiased, x, mean, rows, channels, scratch);
  for (let o: usize = 0; o < bytes; o += FLOAT) {
    const squares = load<f32>(unbiased + o);
    const s: f32 = <f32>1 / sqrt<f32>(squares / <f32>rows + epsilon);
    store<f32>(unbiased + o, squares / <f32>(rows - 1));
    store<f32>(scale + o, s);
    store<f32>(factor + o, s * load<f32>(gamma + o));
    store<f32>(shift + o, load<f32>(beta + o) - load<f32>(mean + o) * s * load<f32>(gamma + o));
  }
  scaleRows(y, x, factor, shift, rows, channels);
}

/** With h = (x - mean) scale: dBeta = sum dy, dGamma = sum dy h, dx = gamma scale (dy - (dBeta + h dGamma) / rows). */
export function batchNormBack(
  dx: Pointer, dGamma: Pointer, dBeta: Pointer, dy: Pointer, x: Pointer, gamma: Pointer, mean: Pointer, scale: Pointer,
  rows: i32, channels: i32, scratch: Pointer,
): void {
  const bytes = (<usize>channels) * FLOAT;
  const a = scratch;
  const b = a + floatBytes(channels);
  const c = b + floatBytes(channels);
  sumRows(dBeta, dy, rows, channels, scratch);
  sumProducts(dGamma, dy, x, mean, rows, channels, scratch);
  for (let o: usize = 0; o < bytes; o += FLOAT) {
    const s = load<f32>(scale + o);
    const along = load<f32>(dGamma + o) * s;
    const factor = load<f32>(gamma + o) * s;
    const xTerm = (-factor * s * along) / <f32>rows;
    store<f32>(dGamma + o, along);
    store<f32>(a + o, factor);
    store<f32>(b + o, xTerm);
    store<f32>(c + o, (-factor * load<f32>(dBeta + o)) / <f32>rows - xTerm * load<f32>(mean + o));
  }
  for (let row = 0; row < rows; row++) {
    let i = 0;
    let o: usize = 0;
    for (; i + 4 <= channels; i += 4, o += VECTOR, dx += VECTOR, dy += VECTOR, x += VECTOR) {
      const xTerm = multiplyAdd(v128.load(x), v128.load(b + o), v128.load(c + o));
      v128.store(dx, multiplyAdd(v128.load(dy), v128.load(a + o), xTerm));
    }
    for (; i < channels; i++, o += FLOAT, dx += FLOAT, dy += FLOAT, x += FLOAT) {
      store<f32>(dx, load<f32>(dy) * load<f32>(a + o) + load<f32>(x) * load<f32>(b + o) + load<f32>(c + o));
    }
  }
}

/** y = x * factor + shift, by channel. */
function scaleRows(y: Pointer, x: Pointer, factor: Pointer, shift: Pointer, rows: i32, channels: i32): void {
  for (let row = 0; row < rows; row++) {
    let i = 0;
    let o: usize = 0;
    for (; i + 4 <= channels; i += 4, o += VECTOR, x += VECTOR, y += VECTOR) {
      v128.store(y, multiplyAdd(v128.load(x), v128.load(factor + o), v128.load(shift + o)));
    }
    for (; i < channels; i++, o += FLOAT, x += FLOAT, y += FLOAT) {
      store<f32>(y, load<f32>(x) * load<f32>(factor + o) + load<f32>(shift + o));
    }
  }
}

/** to [channels] = sum of (x - mean)^2 over the rows */
function sumSquares(to: Pointer, x: Pointer, mean: Pointer, rows: i32, channels: i32, scratch: Pointer): void {
  clear(to, channels);
  for (let row = 0; row < rows; row += BLOCK) {
    const end = min(rows, row + BLOCK);
    clear(scratch, channels);
    for (let r = row; r < end; r++) {
      let i = 0;
      let o: usize = 0;
      for (; i + 4 <= channels; i += 4, o += VECTOR, x += VECTOR) {
        const distance = f32x4.sub(v128.load(x), v128.load(mean + o));
        v128.store(scratch + o, multiplyAdd(distance, distance, v128.load(scratch + o)));
      }
      for (; i < channels; i++, o += FLOAT, x += FLOAT) {
        const distance = load<f32>(x) - load<f32>(mean + o);
        store<f32>(scratch + o, load<f32>(scratch + o) + distance * distance);
      }
    }
    addTo(to, scratch, channels);
  }
}

/** to [channels] = sum of dy (x - mean) over the rows */
function sumProducts(
  to: Pointer, dy: Pointer, x: Pointer, mean: Pointer, rows: i32, channels: i32, scratch: Pointer,
): void {
  clear(to, channels);
  for (let row = 0; row < rows; row += BLOCK) {
    const end = min(rows, row + BLOCK);
    clear(scratch, channels);
    for (let r = row; r < end; r++) {
      let i = 0;
      let o: usize = 0;
      for (; i + 4 <= channels; i += 4, o += VECTOR, x += VECTOR, dy += VECTOR) {
        const distance = f32x4.sub(v128.load(x), v128.load(mean + o));
        v128.store(scratch + o, multiplyAdd(distance, v128.load(dy), v128.load(scratch + o)));
      }
      for (; i < channels; i++, o += FLOAT, x += FLOAT, dy += FLOAT) {
        const distance = load<f32>(x) - load<f32>(mean + o);
        store<f32>(scratch + o, load<f32>(scratch + o) + distance * load<f32>(dy));
      }
    }
    addTo(to, scratch, channels);
  }
}
