export {
  isThere,
  makeFolder,
  makeFolderAsync,
  moveDurably,
  newFileMode,
  replaceFile,
  temporaryName,
  writeFileAtomic,
  writeHashed,
  writeTextAtomic,
} from './atomic.ts';
export { removeBelow, removeBelowSync, within, withinSync } from './below.ts';
export { BlobStore, sha256 } from './blobs.ts';
export { runEnvironment } from './environment.ts';
export { checkRoom, fileError, onFile } from './file-errors.ts';
export { jsonChunks, listParts } from './json-chunks.ts';
export { largest, parser } from './limits.ts';
export { missingPackage } from './packages.ts';
export { parseJson } from './parse-json.ts';
export { cacheFolder, codeCacheFolder, entryModule, productFolder } from './places.ts';
export { encodePng, type PixelImage } from './png.ts';
export { makePrivateFolder } from './private.ts';
