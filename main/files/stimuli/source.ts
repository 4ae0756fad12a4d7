/** A folder or a zip archive, read only, from which no path leads out. Paths are in the form of `safePath`. */
export interface StimulusSource {
  /** Names a file in errors. */
  where(path: string): string;
  /**
   * The folder inside, `''` or `name/`, that holds a file of this name, or null: at the top, or in the only folder that
   * has it (as when a folder was zipped).
   */
  folderOf(file: string): string | null;
  /**
   * The bytes of a file, or null if it is not there.
   * @throws UserError `stimuli.*` or `file.*` if it is damaged, no regular file, or larger than `maxBytes`.
   */
  read(path: string, maxBytes: number): Uint8Array | null;
  close(): void;
}
