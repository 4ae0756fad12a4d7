export { anchorCounts, layOutDesign, pickAnchors, type ClassPool } from './anchors.ts';
export { askedClass, drawLatents, latentDirections, latentPoint, pointLength, type LatentSpace } from './latents.ts';
export { pairCount } from './pair-design.ts';
export { usualTestImages } from './test-images.ts';
