/** Convolutions, each by the faster of two ways. */
import {
  convolveDirectly, convolveTransposedDirectly, directFilterScratch, directScratch, directTransposedScratch,
  filterGradientDirectly,
} from './direct';
import { Convolution } from './geometry';
import { Pointer } from './vector';
import {
  convolveByTiles, convolveTransposedByTiles, filterGradientByTiles, tilesFilterScratch, tilesScratch,
  transposedTilesScratch,
} from './winograd';
import { winogradFits } from './winograd-plan';

/** Bytes of scratch memory that `convolve` needs. */
export function convolveScratch(g: Convolution): usize {
  return winogradFits(g) ? tilesScratch(g) : directScratch(g);
}

/** y [images, outHeight, outWidth, outputs] = x convolved with w. */
export function convolve(y: Pointer, x: Pointer, w: Pointer, g: Convolution, scratch: Pointer): void {
  if (winogradFits(g)) convolveByTiles(y, x, w, g, scratch);
  else convolveDirectly(y, x, w, g, scratch);
}

/** Bytes of scratch memory that `convolveTransposed` needs. */
export function convolveTransposedScratch(g: Convolution): usize {
  return winogradFits(g) ? transposedTilesScratch(g) : directTransposedScratch(g);
}

/** dx [images, height, width, channels], the gradient of the input, from dy and w. */
export function convolveTransposed(dx: Pointer, dy: Pointer, w: Pointer, g: Convolution, scratch: Pointer): void {
  if (winogradFits(g)) convolveTransposedByTiles(dx, dy, w, g, scratch);
  else convolveTransposedDirectly(dx, dy, w, g, scratch);
}

/** Bytes of scratch memory that `filterGradient` needs. */
export function filterGradientScratch(g: Convolution): usize {
  return winogradFits(g) ? tilesFilterScratch(g) : directFilterScratch(g);
}

/** dw [kernel, kernel, channels, outputs], the gradient of the filter, from x and dy. */
export function filterGradient(dw: Pointer, x: Pointer, dy: Pointer, g: Convolution, scratch: Pointer): void {
  if (winogradFits(g)) filterGradientByTiles(dw, x, dy, g, scratch);
  else filterGradientDirectly(dw, x, dy, g, scratch);
}
