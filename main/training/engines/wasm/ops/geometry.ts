/** Sizes of a convolution, NHWC, square kernel and stride, no dilation; `x` is the larger map, which it reads. */
export interface Convolution {
  images: number;
  height: number;
  width: number;
  channels: number;
  outHeight: number;
  outWidth: number;
  outputs: number;
  kernel: number;
  stride: number;
  /** Rows above and columns left of the image that the first window starts in. */
  top: number;
  left: number;
}

/** The convolution of x [n, h, w, c] with a filter [k, k, c, o]; `same` pads as TensorFlow does. */
export function convolution(
  xShape: readonly number[],
  wShape: readonly number[],
  stride: number,
  padding: 'same' | 'valid',
): Convolution {
  const [images, height, width, channels] = xShape as [number, number, number, number];
  const [kernel, , , outputs] = wShape as [number, number, number, number];
  const out = (length: number): number =>
    padding === 'same' ? Math.ceil(length / stride) : Math.ceil((length - kernel + 1) / stride);
  const before = (length: number): number =>
    padding === 'same' ? Math.max(0, (out(length) - 1) * stride + kernel - length) >> 1 : 0;
  return {
    images,
    height,
    width,
    channels,
    outHeight: out(height),
    outWidth: out(width),
    outputs,
    kernel,
    stride,
    top: before(height),
    left: before(width),
  };
}

/** In the order in which the kernels read them. */
export function sizesOf(g: Convolution): number[] {
  return [
    g.images,
    g.height,
    g.width,
    g.channels,
    g.outHeight,
    g.outWidth,
    g.outputs,
    g.kernel,
    g.stride,
    g.top,
    g.left,
  ];
}
