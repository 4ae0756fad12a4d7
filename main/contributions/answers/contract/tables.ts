import { z } from 'zod';
import { tableFormats } from './outside-models.ts';
import { choiceSchema } from '../../../contract/labeling/index.ts';
import { lateKinds, noteKinds, screenSchema, trialEventKinds } from '../../sessions/contract/volunteer.ts';
import { mediumSchema, trialKinds } from '../../sessions/contract/plan.ts';

/**
 * `humans`: one current label a row, as `boundary analyze` reads it. `events`: every event of every session. `json`:
 * sessions with their events, with a schema. `model-vs-human`: the columns of that toolbox. `counts`: labels an image
 * and class, as CIFAR-10H has them.
 */
export const exportFormats = ['humans', 'events', 'json', 'model-vs-human', 'counts'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export const exportedFileSchema = z.strictObject({
  name: z.string(),
  /** Download address, valid for ten minutes. */
  address: z.string(),
  /** null: created during the download. */
  bytes: z.int().min(0).nullable(),
});

export const leftOutSchema = z.strictObject({
  /** Their session had not finished when the table was written, or was declined. */
  unfinished: z.int().min(0),
  /** The table says that their session is excluded. */
  excluded: z.int().min(0),
  withdrawn: z.int().min(0),
  present: z.int().min(0),
});
export type LeftOut = z.infer<typeof leftOutSchema>;

/** What a field for files takes: extensions and media types. */
export const tableFileTypes = [...tableFormats.map((format) => `.${format}`), 'text/csv', 'application/json'].join();

/**
 * What becomes of the names in a table: `replace`: each person gets a pseudonym, and the names are kept apart; `keep`:
 * they are stored as they are, and appear in exports, reports and archives.
 */
export const namesChoiceSchema = z.enum(['replace', 'keep']);
export type NamesChoice = z.infer<typeof namesChoiceSchema>;

export const importedTableSchema = z.strictObject({
  labelers: z.int().min(0),
  labels: z.int().min(0),
  /** Skipped rows: no real trial, an answer changed later, or a person who is left out. */
  passedOver: z.int().min(0),
  leftOut: leftOutSchema,
});

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const time = z.iso.datetime();

const screenJsonSchema = z.strictObject({
  refreshHz: screenSchema.shape.refreshHz.describe('Measured frames per second of the display; null: not measured'),
  width: screenSchema.shape.width.describe('Width of the page in CSS pixels'),
  height: screenSchema.shape.height.describe('Height of the page in CSS pixels'),
  pixelRatio: screenSchema.shape.pixelRatio.describe('Display pixels per CSS pixel, in each direction'),
  pixelsPerMm: screenSchema.shape.pixelsPerMm.describe(
    'CSS pixels per millimeter, as measured with a card; null: not measured',
  ),
});

const clock = 'in milliseconds since the page of the sitting was opened, on a monotonic clock';

const eventJsonSchema = z.strictObject({
  seq: z.int().min(0).describe('Number of the event in its sitting, from 0, notes included'),
  trial: z.int().min(0).describe('Index into trials'),
  kind: z.enum(trialEventKinds).describe('What happened: an answer, an answer taken back, or a timeout'),
  choice: choiceSchema.nullable().describe('Index into classes; -1: can’t tell; null: not an answer'),
  shownMs: z.number().describe(`When the image was first shown or focused, ${clock}`),
  atMs: z.number().describe(`When the key, button or time limit came, ${clock}`),
  order: z
    .int()
    .min(0)
    .optional()
    .describe(
      'Place in the session’s log, over all sittings: the last event of a trial counts. Earlier versions lack it',
    ),
  late: z
    .enum(lateKinds)
    .nullable()
    .optional()
    .describe('Time limit that the event missed, so that it does not count; null: none. Earlier versions lack it'),
  storedAt: time
    .optional()
    .describe('When it was stored, by the clock of the researcher’s computer. Earlier versions lack it'),
});

const noteJsonSchema = z.strictObject({
  seq: z.int().min(0).describe('Number of the note in its sitting, from 0, events included'),
  kind: z.enum(noteKinds).describe('What happened around the trials'),
  trial: z.int().min(0).nullable().describe('Trial that was in focus, an index into trials; null: none'),
  atMs: z.number().describe(`When it happened, ${clock}`),
});

const sittingJsonSchema = z.strictObject({
  openedAt: time.describe('When the page was opened, by the clock of that computer'),
  claimedAt: time
    .optional()
    .describe(
      'The date that a kit stated and that cannot be right; openedAt is then the time of the import, or earlier than all right dates',
    ),
  screen: screenJsonSchema.describe('What the images were shown on'),
  events: z.array(eventJsonSchema).describe('All that happened to trials, in the order of the sitting'),
  notes: z.array(noteJsonSchema).describe('All that happened around trials, in the order of the sitting'),
});

const trialJsonSchema = z.strictObject({
  image: z.int().min(0).describe('Id of the image in the stimulus set'),
  kind: z.enum(trialKinds).describe('Purpose of the trial; only real trials are analyzed'),
  block: z.int().min(1).describe('Block of the order, from 1'),
});

const sessionJsonSchema = z.strictObject({
  labeler: z.string().min(1).max(200).describe('Pseudonym of the person'),
  medium: mediumSchema.describe('Where the session took place'),
  state: z
    .enum(['planned', 'active', 'finished', 'declined'])
    .describe('State of the session; finished sessions count unless they are excluded'),
  planVersion: z.int().min(1).describe('Version of the labeling plan, with its texts'),
  question: z.string().describe('The question as this person read it'),
  names: z.array(z.string()).describe('The names of the classes as this person read them, in the order of classes'),
  excluded: z.string().nullable().describe('Why figures exclude the session; null: they include it'),
  startedAt: time.nullable().describe('When it began; null: not yet'),
  finishedAt: time.nullable().describe('When it ended; null: not yet'),
  imagesLeft: z
    .int()
    .min(0)
    .nullable()
    .default(null)
    .describe('Images without an answer when the time limit ended the session; null: it did not'),
  trials: z.array(trialJsonSchema).describe('The session’s trials, in the order in which they were shown'),
  sittings: z.array(sittingJsonSchema).describe('The times that the session’s page was opened'),
});

/**
 * The labels of a study as one JSON file: every session with its order and its log. The descriptions go into the schema
 * that lies beside an export: they are its data dictionary.
 */
export const labelsJsonSchema = z.strictObject({
  schema: z.literal('boundary-workbench/labels/1').describe('Format and version of this file'),
  study: z.string().describe('Name of the study'),
  stimulusSet: hash.describe('SHA-256 of the stimulus set of the image ids'),
  classes: z.array(z.string()).min(2).max(1000).describe('Names of the classes, in the order of their indexes'),
  lock: hash.nullable().describe('Hash of the locked labels; null: they are not locked'),
  sessions: z.array(sessionJsonSchema).describe('All sessions, including excluded and unfinished ones'),
});
export type LabelsJson = z.infer<typeof labelsJsonSchema>;
