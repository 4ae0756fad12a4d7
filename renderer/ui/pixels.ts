/** Gray pixels, uint8, row by row: as bytes, or in base64 as calls carry them. */
export type Pixels = Uint8Array | string;

/** @throws Error for what is not base64 */
export function bytesOf(pixels: Pixels): Uint8Array {
  if (typeof pixels !== 'string') return pixels;
  const text = atob(pixels);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** RGBA of gray pixels; what is missing of width x height is black. */
export function grayToRgba(pixels: Pixels, width: number, height: number): ImageData {
  const gray = bytesOf(pixels);
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    const value = gray[i] ?? 0;
    image.data.set([value, value, value, 255], i * 4);
  }
  return image;
}

/** Small canvases of images by key, the least recently drawn ones forgotten first. */
export class ImageCache {
  readonly #canvases = new Map<string | number, { pixels: Pixels; canvas: HTMLCanvasElement }>();
  readonly #capacity: number;

  constructor(capacity = 3000) {
    this.#capacity = capacity;
  }

  /** The image as a canvas of its own size. */
  canvas(key: string | number, pixels: Pixels, width: number, height: number): HTMLCanvasElement {
    const known = this.#canvases.get(key);
    this.#canvases.delete(key);
    const entry = known?.pixels === pixels ? known : { pixels, canvas: draw(pixels, width, height) };
    this.#canvases.set(key, entry);
    if (this.#canvases.size > this.#capacity) this.#canvases.delete(this.#canvases.keys().next().value ?? key);
    return entry.canvas;
  }
}

function draw(pixels: Pixels, width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')?.putImageData(grayToRgba(pixels, width, height), 0, 0);
  return canvas;
}
