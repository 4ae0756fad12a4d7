import { useMemo } from 'react';
import { bytesOf } from '../../ui/pixel-image.tsx';

/** The pixels of several images, read once; cut them with `subarray`. */
export function usePixels(base64: string | undefined): Uint8Array | null {
  return useMemo(() => (base64 === undefined ? null : bytesOf(base64)), [base64]);
}
