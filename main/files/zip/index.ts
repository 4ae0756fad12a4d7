export { ZipArchive, ZipReader, archiveError, isBomb, safePath, type ZipEntry } from './reader.ts';
export { ZipWriter, maxZipBytes } from './writer.ts';
