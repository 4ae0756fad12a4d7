/**
 * Convolutions by Winograd's minimal filtering: 3x3 at stride 1, and 4x4 at stride 2, which is four convolutions of 2x2
 * at stride 1, one for each phase of rows and columns. In both, `reach` is the side of the filter at stride 1.
 *
 * Windows are transformed to planes, planes multiplied as matrices [tiles, depth] [depth, columns], and their products
 * transformed back; a tile is 2x2 pixels of the result. Here is when that is done, in which sizes, and where its parts
 * lie in memory.
 */
import { Convolution, phaseLength } from './geometry';
import { startRow } from './gemm';
import { packedBytes, panelCount } from './pack';
import { COLUMNS, TILE_BYTES } from './tile';
import { floatBytes, FLOAT, Pointer } from './vector';

/** Tiles that are enough to be multiplied fast; their planes should stay in the second-level cache. */
const ENOUGH_TILES: i32 = 160;
/** Products of a pixel with one tap that pay for the transformations. */
const ENOUGH_PRODUCTS: i32 = 512;

/** Whether a convolution, its transposed one and its filter's gradient can be done so, and should be. */
export function winogradFits(g: Convolution): bool {
  const form = (g.kernel == 3 && g.stride == 1) || (g.kernel == 4 && g.stride == 2);
  const vectors = ((g.channels | g.outputs) & 3) == 0;
  return form && vectors && g.channels * g.outputs >= ENOUGH_PRODUCTS && g.outHeight > 1 && g.outWidth > 1;
}

/** Sizes of the work, and where its parts lie in scratch memory, of which this is the start. */
@unmanaged
export class Plan {
  reach: i32;
  planes: i32;
  /** Images done together, and tiles of each; of the largest phase, where phases differ. */
  together: i32;
  high: i32;
  wide: i32;
  /** The map that windows are taken from, with zeros around it. */
  paddedHigh: i32;
  paddedWide: i32;
  channels: i32;
  /** Sizes of a plane's product: [tiles, depth] [depth, columns]. */
  depth: i32;
  columns: i32;
  /** Bytes from plane to plane. */
  windowPlane: usize;
  productPlane: usize;
  filterPlane: usize;
  padded: Pointer;
  tile: Pointer;
  /** A row of zeros that products start from. */
  first: Pointer;
  taps: Pointer;
  filters: Pointer;
  windows: Pointer;
  products: Pointer;
  /** What comes after all this. */
  end: Pointer;
}

/** Bytes of scratch memory that the plan itself takes. */
const PLAN_BYTES: usize = (offsetof<Plan>() + 63) & ~63;

/** Plans x to y or, `transposed`, dy to dx. */
export function makePlan(scratch: Pointer, g: Convolution, transposed: bool): Plan {
  const plan = changetype<Plan>(scratch);
  plan.reach = filterReach(g);
  plan.planes = planeCount(g);
  plan.together = together(g, transposed);
  plan.high = tiles(g.height, g.outHeight, g, transposed);
  plan.wide = tiles(g.width, g.outWidth, g, transposed);
  plan.paddedHigh = paddedSide(g.height, g.outHeight, g.top, g, transposed);
  plan.paddedWide = paddedSide(g.width, g.outWidth, g.left, g, transposed);
  plan.channels = transposed ? g.outputs : g.channels;
  plan.depth = productDepth(g, transposed);
  plan.columns = productColumns(g, transposed);
  plan.windowPlane = floatBytes(rows(g, transposed) * plan.depth);
  plan.productPlane = floatBytes(rows(g, transposed) * plan.columns);
  plan.filterPlane = packedBytes(plan.depth, plan.columns);
  const planes = <usize>plan.planes;
  plan.padded = scratch + PLAN_BYTES;
  plan.tile = plan.padded + paddedBytes(g, transposed);
  plan.first = plan.tile + TILE_BYTES;
  plan.taps = plan.first + floatBytes(panelCount(plan.columns) * COLUMNS);
  plan.filters = plan.taps + (<usize>(plan.reach * plan.reach)) * plan.filterPlane;
  plan.windows = plan.filters + filterSets(g, transposed) * planes * plan.filterPlane;
  plan.products = plan.windows + planes * plan.windowPlane;
  plan.end = plan.products + planes * plan.productPlane;
  startRow(plan.first, 0, plan.columns);
  return plan;
}

/** Bytes of scratch memory from the start of a plan to its end. */
export function planScratch(g: Convolution, transposed: bool): usize {
  const planes = <usize>planeCount(g);
  const depth = productDepth(g, transposed);
  const columns = productColumns(g, transposed);
  const taps = <usize>(filterReach(g) * filterReach(g));
  return (
    PLAN_BYTES +
    paddedBytes(g, transposed) +
    TILE_BYTES +
    floatBytes(panelCount(columns) * COLUMNS) +
    (taps + filterSets(g, transposed) * planes) * packedBytes(depth, columns) +
    planes * (floatBytes(rows(g, transposed) * depth) + floatBytes(rows(g, transposed) * columns))
  );
}

@inline
function filterReach(g: Convolution): i32 {
  return g.kernel / g.stride;
}

@inline
function planeCount(g: Convolution): i32 {
  return (filterReach(g) + 1) * (filterReach(g) + 1);
}

/** x has its phases side by side, as they add up to one result. dy makes each phase of dx by itself. */
function productDepth(g: Convolution, transposed: bool): i32 {
  return transposed ? g.outputs : g.stride * g.stride * g.channels;
}

function productColumns(g: Convolution, transposed: bool): i32 {
  return transposed ? g.channels : g.outputs;
}

/** Each phase of dx has a filter of its own. */
function filterSets(g: Convolution, transposed: bool): usize {
  return transposed ? <usize>(g.stride * g.stride) : 1;
}

@inline
export function tileCount(pixels: i32): i32 {
  return (pixels + 1) >> 1;
}

/** Tiles along an axis of y, or of the largest phase of dx. */
function tiles(length: i32, outLength: i32, g: Convolution, transposed: bool): i32 {
  return tileCount(transposed ? phaseLength(0, length, g.stride) : outLength);
}

function tilesPerImage(g: Convolution, transposed: bool): i32 {
  return tiles(g.height, g.outHeight, g, transposed) * tiles(g.width, g.outWidth, g, transposed);
}

function together(g: Convolution, transposed: bool): i32 {
  return max(1, min(g.images, ENOUGH_TILES / tilesPerImage(g, transposed)));
}

/** Rows of a plane's product: the tiles of all images done together. */
function rows(g: Convolution, transposed: bool): i32 {
  return together(g, transposed) * tilesPerImage(g, transposed);
}

/**
 * Pixels along an axis of the padded map: all that the windows of whole tiles see. dy has `reach - 1` zeros before it,
 * and its last window starts at the pixel of dy that the last pixel of dx belongs to.
 */
function paddedSide(length: i32, outLength: i32, before: i32, g: Convolution, transposed: bool): i32 {
  if (transposed) return (length - 1 + before) / g.stride + filterReach(g) + 1;
  return (2 * tileCount(outLength) - 1 + filterReach(g)) * g.stride;
}

function paddedBytes(g: Convolution, transposed: bool): usize {
  const high = paddedSide(g.height, g.outHeight, g.top, g, transposed);
  const wide = paddedSide(g.width, g.outWidth, g.left, g, transposed);
  return floatBytes(together(g, transposed) * high * wide * (transposed ? g.outputs : g.channels));
}
