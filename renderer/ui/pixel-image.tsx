import { useEffect, useRef } from 'react';
import { grayToRgba, type Pixels } from './pixels.ts';

export interface PixelImageProps {
  /** uint8 gray, row by row; base64 or bytes. Null: not there yet, only the mat shows. */
  pixels: Pixels | null;
  /** Of the image, in its own pixels. */
  width: number;
  height: number;
  /** CSS pixels of its longer side on screen; whole multiples of the image's size look best. */
  size?: number;
  /** What a reader hears. */
  label: string;
  /** As people saw it, instead of as a network does. */
  smooth?: boolean;
  /** CSS pixels of gray around it. */
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
