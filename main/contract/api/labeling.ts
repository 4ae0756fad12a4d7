import { z } from 'zod';
import { labelingStateSchema, lockSchema, remainsSchema } from '../labeling/state.ts';
import { idSchema, nothing, oc, ofStudy } from '../wire/base.ts';

/** Labelers of a study from a file, an archive or a rehearsal. */
const others = {
  list: oc.input(ofStudy).output(
    z.array(
      z.strictObject({
        labeler: idSchema,
        pseudonym: z.string(),
        simulated: z.boolean(),
        source: z.string(),
        /** What their table called them, and the table's file name; null: not known, or deleted. */
        name: z.string().nullable(),
        file: z.string().nullable(),
      }),
    ),
  ),
  /** The list of names and pseudonyms as a CSV file, to keep outside the program. */
  saveNames: oc.input(ofStudy).output(z.strictObject({ address: z.string() })),
  /** Deletes the names and file names of all tables of these labelers for good. */
  deleteNames: oc.input(ofStudy).output(nothing),
  /** Withdraws a labeler without a session. Importing the same file or an earlier archive does not bring the labeler back. */
  withdraw: oc.input(ofStudy.extend({ labeler: idSchema })).output(remainsSchema),
};

const lock = {
  /** Locks the labels of all people, so that they cannot change. */
  set: oc.input(ofStudy).output(lockSchema),
  open: oc.input(ofStudy).output(nothing),
};

export const labelingContract = {
  /** Whose labels the study has, and what is locked. */
  state: oc.input(ofStudy).output(labelingStateSchema),
  others,
  lock,
};
