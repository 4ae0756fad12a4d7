import { totalmem } from 'node:os';
import { channelsSchema } from '../../contract/images.ts';
import { z } from 'zod';
import { folderChoiceSchema, inspectionSchema } from '../../contract/api/data-sets.ts';
import { diskSchema, tensorflowVariants } from '../../contract/api/machine.ts';
import { readySchema } from '../../contract/api/new-study.ts';
import { findingsSchema } from '../../contract/findings.ts';
import { dataSetSchema } from '../../contract/study.ts';
import { UserError } from '../../contract/errors.ts';
import type { StimulusImage } from '../../domain/stimulus-set.ts';
import { parser } from '../../files/limits.ts';
import { entryModule } from '../../files/places.ts';
import { askOnce } from '../../processes/client.ts';
import type { Launcher } from '../../processes/launcher.ts';
import type { Input, Output } from '../../processes/protocol.ts';

const numbers = z.array(z.number()).readonly();

const dataSetRecordSchema = z.strictObject({
  hash: z.string(),
  name: z.string(),
  classes: z.array(z.string()),
  height: z.int(),
  width: z.int(),
  channels: channelsSchema,
  mean: numbers,
  std: numbers,
  trainCount: z.int(),
  testCount: z.int(),
  source: dataSetSchema,
});

const imageSizeSchema = z.strictObject({ width: z.int(), height: z.int(), channels: channelsSchema });

/** Checked by the process that sends them: a set has up to a million. */
const imagesSchema = z.custom<readonly StimulusImage[]>((value) => Array.isArray(value));

const foldersSchema = z.strictObject({ dataFolder: z.string(), cacheFolder: z.string() });

/** `progress`: the share that is done, 0 to 1, or null where it is not known. `line`: a line to keep. */
const taskEventSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('progress'), share: z.number().min(0).max(1).nullable(), note: z.string() }),
  z.strictObject({ type: z.literal('line'), text: z.string() }),
]);
export type TaskEvent = z.infer<typeof taskEventSchema>;

/** Tasks that would hold up the host: each is done in a process of its own. */
export const machineCalls = {
  diskUse: { input: foldersSchema, output: diskSchema, event: taskEventSchema },
  /** Removes what `diskUse` calls removable at that time. */
  cleanUp: {
    input: foldersSchema,
    output: z.strictObject({ files: z.int(), bytes: z.number() }),
    event: taskEventSchema,
  },
  /** @param replaceOthers whether all other backups are deleted */
  backUp: {
    input: z.strictObject({ dataFolder: z.string(), replaceOthers: z.boolean() }),
    output: z.void(),
    event: taskEventSchema,
  },
  /** Looks for rows that contradict their indexes; null: there are none. */
  findContradiction: {
    input: z.strictObject({ dataFolder: z.string() }),
    output: z.string().nullable(),
    event: taskEventSchema,
  },
  /** Rewrites the database without deleted rows, and holds its write lock meanwhile. */
  rewrite: { input: z.strictObject({ dataFolder: z.string() }), output: z.void(), event: taskEventSchema },
  /** Empties the database's journal. False: other processes were reading. */
  emptyJournal: { input: z.strictObject({ dataFolder: z.string() }), output: z.boolean(), event: taskEventSchema },
  /** Reads a data set: a fifth of a second for MNIST. Throws UserErrors of `loadDataSet` as they are. */
  describeDataSet: {
    input: z.strictObject({ source: dataSetSchema, folder: z.string() }),
    output: dataSetRecordSchema,
    event: taskEventSchema,
  },
  /** Some images of each class of a data set that was read. */
  previewDataSet: {
    input: z.strictObject({ source: dataSetSchema, hash: z.string(), blobs: z.string() }),
    output: z.strictObject({
      counts: z.array(z.strictObject({ train: z.int(), test: z.int() })),
      preview: readySchema.shape.preview,
    }),
    event: taskEventSchema,
  },
  /** Stores a picture of some images of a data set, and gives its hash: see `drawRealImages`. Throws UserErrors as they are. */
  drawRealImages: {
    input: z.strictObject({ source: dataSetSchema, hash: z.string().nullable(), blobs: z.string() }),
    output: z.string().nullable(),
    event: taskEventSchema,
  },
  /** Looks at some images. Throws UserErrors as they are. */
  inspectDataSet: {
    input: z.strictObject({ path: z.string(), name: z.string(), choice: folderChoiceSchema }),
    output: inspectionSchema,
    event: taskEventSchema,
  },
  /**
   * Reads all images of a source that is prepared, and stores them as a blob. Null: its files have the fingerprint `known`,
   * so nothing was read. Throws UserErrors as they are.
   */
  prepareDataSet: {
    input: z.strictObject({ source: dataSetSchema, blobs: z.string(), known: z.string().nullable() }),
    output: z
      .strictObject({
        record: dataSetRecordSchema,
        findings: findingsSchema,
        fingerprint: z.string(),
        testFiles: z.array(z.string()).nullable(),
      })
      .nullable(),
    event: taskEventSchema,
  },
  /** Checks a stimulus set from elsewhere, and keeps its archive in a folder. Throws UserErrors of `keepStimuli` as they are. */
  keepStimuli: {
    input: z.strictObject({
      path: z.string(),
      classes: z.int(),
      channels: channelsSchema.nullable(),
      folder: z.string(),
    }),
    output: z.strictObject({ images: z.int(), name: z.string() }),
    event: taskEventSchema,
  },
  /** Reads a stimulus set from elsewhere, and stores its pixels as blobs. Throws UserErrors of `storeStimuli` as they are. */
  storeStimuli: {
    input: z.strictObject({
      path: z.string(),
      classes: z.int(),
      size: imageSizeSchema,
      frozen: z.array(z.string()).readonly(),
      blobs: z.string(),
    }),
    output: z.strictObject({
      setHash: z.string(),
      model: z.strictObject({ hash: z.string(), pixels: z.string() }),
      original: imageSizeSchema.extend({ pixels: z.string() }),
      images: imagesSchema,
    }),
    event: taskEventSchema,
  },
  install: { input: z.strictObject({ variant: z.enum(tensorflowVariants) }), output: z.void(), event: taskEventSchema },
};
export type MachineTask = keyof typeof machineCalls;

export interface TaskListeners {
  onEvent?: (event: TaskEvent) => void;
  /** Ends the process, and whatever it had started; `runTask` then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/**
 * Does one task in a process of its own.
 * @throws UserError `machine.refused`: it can't be done, and what would help; `machine.ended`: its process ended
 */
export function runTask<Task extends MachineTask>(
  launcher: Launcher,
  task: Task,
  input: Input<(typeof machineCalls)[Task]>,
  listeners: TaskListeners = {},
): Promise<Output<(typeof machineCalls)[Task]>> {
  const limits = ofAnyOrigin.has(task)
    ? { patience: parser.patience, heapLimit: Math.min(parser.heap, totalmem() / 2) }
    : {};
  return askOnce({ ...machineProcess(launcher), ...limits }, task, input, listeners);
}

/** Tasks that read files of others as a whole. */
const ofAnyOrigin: ReadonlySet<MachineTask> = new Set(['keepStimuli', 'storeStimuli']);

/** For tasks that follow each other in one process. */
export const machineProcess = (launcher: Launcher) => ({
  calls: machineCalls,
  launcher,
  entry: entryModule('services/machine/machine-child'),
  idleFor: null,
  tries: 1,
  died: ended,
  failed: ended,
});

export const refused = (reason: string): UserError =>
  new UserError('machine.refused', reason, 'this machine', 'Nothing was changed.');

const ended = (why: string): UserError =>
  new UserError(
    'machine.ended',
    `The process of this task ended early: ${why}`,
    'this machine',
    'Try again; nothing was changed.',
  );
