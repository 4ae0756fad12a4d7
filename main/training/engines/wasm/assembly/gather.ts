/** A matrix product whose rows of A are given by their addresses: what a convolution is, without unfolding its input. */
import { moveTile } from './gemm';
import { PANEL_ROW } from './pack';
import { COLUMNS, ROWS, TILE_STEP, multiplyRows } from './tile';
import { FLOAT, Pointer } from './vector';

/** Floats of a row taken at a time: 8 columns of B so deep stay in the first-level cache. */
const DEPTH: i32 = 576;

/**
 * C [m, n] = A B + first row. Each row of A, at its address in `table`, has `runs` runs of `runFloats` floats,
 * `runStep` bytes apart. `panels`: B, packed. `ldc`: floats from a row of C to the next.
 */
export function multiplyGathered(
  table: Pointer, m: i32, runs: i32, runFloats: i32, runStep: usize, panels: Pointer, n: i32, first: Pointer,
  c: Pointer, ldc: i32, tile: Pointer,
): void {
  const panelBytes = (<usize>(runs * runFloats)) * PANEL_ROW;
  const together = max(1, DEPTH / max(1, runFloats));
  for (let run = 0; run < runs; run += together) {
    const some = min(together, runs - run);
    // Runs that are longer than a block come alone, in pieces.
    for (let at = 0; at < runFloats; at += DEPTH) {
      const floats = min(DEPTH, runFloats - at);
      const offset = (<usize>run) * runStep + (<usize>at) * FLOAT;
      const block = panels + (<usize>(run * runFloats + at)) * PANEL_ROW;
      multiplyBlock(
        table, offset, m, some, floats, runStep, block, panelBytes, n, first, c, ldc, run > 0 || at > 0, tile,
      );
    }
  }
}

function multiplyBlock(
  table: Pointer, offset: usize, m: i32, runs: i32, runFloats: i32, runStep: usize, panels: Pointer, panelBytes: usize,
  n: i32, first: Pointer, c: Pointer, ldc: i32, adds: bool, tile: Pointer,
): void {
  const stepC = (<usize>ldc) * FLOAT;
  const bytes = (<usize>runFloats) * FLOAT;
  for (let column = 0; column < n; column += COLUMNS) {
    const width = min(COLUMNS, n - column);
    let target = c + (<usize>column) * FLOAT;
    const begin = first + (<usize>column) * FLOAT;
    let place = table;
    for (let row = 0; row < m; row += ROWS) {
      const last = m - 1 - row;
      const a0 = offset + load<u32>(place);
      const a1 = offset + load<u32>(place + (<usize>min(1, last) << 2));
      const a2 = offset + load<u32>(place + (<usize>min(2, last) << 2));
      const a3 = offset + load<u32>(place + (<usize>min(3, last) << 2));
      const a4 = offset + load<u32>(place + (<usize>min(4, last) << 2));
      const a5 = offset + load<u32>(place + (<usize>min(5, last) << 2));
      if (last >= 5 && width == COLUMNS) {
        multiplyRows(
          a0, a1, a2, a3, a4, a5, runs, bytes, runStep, panels, PANEL_ROW, adds ? target : begin, adds ? stepC : 0,
          target, stepC,
        );
      } else {
        const height = min(ROWS, last + 1);
        if (adds) moveTile(tile, TILE_STEP, target, stepC, height, width);
        multiplyRows(
          a0, a1, a2, a3, a4, a5, runs, bytes, runStep, panels, PANEL_ROW, adds ? tile : begin, adds ? TILE_STEP : 0,
          tile, TILE_STEP,
        );
        moveTile(target, stepC, tile, TILE_STEP, height, width);
      }
      place += ROWS * 4;
      target += (<usize>ROWS) * stepC;
    }
    panels += panelBytes;
  }
}
