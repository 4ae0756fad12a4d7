export {
  directTitles,
  isPrepared,
  isTestOnly,
  sourceName,
  sourcePaths,
  uploadedFile,
  uploadedPath,
  withPaths,
  type PreparedSource,
  type SourceOf,
} from './data-sources.ts';
export { isBelow, safeFileName } from './file-names.ts';
export {
  changeChannels,
  createResampler,
  drawSheet,
  hasColor,
  imageLength,
  imagesAt,
  isSameSize,
  resizeImages,
  sizeOf,
  storedSize,
  type Channels,
  type ImageSize,
} from './images.ts';
