import { z } from 'zod';

/**
 * `humans`: one current label a row, as `boundary analyze` reads it. `events`: every event of every session. `json`:
 * sessions with their events, with a schema. `model-vs-human`: the columns of that toolbox. `counts`: labels an image
 * and class, as CIFAR-10H has them.
 */
export const exportFormats = ['humans', 'events', 'json', 'model-vs-human', 'counts'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export const exportedFileSchema = z.strictObject({
  name: z.string(),
  /** Where the page fetches it, for ten minutes. */
  address: z.string(),
  /** null: it is made while it is fetched. */
  bytes: z.int().min(0).nullable(),
});

/** Which column of a foreign table means what. */
export const columnMappingSchema = z.strictObject({
  /** Image id, or a file name with the id as its only number, e.g. `stimulus_0042.png`. */
  image: z.string().max(200),
  labeler: z.string().max(200),
  label: z.string().max(200),
  /** Rows that are real trials have `real` here; null: all rows are. */
  kind: z.string().max(200).nullable(),
});
export type ColumnMapping = z.infer<typeof columnMappingSchema>;

/** What a spelling in the label column means: a class index, or null for left blank. */
export const classMappingSchema = z.record(z.string().max(200), z.int().min(0).max(999).nullable());
export type ClassMapping = z.infer<typeof classMappingSchema>;

/** People whose rows an import leaves out, by why. */
export const leftOutSchema = z.strictObject({
  /** Their session was declined, or had not ended when the table was written. */
  unfinished: z.int().min(0),
  /** Their session was excluded there. */
  excluded: z.int().min(0),
  /** They withdrew from this study. */
  withdrawn: z.int().min(0),
  /** They have a session in this study: their labels are here. */
  present: z.int().min(0),
});
export type LeftOut = z.infer<typeof leftOutSchema>;

/** What is in a table that is to be imported, for a screen on which its columns and classes are put in place. */
export const tableLookSchema = z.strictObject({
  name: z.string(),
  format: z.enum(['csv', 'json']),
  columns: z.array(z.string()),
  /** The first rows, as text. */
  sample: z.array(z.array(z.string())),
  rows: z.int().min(0),
  /** Who would be left out, as far as it is known which column names people. */
  leftOut: leftOutSchema,
  /** What the columns seem to be; null where nothing fits. */
  guess: columnMappingSchema.partial(),
  /** Spellings in the guessed label column (the first thousand) and the classes that they seem to be. */
  labels: z.array(z.strictObject({ text: z.string(), count: z.int().min(1), guess: z.int().min(0).nullable() })),
});
export type TableLook = z.infer<typeof tableLookSchema>;

export const importedTableSchema = z.strictObject({
  labelers: z.int().min(0),
  labels: z.int().min(0),
  /** Rows that were passed over: no real trials, answers that were changed later, people who are left out. */
  passedOver: z.int().min(0),
  leftOut: leftOutSchema,
});
