/**
 * Multi-head attention: softmax(q k^T / sqrt d) v for each head of each image.
 *
 * qkv [images, tokens, 3, heads, d]; a head's rows are read where they lie, so nothing is transposed. The softmax is
 * kept for the gradient with rows of `paddedTokens`, filled up with zeros.
 */
import { exp } from './pointwise';
import { rowsByPanels, stripsByPanels } from './gemm';
import { PANEL_ROW, packColumns, packedBytes, packRows, panelCount } from './pack';
import { COLUMNS, ROWS, TILE_BYTES } from './tile';
import { floatBytes, clear, FLOAT, Pointer, splat, sumLanes, VECTOR, zeros } from './vector';

/** Floats of a row of the softmax: whole panels, and whole strips when it is read by columns. */
export function paddedTokens(tokens: i32): i32 {
  return panelCount(((tokens + ROWS - 1) / ROWS) * ROWS) * COLUMNS;
}

/** Bytes of scratch memory for either direction. */
export function attentionScratch(tokens: i32, d: i32): usize {
  const padded = paddedTokens(tokens);
  return (
    TILE_BYTES +
    floatBytes(max(padded, panelCount(d) * COLUMNS)) +
    max(packedBytes(d, padded), packedBytes(tokens, d)) +
    floatBytes(tokens * padded)
  );
}

/** out [images, tokens, heads, d] and `weights`, the softmax [images, heads, tokens, paddedTokens]. */
export function attention(
  out: Pointer, weights: Pointer, qkv: Pointer, images: i32, tokens: i32, heads: i32, d: i32, scratch: Pointer,
): void {
  const padded = paddedTokens(tokens);
  const tile = scratch;
  const first = tile + TILE_BYTES;
  const panels = first + floatBytes(max(padded, panelCount(d) * COLUMNS));
  const part = (<usize>(heads * d)) * FLOAT;
  const rowBytes = part * 3;
  const weightRow = (<usize>padded) * FLOAT;
  const scale: f32 = <f32>1 / sqrt<f32>(<f32>d);
  const deep = (<usize>d) * PANEL_ROW;
  const short = (<usize>tokens) * PANEL_ROW;
  clear(first, max(padded, panelCount(d) * COLUMNS));
  for (let image = 0; image < images; image++) {
    for (let head = 0; head < heads; head++) {
      const query = qkv + (<usize>(image * tokens)) * rowBytes + (<usize>(head * d)) * FLOAT;
      const result = out + (<usize>(image * tokens)) * part + (<usize>(head * d)) * FLOAT;
      packColumns(panels, deep, query + part, rowBytes, d, tokens);
      rowsByPanels(query, rowBytes, d, panels, deep, tokens, tokens, first, weights, weightRow, false, tile);
      for (let row = 0; row < tokens; row++) softmaxRow(weights + (<usize>row) * weightRow, tokens, padded, scale);
      packRows(panels, short, query + 2 * part, rowBytes, tokens, d);
      rowsByPanels(weights, weightRow, tokens, panels, short, tokens, d, first, result, part, false, tile);
      weights += (<usize>tokens) * weightRow;
    }
  }
}

/** With p the softmax and dp = dOut v^T: ds = p (dp - sum p dp) / sqrt d, dq = ds k, dk = ds^T q, dv = p^T dOut. */
export function attentionBack(
  dQkv: Pointer, dOut: Pointer, qkv: Pointer, weights: Pointer, images: i32, tokens: i32, heads: i32, d: i32,
  scratch: Pointer,
): void {
  const padded = paddedTokens(tokens);
  const tile = scratch;
  const first = tile + TILE_BYTES;
  const panels = first + floatBytes(max(padded, panelCount(d) * COLUMNS));
  const dScores = panels + max(packedBytes(d, padded), packedBytes(tokens, d));
  const part = (<usize>(heads * d)) * FLOAT;
  const rowBytes = part * 3;
  const weightRow = (<usize>padded) * FLOAT;
  const scale: f32 = <f32>1 / sqrt<f32>(<f32>d);
  const deep = (<usize>d) * PANEL_ROW;
  const short = (<usize>tokens) * PANEL_ROW;
  const strip = (<usize>ROWS) * FLOAT;
  clear(first, max(padded, panelCount(d) * COLUMNS));
  clear(dScores, tokens * padded);
  for (let image = 0; image < images; image++) {
    for (let head = 0; head < heads; head++) {
      const at = (<usize>(image * tokens)) * rowBytes + (<usize>(head * d)) * FLOAT;
      const query = qkv + at;
      const dQuery = dQkv + at;
      const dResult = dOut + (<usize>(image * tokens)) * part + (<usize>(head * d)) * FLOAT;
      packColumns(panels, deep, query + 2 * part, rowBytes, d, tokens);
      rowsByPanels(dResult, part, d, panels, deep, tokens, tokens, first, dScores, weightRow, false, tile);
      for (let row = 0; row < tokens; row++) {
        const o = (<usize>row) * weightRow;
        softmaxRowBack(dScores + o, weights + o, padded, scale);
      }
      packRows(panels, short, dResult, part, tokens, d);
      stripsByPanels(
        weights, weightRow, strip, tokens, panels, short, tokens, d, first, dQuery + 2 * part, rowBytes, false, tile,
      );
      packRows(panels, short, query, rowBytes, tokens, d);
      stripsByPanels(
        dScores, weightRow, strip, tokens, panels, short, tokens, d, first, dQuery + part, rowBytes, false, tile,
      );
      packRows(panels, short, query + part, rowBytes, tokens, d);
      rowsByPanels(dScores, weightRow, tokens, panels, short, tokens, d, first, dQuery, rowBytes, false, tile);
      weights += (<usize>tokens) * weightRow;
    }
  }
}

/** x [rows, columns] to its softmax, row by row. */
export function softmax(y: Pointer, x: Pointer, rows: i32, columns: i32): void {
  const bytes = (<usize>columns) * FLOAT;
  memory.copy(y, x, (<usize>rows) * bytes);
  for (let row = 0; row < rows; row++, y += bytes) softmaxRow(y, columns, columns, 1);
}

/** softmax(scale x) in place, over `count` floats; those from there to `padded` become 0. */
function softmaxRow(x: Pointer, count: i32, padded: i32, scale: f32): void {
  const bytes = (<usize>count) * FLOAT;
  const vectorBytes = bytes & ~15;
  let highest = load<f32>(x);
  for (let o: usize = FLOAT; o < bytes; o += FLOAT) highest = max(highest, load<f32>(x + o));
  let sums = zeros();
  for (let o: usize = 0; o < vectorBytes; o += VECTOR) {
    const power = exp(f32x4.mul(splat(scale), f32x4.sub(v128.load(x + o), splat(highest))));
    v128.store(x + o, power);
    sums = f32x4.add(sums, power);
  }
  let sum = sumLanes(sums);
  for (let o = vectorBytes; o < bytes; o += FLOAT) {
    const power = f32x4.extract_lane(exp(splat(scale * (load<f32>(x + o) - highest))), 0);
    store<f32>(x + o, power);
    sum += power;
  }
  const factor: f32 = <f32>1 / sum;
  for (let o: usize = 0; o < vectorBytes; o += VECTOR) v128.store(x + o, f32x4.mul(v128.load(x + o), splat(factor)));
  for (let o = vectorBytes; o < bytes; o += FLOAT) store<f32>(x + o, load<f32>(x + o) * factor);
  for (let o = bytes; o < (<usize>padded) * FLOAT; o += FLOAT) store<f32>(x + o, 0);
}

/** ds = scale p (dp - sum p dp) in place of dp. Whole vectors, as both have zeros after their end. */
function softmaxRowBack(dp: Pointer, p: Pointer, padded: i32, scale: f32): void {
  let sums = zeros();
  const bytes = (<usize>padded) * FLOAT;
  for (let o: usize = 0; o < bytes; o += VECTOR) {
    sums = f32x4.add(sums, f32x4.mul(v128.load(p + o), v128.load(dp + o)));
  }
  const sum = splat(sumLanes(sums));
  for (let o: usize = 0; o < bytes; o += VECTOR) {
    const share = f32x4.mul(splat(scale), v128.load(p + o));
    v128.store(dp + o, f32x4.mul(share, f32x4.sub(v128.load(dp + o), sum)));
  }
}
