/** Self-attention with its projection, a few images at a time, so that the projection stays in the cache. */
import { attention, attentionBack, attentionScratch, paddedTokens } from './attention';
import { gemm, gemmScratch, startRow, stripBytes, timesPacked } from './gemm';
import { PANEL_ROW, packColumns, packedBytes, packRows, panelCount } from './pack';
import { addTo, floatBytes, clear, FLOAT, Pointer, sumRows } from './vector';
import { COLUMNS, TILE_BYTES } from './tile';

/** Rows that are enough to be multiplied fast. */
const ENOUGH_ROWS: i32 = 120;

function imagesAtATime(tokens: i32): i32 {
  return max(1, ENOUGH_ROWS / tokens);
}

/** Floats of q, k and v of the images done together, and of their softmax. */
function projectedFloats(tokens: i32, heads: i32, d: i32): i32 {
  return imagesAtATime(tokens) * tokens * 3 * heads * d;
}

function softmaxFloats(tokens: i32, heads: i32): i32 {
  return imagesAtATime(tokens) * heads * tokens * paddedTokens(tokens);
}

/** Bytes of scratch memory that `selfAttention` needs. */
export function selfAttentionScratch(tokens: i32, width: i32, heads: i32, d: i32): usize {
  const columns = 3 * heads * d;
  return (
    TILE_BYTES +
    floatBytes(panelCount(columns) * COLUMNS) +
    packedBytes(width, columns) +
    attentionScratch(tokens, d) +
    floatBytes(projectedFloats(tokens, heads, d)) +
    floatBytes(softmaxFloats(tokens, heads)) +
    stripBytes(imagesAtATime(tokens) * tokens, width)
  );
}

/**
 * out [images * tokens, heads * d] from x [images * tokens, width], w [width, 3 * heads * d] and b.
 * @param qkv, weights what the gradient needs: the projection [images, tokens, 3, heads, d] and the softmax, as
 *   `attention` has it; 0 where there will be no gradient, and they are not kept
 */
export function selfAttention(
  out: Pointer, qkv: Pointer, weights: Pointer, x: Pointer, w: Pointer, b: Pointer, images: i32, tokens: i32,
  width: i32, heads: i32, d: i32, scratch: Pointer,
): void {
  const columns = 3 * heads * d;
  const tile = scratch;
  const first = tile + TILE_BYTES;
  const panels = first + floatBytes(panelCount(columns) * COLUMNS);
  const attentionMemory = panels + packedBytes(width, columns);
  const projected = attentionMemory + attentionScratch(tokens, d);
  const softmax = projected + floatBytes(projectedFloats(tokens, heads, d));
  const strips = softmax + floatBytes(softmaxFloats(tokens, heads));
  const row = (<usize>columns) * FLOAT;
  const xRow = (<usize>width) * FLOAT;
  const outRow = (<usize>(heads * d)) * FLOAT;
  const softmaxImage = (<usize>(heads * tokens * paddedTokens(tokens))) * FLOAT;
  startRow(first, b, columns);
  packRows(panels, (<usize>width) * PANEL_ROW, w, row, width, columns);
  const together = imagesAtATime(tokens);
  for (let image = 0; image < images; image += together) {
    const some = min(together, images - image);
    const start = <usize>(image * tokens);
    const p = qkv ? qkv + start * row : projected;
    const s = weights ? weights + (<usize>image) * softmaxImage : softmax;
    timesPacked(p, row, x + start * xRow, xRow, some * tokens, width, panels, columns, first, strips, tile);
    attention(out + start * outRow, s, p, some, tokens, heads, d, attentionMemory);
  }
}

/** Bytes of scratch memory that `selfAttentionBack` needs. */
export function selfAttentionBackScratch(tokens: i32, width: i32, heads: i32, d: i32): usize {
  const columns = 3 * heads * d;
  return (
    TILE_BYTES +
    floatBytes(panelCount(width) * COLUMNS) +
    packedBytes(columns, width) +
    attentionScratch(tokens, d) +
    gemmScratch(columns) +
    2 * floatBytes(columns) +
    floatBytes(projectedFloats(tokens, heads, d))
  );
}

/** The gradients of x, w and b from that of the result and what `selfAttention` kept. */
export function selfAttentionBack(
  dx: Pointer, dw: Pointer, db: Pointer, dOut: Pointer, x: Pointer, w: Pointer, qkv: Pointer, weights: Pointer,
  images: i32, tokens: i32, width: i32, heads: i32, d: i32, scratch: Pointer,
): void {
  const columns = 3 * heads * d;
  const tile = scratch;
  const first = tile + TILE_BYTES;
  const panels = first + floatBytes(panelCount(width) * COLUMNS);
  const attentionMemory = panels + packedBytes(columns, width);
  const gemmMemory = attentionMemory + attentionScratch(tokens, d);
  const sums = gemmMemory + gemmScratch(columns);
  const sumScratch = sums + floatBytes(columns);
  const dProjected = sumScratch + floatBytes(columns);
  const row = (<usize>columns) * FLOAT;
  const xRow = (<usize>width) * FLOAT;
  const outRow = (<usize>(heads * d)) * FLOAT;
  const softmaxImage = (<usize>(heads * tokens * paddedTokens(tokens))) * FLOAT;
  startRow(first, 0, width);
  packColumns(panels, (<usize>columns) * PANEL_ROW, w, row, columns, width);
  clear(dw, width * columns);
  clear(db, columns);
  const together = imagesAtATime(tokens);
  for (let image = 0; image < images; image += together) {
    const rows = min(together, images - image) * tokens;
    const start = <usize>(image * tokens);
    const s = weights + (<usize>image) * softmaxImage;
    attentionBack(
      dProjected, dOut + start * outRow, qkv + start * row, s, rows / tokens, tokens, heads, d, attentionMemory,
    );
    timesPacked(dx + start * xRow, xRow, dProjected, row, rows, columns, panels, width, first, 0, tile);
    gemm(true, false, width, columns, rows, x + start * xRow, width, dProjected, columns, dw, columns, 0, true, gemmMemory);
    sumRows(sums, dProjected, rows, columns, sumScratch);
    addTo(db, sums, columns);
  }
}
