const [kibi, mebi, gibi] = [2 ** 10, 2 ** 20, 2 ** 30];

/**
 * What a file from elsewhere may hold at most, in bytes where nothing else is said; docs/security.md lists most. What is
 * read into memory as a whole is parsed in a process of its own, unless it is small.
 */
export const largest = {
  /** Parsed in the host, like all that pages send (4 MiB a message). */
  studyFile: 4 * mebi,
  /** JSON of an archive, unpacked. */
  manifest: 32 * mebi,
  study: 64 * mebi,
  run: 128 * mebi,
  stimulusSet: 256 * mebi,
  responses: 512 * mebi,
  labeling: 64 * mebi,
  session: 256 * mebi,
  /** All files of an archive, unpacked. */
  archive: 64 * gibi,
  /** A file of an archive that is stored as it is, such as weights. */
  blob: 2 * gibi,
  /** JSON with the candidates for anchors, which the host reads later. */
  candidates: 32 * mebi,
  kitResult: 64 * mebi,
  /** Events and notes in it. */
  kitEvents: 100_000,
  labelsJson: 512 * mebi,
  /** A NumPy file with people's answers, and each of its arrays. */
  array: 512 * mebi,
  /** Characters of a kit's result in which its kit and session are looked for, before its signature has been checked. */
  kitHead: 64 * kibi,
  csv: 1_000_000_000,
  /** Pixels of an image that is decoded, and of its longer side: as a JPEG has at most. Headers are read of larger ones. */
  imagePixels: 100_000_000,
  imageSide: 65_535,
  /** Pixels of all images of a folder or zip, for each byte of their files, beyond those that are read in any case. */
  pixelsPerByte: 1000,
  sparePixels: 150_000_000,
  /** Pixels of the longer side of a stimulus. */
  pngSide: 1024,
  /** Pixels of all images of a stimulus set, in bytes: a million gray images of 28x28. */
  stimuliPixels: gibi,
};

/**
 * Limits of a process that parses such a file: bytes of JavaScript heap, and milliseconds without a sign of progress. A
 * Parquet file is read in small parts, each of which takes well below a second.
 */
export const parser = { heap: 4 * gibi, patience: 120_000, parquetPatience: 20_000 };
