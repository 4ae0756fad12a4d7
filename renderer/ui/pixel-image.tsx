import { useEffect, useRef } from 'react';

interface PixelImageProps {
  /** uint8 gray, row by row, as base64 or bytes. Null while they load: only the mat is drawn. */
  pixels: Pixels | null;
  /** Size of the image in its own pixels. */
  width: number;
  height: number;
  /** CSS pixels of the longer side; integer multiples of the image's size look best. */
  size?: number;
  /** Accessible name. */
  label: string;
  /** Interpolated, as people saw it, instead of pixelated, as a network sees it. */
  smooth?: boolean;
  /** CSS pixels of the gray mat around it. */
  mat?: number;
}

/** One stimulus on its mid-gray mat, in both themes, never inverted. */
export function PixelImage({ pixels, width, height, size = 56, label, smooth = false, mat = 4 }: PixelImageProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    if (pixels === null) context.clearRect(0, 0, width, height);
    else context.putImageData(grayToRgba(pixels, width, height), 0, 0);
  }, [pixels, width, height]);
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

/** Gray pixels, uint8, row by row: as bytes, or in base64 as calls carry them. */
export type Pixels = Uint8Array | string;

/** @throws Error for what is not base64 */
export function decodePixels(pixels: Pixels): Uint8Array {
  if (typeof pixels !== 'string') return pixels;
  const text = atob(pixels);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** RGBA of gray pixels; missing pixels are black. */
function grayToRgba(pixels: Pixels, width: number, height: number): ImageData {
  const gray = decodePixels(pixels);
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    const value = gray[i] ?? 0;
    image.data.set([value, value, value, 255], i * 4);
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
