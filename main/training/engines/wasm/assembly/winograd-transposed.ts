/** Transposed convolution by Winograd's filtering: for each phase of the result a convolution of the small map. */
import { Convolution, firstPixel, pad, pixelsOf } from './geometry';
import { PANEL_ROW, packColumns } from './pack';
import { FLOAT, Pointer } from './vector';
import { makePlan, Plan, planScratch, tilesOf } from './winograd-plan';
import { filtersToPlanes, multiplyPlanes, planesToPixels, windowsToPlanes } from './winograd-planes';

/** Bytes of scratch memory that `convolveTransposedByTiles` needs. */
export function transposedTilesScratch(g: Convolution): usize {
  return planScratch(g, true);
}

/** dx [images, height, width, channels] from dy [images, outHeight, outWidth, outputs] and w. */
export function convolveTransposedByTiles(
  dx: Pointer,
  dy: Pointer,
  w: Pointer,
  g: Convolution,
  scratch: Pointer,
): void {
  const plan = makePlan(scratch, g, true);
  const from = (<usize>(g.outHeight * g.outWidth * g.outputs)) * FLOAT;
  const to = (<usize>(g.height * g.width * g.channels)) * FLOAT;
  const before = plan.reach - 1;
  for (let r = 0; r < g.stride; r++) {
    for (let q = 0; q < g.stride; q++) {
      packTurnedTaps(w, r, q, g, plan);
      filtersToPlanes(filtersOf(r, q, g, plan), plan);
    }
  }
  for (let image = 0; image < g.images; image += plan.together) {
    const images = min(plan.together, g.images - image);
    pad(
      plan.padded, plan.paddedHigh, plan.paddedWide, dy + (<usize>image) * from, images, g.outHeight, g.outWidth,
      g.outputs, before, before,
    );
    for (let r = 0; r < g.stride; r++) {
      for (let q = 0; q < g.stride; q++) convolvePhase(dx + (<usize>image) * to, images, r, q, g, plan);
    }
  }
}

/** The pixels of phase (r, q) of some images, from the padded dy. */
function convolvePhase(dx: Pointer, images: i32, r: i32, q: i32, g: Convolution, plan: Plan): void {
  const y = firstPixel(r, g.top, g.stride);
  const x = firstPixel(q, g.left, g.stride);
  const high = pixelsOf(y, g.height, g.stride);
  const wide = pixelsOf(x, g.width, g.stride);
  const yPixel = (<usize>g.outputs) * FLOAT;
  const yRow = (<usize>plan.paddedWide) * yPixel;
  const xPixel = (<usize>g.channels) * FLOAT;
  const xRow = (<usize>g.width) * xPixel;
  const stride = <usize>g.stride;
  const first = plan.padded + (<usize>((y + g.top) / g.stride)) * yRow + (<usize>((x + g.left) / g.stride)) * yPixel;
  windowsToPlanes(plan.windows, first, yRow, yPixel, images, tilesOf(high), tilesOf(wide), plan);
  multiplyPlanes(filtersOf(r, q, g, plan), images * tilesOf(high) * tilesOf(wide), plan);
  planesToPixels(
    dx + (<usize>y) * xRow + (<usize>x) * xPixel, (<usize>g.height) * xRow, stride * xRow, stride * xPixel, high, wide,
    images, plan,
  );
}

/** Where the planes of the filters of phase (r, q) are. */
@inline
function filtersOf(r: i32, q: i32, g: Convolution, plan: Plan): Pointer {
  return plan.filters + (<usize>((r * g.stride + q) * plan.planes)) * plan.filterPlane;
}

/** The taps of phase (r, q), turned around, each as a packed matrix [outputs, channels]. */
function packTurnedTaps(w: Pointer, r: i32, q: i32, g: Convolution, plan: Plan): void {
  const last = plan.reach - 1;
  const step = (<usize>g.outputs) * FLOAT;
  const panelBytes = (<usize>g.outputs) * PANEL_ROW;
  let to = plan.taps;
  for (let i = 0; i <= last; i++) {
    for (let j = 0; j <= last; j++, to += plan.filterPlane) {
      const tap = (r + g.stride * (last - i)) * g.kernel + q + g.stride * (last - j);
      packColumns(to, panelBytes, w + (<usize>(tap * g.channels)) * step, step, g.outputs, g.channels);
    }
  }
}
