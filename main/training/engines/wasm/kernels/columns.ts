/** Geometry of a convolution, NHWC, square kernel and stride, no dilation. */
export interface Convolution {
  /** Images, height, width and channels of the larger map: what a convolution reads. */
  n: number;
  height: number;
  width: number;
  channels: number;
  kernel: number;
  stride: number;
  /** Rows above and columns left of the image that the first window starts in. */
  top: number;
  left: number;
  outHeight: number;
  outWidth: number;
}

/**
 * Unfolds images [n, h, w, c] into `columns` [k * k * c, n * outH * outW]: each column is one window. Transposed
 * compared with the usual im2col, because that is how the gradient of the filter multiplies it.
 */
export function unfold(columns: Float32Array, images: Float32Array, g: Convolution): void {
  const { n, height, width, channels, kernel, stride, outHeight, outWidth } = g;
  const length = n * outHeight * outWidth;
  columns.fill(0);
  for (let i = 0; i < kernel; i++) {
    for (let j = 0; j < kernel; j++) {
      const [first, end] = validRange(j - g.left, stride, width, outWidth);
      for (let row = 0; row < n * outHeight; row++) {
        const y = (row % outHeight) * stride + i - g.top;
        if (y < 0 || y >= height) continue;
        // All channels of one row of one image: it stays in the processor's cache meanwhile.
        const line = ((Math.floor(row / outHeight) * height + y) * width + first * stride + j - g.left) * channels;
        for (let c = 0; c < channels; c++) {
          const to = ((i * kernel + j) * channels + c) * length + row * outWidth;
          let from = line + c;
          for (let x = first; x < end; x++, from += stride * channels) columns[to + x] = images[from]!;
        }
      }
    }
  }
}

/**
 * Adds `columns` [n * outH * outW, k * k * c] up into `images` [n, h, w, c], each where `unfold` would have read it:
 * a transposed convolution after its matrix product.
 */
export function fold(images: Float32Array, columns: Float32Array, g: Convolution): void {
  const { n, height, width, channels, kernel, stride, outHeight, outWidth } = g;
  images.fill(0);
  let at = 0;
  for (let image = 0; image < n; image++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        for (let i = 0; i < kernel; i++) {
          const y = oy * stride + i - g.top;
          for (let j = 0; j < kernel; j++, at += channels) {
            const x = ox * stride + j - g.left;
            if (y < 0 || y >= height || x < 0 || x >= width) continue;
            const to = ((image * height + y) * width + x) * channels;
            for (let c = 0; c < channels; c++) images[to + c]! += columns[at + c]!;
          }
        }
      }
    }
  }
}

/** The output positions [first, end) whose input position `position * stride + offset` lies within the image. */
function validRange(offset: number, stride: number, width: number, outWidth: number): [number, number] {
  const first = Math.min(outWidth, Math.max(0, Math.ceil(-offset / stride)));
  const end = Math.min(outWidth, Math.max(first, Math.ceil((width - offset) / stride)));
  return [first, end];
}
