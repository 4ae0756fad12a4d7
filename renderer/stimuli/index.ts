export { CheckFailed, doubtNote, useReferenceCheck, type AnchorDoubt } from './anchor-doubts.tsx';
export { CopyLatent } from './copy-latent.tsx';
export { decodeFloats, latentText, toBase64 } from './latent.ts';
export { onePixel, requestedModels, useOtherVotes, usePixels, usePointPreview } from './points.ts';
export { VoteTable, decodeVote } from './vote-table.tsx';
