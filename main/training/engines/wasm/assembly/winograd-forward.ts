/** Convolution by Winograd's filtering. */
import { Convolution, pad } from './geometry';
import { PANEL_ROW, packRows } from './pack';
import { FLOAT, Pointer } from './vector';
import { makePlan, Plan, planScratch } from './winograd-plan';
import { filtersToPlanes, multiplyPlanes, planesToPixels, windowsToPlanes } from './winograd-planes';

/** Bytes of scratch memory that `convolveByTiles` needs. */
export function tilesScratch(g: Convolution): usize {
  return planScratch(g, false);
}

/** y = x convolved with w */
export function convolveByTiles(y: Pointer, x: Pointer, w: Pointer, g: Convolution, scratch: Pointer): void {
  const plan = makePlan(scratch, g, false);
  const pixel = (<usize>g.outputs) * FLOAT;
  const row = (<usize>g.outWidth) * pixel;
  const image = (<usize>g.outHeight) * row;
  packTaps(w, g, plan);
  filtersToPlanes(plan.filters, plan);
  for (let i = 0; i < g.images; i += plan.together) {
    const images = min(plan.together, g.images - i);
    imagesToPlanes(x, i, images, g, plan);
    multiplyPlanes(plan.filters, images * plan.high * plan.wide, plan);
    planesToPixels(y + (<usize>i) * image, image, row, pixel, g.outHeight, g.outWidth, images, plan);
  }
}

/** The windows of all phases of some images, side by side: planes of [tiles, phases * channels]. */
export function imagesToPlanes(x: Pointer, image: i32, images: i32, g: Convolution, plan: Plan): void {
  const pixel = (<usize>g.channels) * FLOAT;
  const row = (<usize>plan.paddedWide) * pixel;
  const stride = <usize>g.stride;
  const from = x + (<usize>(image * g.height * g.width)) * pixel;
  pad(plan.padded, plan.paddedHigh, plan.paddedWide, from, images, g.height, g.width, g.channels, g.top, g.left);
  let to = plan.windows;
  for (let p: usize = 0; p < stride; p++) {
    for (let q: usize = 0; q < stride; q++, to += pixel) {
      const first = plan.padded + p * row + q * pixel;
      windowsToPlanes(to, first, stride * row, stride * pixel, images, plan.high, plan.wide, plan);
    }
  }
}

/** Each tap as a packed matrix [phases * channels, outputs]. */
function packTaps(w: Pointer, g: Convolution, plan: Plan): void {
  const step = (<usize>g.outputs) * FLOAT;
  const panelBytes = (<usize>plan.depth) * PANEL_ROW;
  for (let row = 0; row < g.kernel; row++) {
    for (let column = 0; column < g.kernel; column++, w += (<usize>g.channels) * step) {
      const phase = (row % g.stride) * g.stride + (column % g.stride);
      const tap = (row / g.stride) * plan.reach + column / g.stride;
      const to = plan.taps + (<usize>tap) * plan.filterPlane + (<usize>(phase * g.channels)) * PANEL_ROW;
      packRows(to, panelBytes, w, step, g.channels, g.outputs);
    }
  }
}
