import { z } from 'zod';
import { idSchema, nothing, oc, ofStudy } from '../wire/base.ts';
import { engineNames, runStates } from '../runs/run.ts';
import { pipelineSteps, statuses } from '../wire/status.ts';
import { behindSchema, goalSchema } from './jobs.ts';

/** What something will take on this machine, as far as is known before. */
export const costSchema = z.strictObject({
  /** Most likely seconds by the clock, with all workers. */
  seconds: z.number().min(0),
  /** It takes between these with a probability of 80 % at least, in seconds. */
  low: z.number().min(0),
  high: z.number().min(0),
  /** Bytes on disk, once it is done. */
  bytes: z.number().min(0),
});
export type Cost = z.infer<typeof costSchema>;

const runCounts = z.strictObject(
  Object.fromEntries(runStates.map((state) => [state, z.int().min(0)])) as Record<(typeof runStates)[number], z.ZodInt>,
);

const studyCardSchema = z.strictObject({
  id: idSchema,
  name: z.string(),
  title: z.string(),
  question: z.string(),
  /** From the states of its steps. */
  state: z.enum(statuses),
  /** Current runs by state. */
  runs: runCounts,
  /** Compared models: those that met a target, of those that the study declares. */
  models: z.strictObject({ done: z.int().min(0), planned: z.int().min(0) }),
  /** Images of its frozen stimulus set; null while it has none. */
  stimuli: z.int().min(1).nullable(),
  labelers: z.strictObject({
    count: z.int().min(0),
    simulated: z.boolean(),
    /** What figures use in place of their labels, as `4,080 answers of 51 labelers`. */
    others: z.string().optional(),
  }),
  /** When it last changed, and when its report was written. */
  changedAt: z.iso.datetime(),
  reportAt: z.iso.datetime().nullable(),
});
export type StudyCard = z.infer<typeof studyCardSchema>;

export const deletedStudySchema = z.strictObject({ name: z.string(), title: z.string(), deletedAt: z.iso.datetime() });
export type DeletedStudy = z.infer<typeof deletedStudySchema>;

const presetSchema = z.strictObject({
  preset: z.string(),
  title: z.string(),
  question: z.string(),
  does: z.string(),
  /** Repeats the paper, with one anchor a class. For other presets the form of a new study proposes fresh anchors. */
  paper: z.boolean(),
  models: z.int().min(1),
  /** Images that do not come with the product; null: it needs none. `found`: they lie at their usual place. */
  dataSet: z.strictObject({ name: z.string(), found: z.boolean() }).nullable(),
  cost: costSchema,
  /** The engine that the estimate is for, and how many workers. */
  engine: z.enum(engineNames),
  workers: z.int().min(1),
});
export type Preset = z.infer<typeof presetSchema>;

const title = z.string().trim().min(1).max(200);
const question = z.string().trim().max(4000);
/** A study's name as the user may write it; what is wrong with it is refused in words. */
const newName = z.string().trim().min(1).max(200);

const source = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('preset'), preset: z.string().max(64) }),
  /** The content of a study file. */
  z.strictObject({
    kind: z.literal('text'),
    text: z.string().max(4 * 2 ** 20),
    /** Name of the file, for messages. */
    file: z.string().trim().min(1).max(255),
  }),
]);

/** `name` null: the one in the preset or file, or a free one like it. */
export const newStudySchema = z.strictObject({
  source,
  name: newName.nullable(),
  title: title.nullable(),
  /** True: each pair is drawn between anchors of its own, whatever the source says. */
  freshAnchors: z.boolean().default(false),
  /** True: without models and simulated labelers, for people alone. Models can be added later. */
  peopleOnly: z.boolean().default(false),
  /** Folder or file of the images, instead of those in the source; a full path. */
  dataSetPath: z.string().trim().min(1).max(4096).nullable().default(null),
});

const dataSetFileSchema = z.strictObject({
  file: z.enum(['path', 'trainImages', 'trainLabels', 'testImages', 'testLabels']),
  path: z.string().trim().min(1).max(4096),
});

const named = z.strictObject({ name: z.string() });

export const studiesContract = {
  /** Last changed first; deleted ones apart. */
  list: oc
    .input(nothing)
    .output(z.strictObject({ studies: z.array(studyCardSchema), deleted: z.array(deletedStudySchema) })),
  /** Presets, with the time that they take on this machine. */
  presets: oc.input(nothing).output(z.array(presetSchema)),
  /** A new study; nothing runs yet. */
  create: oc.input(newStudySchema).output(named),
  /** Creates the study and starts it. A preset that exists as a study resumes. */
  createAndRun: oc
    .input(z.strictObject({ preset: z.string().max(64) }))
    .output(z.strictObject({ name: z.string(), job: z.string() })),
  /** Changes what is given of title and question. */
  rename: oc.input(ofStudy.extend({ title: title.optional(), question: question.optional() })).output(nothing),
  /**
   * Where the study's images are read from, and whether each file is there; none for MNIST, which is installed. `kind`
   * in words: `Image folder`. `isStored`: the images are kept in the data folder, so the originals may be gone. `uploaded`:
   * name of the uploaded file that the images came in; null: they were read from the path.
   */
  dataSet: oc.input(ofStudy).output(
    z.strictObject({
      name: z.string(),
      kind: z.string(),
      isStored: z.boolean(),
      files: z.array(
        dataSetFileSchema.extend({ label: z.string(), found: z.boolean(), uploaded: z.string().nullable() }),
      ),
    }),
  ),
  /** Changes those paths. Every file has to be there. */
  changeDataSet: oc.input(ofStudy.extend({ files: z.array(dataSetFileSchema).max(4) })).output(nothing),
  /** A study of the same declaration, with the existing runs and stimuli. Labels stay with the first one. */
  duplicate: oc.input(ofStudy.extend({ name: newName.nullable() })).output(named),
  /** Deletes the study, or restores it. Its runs stop. */
  setDeleted: oc.input(ofStudy.extend({ deleted: z.boolean() })).output(nothing),
  /** Deletes a deleted study for good, and the runs that no other study has. */
  purge: oc.input(ofStudy).output(nothing),
  /** The study's declaration as a file, to keep or to change by hand. */
  file: oc.input(ofStudy).output(z.strictObject({ address: z.string() })),
};

/** Runs of one action: a button for more would be a surprise. */
const maxRunsOfAction = 200;

/**
 * What a button does that neither starts work up to a goal nor opens a screen: `resume` all training, change the paths of
 * the `data-set`, train the models of `runs` again with `other-seeds`.
 */
const stepCalls = ['resume', 'data-set', 'other-seeds'] as const;

const stepActionSchema = z.strictObject({
  label: z.string(),
  /** What it does, as a sentence, where the label alone does not say. */
  does: z.string().optional(),
  /** Start the study's work up to this goal; null: go to `link`, or do `call`. */
  goal: goalSchema.nullable(),
  /** Address in the page; null for work that starts on this screen. */
  link: z.string().nullable(),
  call: z.enum(stepCalls).optional(),
  /** Ids of runs for `other-seeds`. */
  runs: z.array(idSchema).max(maxRunsOfAction).optional(),
  cost: costSchema.nullable(),
});
export type StepAction = z.infer<typeof stepActionSchema>;

const stepSchema = z.strictObject({
  step: z.enum(pipelineSteps),
  state: z.enum(statuses),
  /** The one number to see, e.g. `7 of 9`, and what it counts. Null: none yet. */
  figure: z.strictObject({ value: z.string(), of: z.string() }).nullable(),
  detail: z.string(),
  /** Why it is in this state, and what to do; one sentence each. */
  reasons: z.array(z.string()).max(20),
  /** What a queued step waits for; its title is in the reasons. */
  behind: behindSchema.optional(),
  /** Since when it is stale: the time of the change; null in other states, or if unknown. */
  since: z.iso.datetime().nullable(),
  /** Simulated labels are in it. */
  simulated: z.boolean(),
  /** Number of its runs that failed, where others did not. */
  failed: z.int().min(1).optional(),
  /** What fixes the state, or comes next. */
  action: stepActionSchema.nullable(),
  /** Other ways. */
  more: z.array(stepActionSchema).max(3).optional(),
});
export type Step = z.infer<typeof stepSchema>;

const overviewSchema = z.strictObject({
  study: studyCardSchema,
  steps: z.array(stepSchema).length(pipelineSteps.length),
  /** The main button: fixes what keeps the study from its end, or runs all remaining steps; null: nothing to do. */
  next: stepActionSchema.nullable(),
  /** Id of the job that works on the study, or null. */
  job: z.string().nullable(),
  /** Whether networks or people have answered, so that `results.finding` has what was found. */
  isAnswered: z.boolean(),
});
export type Overview = z.infer<typeof overviewSchema>;

const statusSchema = z.strictObject({
  /** State of the study. */
  state: z.enum(statuses),
  steps: z.array(stepSchema.omit({ figure: true, detail: true })).length(pipelineSteps.length),
});
export type StudyStatus = z.infer<typeof statusSchema>;

export const overviewContract = {
  /** Every step of a study from data set to report: where it stands, what is stale and why, what comes next. */
  get: oc.input(ofStudy).output(overviewSchema),
  /** States, reasons and actions alone: figures and details take longer. */
  status: oc.input(ofStudy).output(statusSchema),
};
