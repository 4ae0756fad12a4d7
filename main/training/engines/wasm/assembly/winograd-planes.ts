/** Winograd's transformations over whole maps and filters, as a plan lays them out, and the products of planes. */
import { timesPacked } from './gemm';
import { FLOAT, Pointer, VECTOR } from './vector';
import { Plan } from './winograd-plan';
import {
  filterToPlanes3, filterToPlanes4, pixelsToPlanes3, pixelsToPlanes4, planesToFilter3, planesToFilter4, planesToPixels3,
  planesToPixels4, windowToPlanes3, windowToPlanes4,
} from './winograd-transforms';

/**
 * The windows of `high` times `wide` tiles of each image, from the padded map: the first window starts at `from`, `row`
 * and `pixel` are the bytes from one of its pixels to the next. They go to the planes of windows from `to` on, one row
 * of `depth` a tile.
 */
export function windowsToPlanes(
  to: Pointer, from: Pointer, row: usize, pixel: usize, images: i32, high: i32, wide: i32, plan: Plan,
): void {
  const bytes = (<usize>plan.channels) * FLOAT;
  const image = (<usize>(plan.paddedHigh * plan.paddedWide)) * bytes;
  const plane = plan.windowPlane;
  const step = (<usize>plan.depth) * FLOAT;
  const reach = plan.reach;
  for (let i = 0; i < images; i++, from += image) {
    for (let y = 0; y < high; y++) {
      let x = from + (<usize>(2 * y)) * row;
      for (let tile = 0; tile < wide; tile++, x += 2 * pixel, to += step) {
        if (reach == 3) {
          for (let o: usize = 0; o < bytes; o += VECTOR) windowToPlanes4(to + o, plane, x + o, row, pixel);
        } else {
          for (let o: usize = 0; o < bytes; o += VECTOR) windowToPlanes3(to + o, plane, x + o, row, pixel);
        }
      }
    }
  }
}

/** Each plane of windows [rows, depth] times its plane of filters. */
export function multiplyPlanes(filters: Pointer, rows: i32, plan: Plan): void {
  const depth = plan.depth;
  const columns = plan.columns;
  const step = (<usize>depth) * FLOAT;
  const productStep = (<usize>columns) * FLOAT;
  let windows = plan.windows;
  let products = plan.products;
  for (let i = 0; i < plan.planes; i++) {
    timesPacked(products, productStep, windows, step, rows, depth, filters, columns, plan.first, 0, plan.tile);
    windows += plan.windowPlane;
    products += plan.productPlane;
    filters += plan.filterPlane;
  }
}

/**
 * The products of all tiles to [images, high, wide] pixels, `image`, `row` and `pixel` bytes from one to the next. A
 * tile's pixels beyond the edge go to the plan's tile, where nobody reads them.
 */
export function planesToPixels(
  to: Pointer, image: usize, row: usize, pixel: usize, high: i32, wide: i32, images: i32, plan: Plan,
): void {
  const bytes = (<usize>plan.columns) * FLOAT;
  const plane = plan.productPlane;
  const beyond = plan.tile;
  const reach = plan.reach;
  let from = plan.products;
  for (let i = 0; i < images; i++, to += image) {
    for (let y = 0; y < high; y += 2) {
      const below = y + 1 < high;
      let target = to + (<usize>y) * row;
      for (let x = 0; x < wide; x += 2, target += 2 * pixel, from += bytes) {
        const beside = x + 1 < wide;
        for (let o: usize = 0; o < bytes; o += VECTOR) {
          const y00 = target + o;
          const y01 = beside ? y00 + pixel : beyond;
          const y10 = below ? y00 + row : beyond;
          const y11 = beside && below ? y00 + row + pixel : beyond;
          if (reach == 3) planesToPixels4(y00, y01, y10, y11, from + o, plane);
          else planesToPixels3(y00, y01, y10, y11, from + o, plane);
        }
      }
    }
  }
}

/** The gradients of all tiles' pixels, dy [images, high, wide, columns], to the planes of products. */
export function pixelsToPlanes(dy: Pointer, high: i32, wide: i32, images: i32, plan: Plan): void {
  const pixel = (<usize>plan.columns) * FLOAT;
  const row = (<usize>wide) * pixel;
  const plane = plan.productPlane;
  const nothing = plan.first;
  const reach = plan.reach;
  let to = plan.products;
  for (let i = 0; i < images; i++) {
    for (let y = 0; y < high; y += 2) {
      const below = y + 1 < high;
      for (let x = 0; x < wide; x += 2, to += pixel) {
        const beside = x + 1 < wide;
        const d = dy + (<usize>((i * high + y) * wide + x)) * pixel;
        const right = beside ? d + pixel : nothing;
        const down = below ? d + row : nothing;
        const across = beside && below ? d + row + pixel : nothing;
        for (let o: usize = 0; o < pixel; o += VECTOR) {
          const d00 = v128.load(d + o);
          const d01 = v128.load(right + o);
          const d10 = v128.load(down + o);
          const d11 = v128.load(across + o);
          if (reach == 3) pixelsToPlanes4(to + o, plane, d00, d01, d10, d11);
          else pixelsToPlanes3(to + o, plane, d00, d01, d10, d11);
        }
      }
    }
  }
}

/** The plan's taps to planes of the same layout. */
export function filtersToPlanes(to: Pointer, plan: Plan): void {
  const bytes = plan.filterPlane;
  const reach = plan.reach;
  for (let o: usize = 0; o < bytes; o += VECTOR) {
    const w = plan.taps + o;
    if (reach == 3) {
      filterToPlanes4(to + o, bytes, w, bytes);
    } else {
      const w01 = v128.load(w + bytes);
      const w10 = v128.load(w + 2 * bytes);
      filterToPlanes3(to + o, bytes, v128.load(w), w01, w10, v128.load(w + 3 * bytes));
    }
  }
}

/** The gradients of `count` filters from their planes; taps are `tap` bytes apart, rows of taps `row`. */
export function planesToFilters(w: Pointer, tap: usize, row: usize, from: Pointer, count: i32, plan: Plan): void {
  const plane = plan.filterPlane;
  const reach = plan.reach;
  for (let o: usize = 0; o < (<usize>count) * FLOAT; o += VECTOR) {
    if (reach == 3) planesToFilter4(w + o, tap, from + o, plane);
    else planesToFilter3(w + o, tap, row, from + o, plane);
  }
}
