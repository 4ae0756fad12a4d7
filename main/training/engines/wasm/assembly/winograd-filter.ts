/** The gradient of a convolution's filter by Winograd's filtering: the adjoint of `convolveByTiles` in w. */
import { gemm, gemmScratch } from './gemm';
import { Convolution } from './geometry';
import { clear, FLOAT, Pointer } from './vector';
import { imagesToPlanes } from './winograd-forward';
import { makePlan, Plan, planScratch } from './winograd-plan';
import { pixelsToPlanes, planesToFilters } from './winograd-planes';

/** Bytes of scratch memory that `filterGradientByTiles` needs. */
export function tilesFilterScratch(g: Convolution): usize {
  return planScratch(g, false) + gemmScratch(g.outputs);
}

/** dw [kernel, kernel, channels, outputs] from x and the gradient dy of the result. */
export function filterGradientByTiles(dw: Pointer, x: Pointer, dy: Pointer, g: Convolution, scratch: Pointer): void {
  const plan = makePlan(scratch, g, false);
  const ofImage = (<usize>(g.outHeight * g.outWidth * g.outputs)) * FLOAT;
  const planeFloats = plan.depth * plan.columns;
  for (let i = 0; i < plan.planes; i++) clear(plan.filters + (<usize>i) * plan.filterPlane, planeFloats);
  for (let image = 0; image < g.images; image += plan.together) {
    const images = min(plan.together, g.images - image);
    imagesToPlanes(x, image, images, g, plan);
    pixelsToPlanes(dy + (<usize>image) * ofImage, g.outHeight, g.outWidth, images, plan);
    addFilterProducts(images * plan.high * plan.wide, plan);
  }
  gradientsOfTaps(dw, g, plan);
}

/** The filters' planes [depth, columns] += windows transposed [depth, rows] times gradients [rows, columns]. */
function addFilterProducts(rows: i32, plan: Plan): void {
  const columns = plan.columns;
  let filters = plan.filters;
  let windows = plan.windows;
  let gradients = plan.products;
  for (let i = 0; i < plan.planes; i++) {
    gemm(
      true, false, plan.depth, columns, rows, windows, plan.depth, gradients, columns, filters, columns, 0, true,
      plan.end,
    );
    filters += plan.filterPlane;
    windows += plan.windowPlane;
    gradients += plan.productPlane;
  }
}

/** The filter's gradient from that of its planes, phase by phase. */
function gradientsOfTaps(dw: Pointer, g: Convolution, plan: Plan): void {
  const tap = (<usize>(g.channels * g.outputs)) * FLOAT;
  const step = (<usize>g.stride) * tap;
  let filters = plan.filters;
  for (let p = 0; p < g.stride; p++) {
    for (let q = 0; q < g.stride; q++, filters += tap) {
      const first = dw + (<usize>(p * g.kernel + q)) * tap;
      planesToFilters(first, step, (<usize>g.kernel) * step, filters, g.channels * g.outputs, plan);
    }
  }
}
