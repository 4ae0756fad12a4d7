export { BoundaryStrip } from './boundary-strip.tsx';
export { ImageCache, PixelImage, decodePixels, imageAt } from './pixel-image.tsx';
export { StimulusGrid } from './stimulus-grid.tsx';
export { useThumbnailSize } from './thumbnails.ts';
export { usePictures } from './use-pictures.ts';
