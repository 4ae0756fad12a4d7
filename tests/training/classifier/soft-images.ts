import type { SoftLabels } from '../../../main/contract/recipes/recipes.ts';
import type { BlobStore } from '../../../main/files/blobs.ts';

/** Stores images whose labels are distributions. @param pixels bytes @param targets a row for each image */
export const putSoftLabels = (blobs: BlobStore, pixels: readonly number[], targets: readonly number[]): SoftLabels => ({
  pixels: blobs.put(Uint8Array.from(pixels)),
  targets: blobs.put(new Uint8Array(Float32Array.from(targets).buffer)),
  share: 0.5,
});
