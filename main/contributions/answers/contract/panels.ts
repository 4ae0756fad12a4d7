import { z } from 'zod';
import { problemSchema } from '../../../contract/wire/index.ts';
import { panelFindingsSchema, panelSchema } from './responses.ts';
import { cannotTell, wordsSchema } from './words.ts';
import { importedTableSchema, leftOutSchema } from './tables.ts';

const column = z.string().max(200);
const classIndex = z.int().min(0).max(999);

/** The column that names images, by id or a file name in which the id is the only number; null: row n, from 0, is about image n. */
const imageSchema = column.nullable();

/** What a table says of people's answers, by its layout. */
export const peopleMappingSchema = z.discriminatedUnion('layout', [
  /** A row for each image, a column for each class: counts, or shares of `total` labels. */
  z.strictObject({
    layout: z.literal('wide'),
    kind: z.literal('counts'),
    image: imageSchema,
    /** Class of each column. */
    classes: z.record(column, classIndex),
    /** Labels of each image, if the columns have shares: a number, or the column that has it. Null: they have counts. */
    total: z.union([z.int().min(1).max(1_000_000), column]).nullable(),
  }),
  /** A row for each image, a column for each label; nobody knows who gave which. */
  z.strictObject({
    layout: z.literal('labels'),
    kind: z.literal('counts'),
    image: imageSchema,
    columns: z.array(column).min(1).max(1000),
    words: wordsSchema,
  }),
  /** A row for each answer, or of ratings for each class that a person rated. */
  z.strictObject({
    layout: z.literal('answers'),
    kind: z.enum(['single', 'abstain', 'set', 'graded']),
    image: imageSchema,
    /** Null: all answers are of one labeler, such as a published consensus. */
    labeler: column.nullable(),
    /** Sets are written as `4|9`. */
    label: column,
    /** Names in the column `labeler` whose rows are set aside, such as those of models. Absent: none. */
    aside: z.array(column).max(2000).optional(),
    /** Column of the ratings, for `graded`. */
    rating: column.nullable(),
    words: wordsSchema,
    /** For `single`: the column with `real` for real trials; the last one of an image counts. Absent: all rows are real. */
    trials: column.optional(),
    /** For `single`: no people gave these labels. Absent: people did. */
    simulated: z.literal(true).optional(),
  }),
]);
export type PeopleMapping = z.infer<typeof peopleMappingSchema>;

/** What an import would store. */
export const peopleReadingSchema = z.strictObject({
  /** Null: counts tell nothing of people. */
  people: z.int().min(0).nullable(),
  answers: z.int().min(0),
  findings: panelFindingsSchema,
});

/** Contents of a table before its import, and what an import with this mapping would store. */
export const peoplePreviewSchema = z.strictObject({
  name: z.string(),
  columns: z.array(z.string()),
  sample: z.array(z.array(z.string())),
  rows: z.int().min(0),
  /** The wanted mapping, or a guess, in which columns that are not known are ''; null: the table does not look like the wanted kind. */
  mapping: peopleMappingSchema.nullable(),
  /** People who are left out of single labels. */
  leftOut: leftOutSchema,
  /** Names in the column with the labelers: the first thousand. */
  names: z.array(z.string()),
  /** Spellings in the columns with labels (the first thousand), with guessed meanings. */
  words: z.array(
    z.strictObject({
      text: z.string(),
      count: z.int().min(1),
      guess: z.union([classIndex, z.literal(cannotTell)]).nullable(),
    }),
  ),
  /** What this mapping gives; null: why it gives nothing is in `problem`. */
  reading: peopleReadingSchema.nullable(),
  problem: problemSchema.nullable(),
});
export type PeoplePreview = z.infer<typeof peoplePreviewSchema>;

/** What an import stored: single labels join the study's own, answers of other kinds are a panel. */
export const importedAnswersSchema = z.union([
  z.strictObject({ kind: z.literal('single'), ...importedTableSchema.shape }),
  z.strictObject({ kind: z.literal('panel'), panel: panelSchema }),
]);
export type ImportedAnswers = z.infer<typeof importedAnswersSchema>;

/** A panel in the list of a study. */
export const panelItemSchema = panelSchema.omit({ inUse: true }).extend({
  /** Name of its file; null: not known, or deleted. */
  file: z.string().nullable(),
  /** Whether it is about the study's present stimuli. */
  isAboutStimuli: z.boolean(),
  /** Whether figures use it. */
  counts: z.boolean(),
});
export type Panel = z.infer<typeof panelItemSchema>;
