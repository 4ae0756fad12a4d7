import type { RunResult } from '../../contract/run.ts';
import type { BlobStore } from '../../files/blobs.ts';

/** Hashes of the files that a run's result names. */
export function outputsOf(result: RunResult): string[] {
  switch (result.kind) {
    case 'classifier':
      return result.snapshots.map(({ weights }) => weights);
    case 'generator':
      return [result.weights];
    case 'candidates':
      return [result.candidates];
    case 'stimuli':
      return [result.original.pixels, result.model.pixels];
    case 'predictions':
      return [result.softmax, result.labels];
  }
}

/** True if a file of the result is gone, so that the run has to be done again. */
export function isLost(result: RunResult, blobs: BlobStore): boolean {
  return outputsOf(result).some((hash) => !blobs.has(hash));
}
