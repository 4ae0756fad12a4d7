import type { ImageSize } from '../../../main/domain/data/images.ts';

const side = 28;
export const imageSize: ImageSize = { width: side, height: side, channels: 1 };
export const colorSize: ImageSize = { ...imageSize, channels: 3 };

/** A blob that wanders with `index`, 28 x 28, so that neighbors look alike and none is blank. */
export function picture(index: number): Uint8Array {
  const [cx, cy] = [14 + 7 * Math.sin(index * 0.7), 14 + 7 * Math.cos(index * 0.3)];
  return Uint8Array.from({ length: side * side }, (_, i) => {
    const distance = Math.hypot((i % side) - cx, Math.floor(i / side) - cy);
    return Math.max(0, Math.min(255, 255 - (distance - 4) * 60));
  });
}

/** The same blob in orange on blue, interleaved. */
export const colorPicture = (index: number): Uint8Array =>
  Uint8Array.from([...picture(index)].flatMap((value) => [value, Math.round(value / 2), 128 - Math.round(value / 2)]));

export const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
