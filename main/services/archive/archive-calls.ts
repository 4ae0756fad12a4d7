import { z } from 'zod';
import type { ArchivePiece } from '../../storage/index.ts';
import { runEnvironmentSchema } from '../../contract/run.ts';
import { placesSchema } from '../tools/places.ts';

const progress = z.strictObject({ share: z.number(), note: z.string() });
const nothing = z.strictObject({});

/** Checked by the process that sends it: checking millions of rows again would hold up the host. */
const piecesSchema = z.custom<ArchivePiece[]>((value) => Array.isArray(value));

/** Questions to a process that reads or writes one archive, in this order. */
export const archiveCalls = {
  /** Checks all of an archive, before anything is stored. */
  check: {
    input: z.strictObject({ path: z.string() }),
    output: z.strictObject({ runs: z.int(), sessions: z.int() }),
    event: progress,
  },
  /** Stores its files, named by their hash. `missing`: files that neither the archive nor the data folder has. */
  storeFiles: { input: placesSchema, output: z.strictObject({ missing: z.int() }), event: progress },
  /** The next pieces of its records, some hundred rows; null: none are left. */
  next: { input: nothing, output: piecesSchema.nullable() },
  /** Moves the database's journal, which the host fills with the records. */
  moveJournal: { input: z.strictObject({ dataFolder: z.string() }), output: z.void() },
  /** Writes a study as an archive to `path`, and syncs it. */
  write: {
    input: placesSchema.extend({
      study: z.string(),
      path: z.string(),
      weights: z.boolean(),
      at: z.number(),
      environment: runEnvironmentSchema,
    }),
    output: z.strictObject({ files: z.int(), bytes: z.int(), omitted: z.int(), sessions: z.int() }),
    event: progress,
  },
};
