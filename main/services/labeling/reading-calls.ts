import { z } from 'zod';
import { panelFindingsSchema, responseKinds } from '../../contract/responses.ts';
import { peoplesAnswersSchema } from '../../contract/labeling/disagreement.ts';
import { peopleMappingSchema, peoplePreviewSchema } from '../../contract/labeling/panels.ts';
import { toolboxAnswersSchema } from '../../contract/labeling/toolbox.ts';
import { hashSchema } from '../../contract/recipes.ts';
import { dataSetSchema } from '../../contract/study.ts';
import type { PanelRow } from '../../storage/index.ts';
import { kitResultPayloadSchema, type KitResultPayload } from '../../contract/labeling/kit.ts';
import { importedTableSchema } from '../../contract/labeling/tables.ts';
import {
  addedAnswersSchema,
  answersMappingSchema,
  answersPreviewSchema,
  wantedMappingSchema,
} from '../../contract/outside-models.ts';
import { placesSchema } from '../tools/places.ts';

/** An uploaded file. `name`: as its user calls it, for errors. */
const file = z.strictObject({ path: z.string(), name: z.string() });

/** The same, and where the workbench is that the process reads. */
const placedFile = file.extend(placesSchema.shape);

/** A table of labels, and the study and data folder that it is for, which the process only reads. */
const table = placedFile.extend({ study: z.string() });

/** A sitting of a kit's result, or the next of its events and notes. */
export type SittingPart = KitResultPayload['sittings'][number];

/** Checked by the process that sends them: checking them again would hold up the host. */
const sittingsSchema = z.custom<SittingPart[]>((value) => Array.isArray(value));

const rowsOfPanel = z.custom<PanelRow[]>((value) => Array.isArray(value));
/** What a model of a table answered, as hashes of blobs that the process has stored. */
const storedAnswersSchema = z.strictObject({
  name: z.string(),
  labels: z.string(),
  softmax: z.string().nullable(),
  confidence: z.string().nullable(),
  /** Labels that are the true class; null: the stimuli state no true class. */
  tested: z.strictObject({ images: z.int(), errors: z.int() }).nullable(),
});
export type StoredAnswers = z.infer<typeof storedAnswersSchema>;

const { kit, session } = kitResultPayloadSchema.shape;

/** What was chosen in place of a guess. */
const wantedSchema = z.strictObject({
  kind: z.enum(responseKinds).nullable(),
  mapping: peopleMappingSchema.nullable(),
});

/** `id`: names what was read, until its last part has been asked for. */
const reading = z.strictObject({ id: z.uuid() });
const alive = z.strictObject({});

/** Questions to the process that reads uploaded results of kits, and tables of labels and of models' answers. */
export const readingCalls = {
  /** Kit and session of a result, as its first bytes state them; its signature has not been checked yet. */
  openKit: { input: file.extend(reading.shape), output: z.strictObject({ kit, session }) },
  /** Checks the signature, and only then parses the result. `key` in base64. */
  readKit: {
    input: reading.extend({ key: z.string() }),
    output: kitResultPayloadSchema.omit({ sittings: true }),
  },
  /** The next sittings or parts of them, which have the same key; null: none are left. */
  nextSittings: { input: reading, output: sittingsSchema.nullable() },
  previewPeople: { input: table.extend({ wanted: wantedSchema }), output: peoplePreviewSchema, event: alive },
  readTable: {
    input: table.extend({ ...reading.shape, wanted: wantedSchema }),
    output: importedTableSchema.pick({ passedOver: true, leftOut: true }).extend({
      source: z.string(),
      mapping: peopleMappingSchema,
      findings: panelFindingsSchema,
      present: z.array(z.string()),
    }),
    event: alive,
  },
  /** The answers of the next people of what `readTable` read; null: nobody is left. */
  nextPeople: { input: reading, output: rowsOfPanel.nullable() },
  /** Answers about the test images of the study's data set. */
  readDisagreement: {
    input: table,
    output: peoplesAnswersSchema,
    event: alive,
  },
  /** What tables of model-vs-human say of the images of a data set that was read. Stores their rows as a blob. */
  inspectToolbox: {
    input: placedFile.extend({
      source: dataSetSchema,
      hash: hashSchema,
      people: z.array(z.string()).nullable(),
    }),
    output: toolboxAnswersSchema,
    event: alive,
  },
  /** Stores the rows of all tables of model-vs-human at a path as a blob, unless `table` is one; and who answers in them. */
  gatherToolbox: {
    input: placedFile.extend({ table: hashSchema.nullable() }),
    output: z.strictObject({ table: hashSchema, names: z.array(z.string()) }),
    event: alive,
  },
  previewAnswers: {
    input: table.extend({ wanted: wantedMappingSchema }),
    output: answersPreviewSchema,
    event: alive,
  },
  /** Stores the answers as blobs. `set`: hash of the stimulus set that they are for. */
  readAnswers: {
    input: table.extend({ mapping: answersMappingSchema }),
    output: z.strictObject({
      set: z.string(),
      models: z.array(storedAnswersSchema),
      ...addedAnswersSchema.pick({ unknown: true, notes: true }).shape,
    }),
    event: alive,
  },
};
