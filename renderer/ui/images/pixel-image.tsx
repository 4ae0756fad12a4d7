import { useEffect, useRef } from 'react';
import { imageLength, type ImageSize } from '../../../main/domain/data/images.ts';

interface PixelImageProps {
  /** uint8 [height, width, channels], as base64 or bytes. Null while they load: only the mat is drawn. */
  pixels: Pixels | null;
  /** Size of the image in its own pixels. */
  imageSize: ImageSize;
  /** CSS pixels of the longer side; integer multiples of the image's size look best. */
  size?: number;
  /** Accessible name. */
  label: string;
  /** Interpolated, as people saw it, instead of pixelated, as a network sees it. */
  smooth?: boolean;
  /** CSS pixels of the gray mat around it. */
  mat?: number;
}

/** One stimulus on its mid-gray mat, with the same values in both themes: never inverted, tinted or filtered. */
export function PixelImage({ pixels, imageSize, size = 56, label, smooth = false, mat = 4 }: PixelImageProps) {
  const { width, height, channels } = imageSize;
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    if (pixels === null) context.clearRect(0, 0, width, height);
    else context.putImageData(toImageData(pixels, { width, height, channels }), 0, 0);
  }, [pixels, width, height, channels]);
  const scale = size / Math.max(width, height);
  return (
    <span
      className="pixel-image"
      data-smooth={smooth || undefined}
      data-empty={pixels === null || undefined}
      style={{ '--mat-width': `${mat}px` } as React.CSSProperties}
    >
      <canvas
        ref={canvas}
        role="img"
        aria-label={label}
        width={width}
        height={height}
        style={{ width: width * scale, height: height * scale }}
      />
    </span>
  );
}

/** Values of pixels, uint8 [height, width, channels]: as bytes, or in base64 as calls carry them. */
export type Pixels = Uint8Array | string;

/** @throws Error for what is not base64 */
export function decodePixels(pixels: Pixels): Uint8Array {
  if (typeof pixels !== 'string') return pixels;
  const text = atob(pixels);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** The values of one of several images. @param pixels uint8 [count, height, width, channels] @param index 0 to count - 1 */
export function imageAt(pixels: Uint8Array, size: ImageSize, index: number): Uint8Array {
  const length = imageLength(size);
  return pixels.subarray(index * length, (index + 1) * length);
}

/** One image as opaque RGBA; gray has three equal values. Missing values are 0. */
function toImageData(pixels: Pixels, { width, height, channels }: ImageSize): ImageData {
  const values = decodePixels(pixels);
  const image = new ImageData(width, height);
  const [green, blue] = channels === 3 ? [1, 2] : [0, 0];
  for (let from = 0, to = 0; to < image.data.length; from += channels, to += 4) {
    image.data[to] = values[from] ?? 0;
    image.data[to + 1] = values[from + green] ?? 0;
    image.data[to + 2] = values[from + blue] ?? 0;
    image.data[to + 3] = 255;
  }
  return image;
}

/** Canvases of images by key; evicts the least recently drawn. */
export class ImageCache {
  readonly #canvases = new Map<string | number, { pixels: Pixels; canvas: HTMLCanvasElement }>();
  readonly #capacity: number;

  constructor(capacity = 3000) {
    this.#capacity = capacity;
  }

  /** The image as a canvas of its own size. */
  canvas(key: string | number, pixels: Pixels, size: ImageSize): HTMLCanvasElement {
    const known = this.#canvases.get(key);
    this.#canvases.delete(key);
    const entry = known?.pixels === pixels ? known : { pixels, canvas: draw(pixels, size) };
    this.#canvases.set(key, entry);
    if (this.#canvases.size > this.#capacity) this.#canvases.delete(this.#canvases.keys().next().value ?? key);
    return entry.canvas;
  }
}

function draw(pixels: Pixels, size: ImageSize): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = size.width;
  canvas.height = size.height;
  canvas.getContext('2d')?.putImageData(toImageData(pixels, size), 0, 0);
  return canvas;
}
