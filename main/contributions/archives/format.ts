import {
  channelsSchema,
  hashSchema,
  seedSchema,
  shippedGeneratorNames,
  storedStatistics,
  suitsChannels,
} from '../../contract/recipes/index.ts';
import { z } from 'zod';
import { choiceSchema, sessionStates } from '../../contract/labeling/index.ts';
import { labelingPlanSchema, mediumSchema, textVersionsSchema, trialKinds } from '../sessions/contract/plan.ts';
import {
  lateKinds,
  momentSchema,
  noteSchema,
  pseudonymSchema,
  screenSchema,
  trialEventSchema,
} from '../sessions/contract/volunteer.ts';
import { anchorIdPattern, stimulusSources } from '../../contract/stimuli/index.ts';
import { mostInPanel, panelAnswersSchemas, panelFindingsSchema } from '../answers/contract/responses.ts';
import {
  attemptSchema,
  engineNames,
  modelRoleSchema,
  resultSchema,
  runStates,
  snapshotSchema,
  taskSchema,
  timeSchema,
} from '../../contract/runs/index.ts';
import { dataSetSchema, studySchema } from '../../contract/studies/index.ts';

/** At most `most` objects of this shape. */
const list = <Shape extends z.ZodRawShape>(most: number, shape: Shape) => z.array(z.strictObject(shape)).max(most);

/** Characters of JSON that the host parses and stores as one value. */
const largestJson = { setting: 2 ** 18, provenance: 4 * 2 ** 20, outside: 4 * 2 ** 20 };
const jsonOf = (most: number) =>
  z.json().refine((value) => JSON.stringify(value).length <= most, `${most} characters of JSON at most`);

const milliseconds = z.int().min(0).max(8.64e15);
const count = z.int().min(0);

/**
 * What people did in a study's labeling sessions, as its archive has it: `labeling.json` and `sessions/<place>.json`.
 * No address of a session, no PIN and no key of a kit is in it. Times are milliseconds since 1970.
 */
export const labelingArchiveSchema = z.strictObject({
  /** Every version of the plan, with its texts, oldest first. */
  plans: list(10_000, {
    version: z.int().min(1),
    plan: labelingPlanSchema,
    texts: textVersionsSchema,
    savedAt: milliseconds,
  }),
  /** Frozen sets of labels, oldest first; at most the last one is not open again. */
  locks: list(10_000, {
    hash: hashSchema,
    sessions: count,
    labels: count,
    reason: z.enum(['researcher', 'withdrawal']),
    lockedAt: milliseconds,
    openedAt: milliseconds.nullable(),
  }),
  /** What stays of people who withdrew: docs/privacy.md. */
  withdrawals: list(10_000, {
    trace: hashSchema,
    name: z.strictObject({ salt: z.string().max(100), hash: hashSchema }).nullable(),
    withdrawnAt: milliseconds,
  }),
});
export type LabelingArchive = z.infer<typeof labelingArchiveSchema>;

/** A position in a session's order: image, index of its kind in `trialKinds`, block from 1. */
const trialSchema = z.tuple([
  z.int().min(0),
  z
    .int()
    .min(0)
    .max(trialKinds.length - 1),
  z.int().min(1),
]);

const eventSchema = trialEventSchema.safeExtend({
  sitting: count,
  storedAt: milliseconds,
  late: z.enum(lateKinds).nullable(),
});

export const sessionArchiveSchema = z.strictObject({
  pseudonym: pseudonymSchema.min(1).regex(/^\P{Cc}+$/u),
  /** Where its labeler comes from: a hash of the session's first address, by which the person is known again. */
  source: z.string().regex(/^labeling:[0-9a-f]{64}$/),
  /** Version of the plan that it was made with. */
  plan: z.int().min(1),
  setHash: hashSchema,
  medium: mediumSchema,
  /** Among the sessions of its study: it decided the order of its images. */
  place: z.int().min(0).max(1_000_000),
  trials: z.array(trialSchema).min(1).max(200_000),
  state: z.enum(sessionStates),
  atTrial: count.nullable(),
  createdAt: milliseconds,
  consentedAt: milliseconds.nullable(),
  startedAt: milliseconds.nullable(),
  lastSeenAt: milliseconds.nullable(),
  finishedAt: milliseconds.nullable(),
  imagesLeft: count.nullable(),
  /** Number of its first sittings that no longer count for its time limit. */
  clockAfter: count,
  excluded: z.string().min(1).max(500).nullable(),
  sittings: list(100_000, {
    key: z.string().min(1).max(100),
    medium: mediumSchema,
    openedAt: milliseconds,
    openedMs: momentSchema.nullable(),
    /** The date in a kit's result file if it cannot be right. */
    claimedAt: milliseconds.optional(),
    screen: screenSchema,
    notes: z.array(noteSchema.extend({ storedAt: milliseconds })).max(1_000_000),
  }),
  /** Events of all sittings, in the order in which they were stored. */
  events: z.array(eventSchema).max(5_000_000),
  paper: list(400_000, {
    pass: z.literal([1, 2]),
    trial: count,
    choice: choiceSchema.nullable(),
    enteredAt: milliseconds,
  }),
});
export type SessionArchive = z.infer<typeof sessionArchiveSchema>;

/**
 * A study as one zip archive (docs/data-formats.md): `manifest.json` lists every other file with its SHA-256;
 * `study.json`, `runs/<key>.json`, `stimuli/<hash>.json`, `responses.json`, `labeling.json` and
 * `sessions/<number>.json` are what the database knows of it; `blobs/<hash>` are its files. Times are milliseconds
 * since 1970. Bounds keep a hostile archive small.
 */
export const archiveSchemaName = 'boundary-workbench/archive/2';
/** Archive of a study with images in color: versions that know gray images only refuse it. */
export const colorArchiveSchemaName = 'boundary-workbench/archive/3';
/** Archive with panels of answers, outside models, or images without pairs: versions that know none of them refuse it. */
export const answersArchiveSchemaName = 'boundary-workbench/archive/4';
/** Earlier archives without labeling sessions, which can still be read. */
export const earlierArchiveSchemaName = 'boundary-workbench/archive/1';

const line = z.string().min(1).max(200);
const text = z.string().max(1_000_000);
const step = z.int().min(0);

const omittedWhy = ['weights', 'product', 'lost'] as const;

export const archiveManifestSchema = z.strictObject({
  schema: z.literal([archiveSchemaName, colorArchiveSchemaName, answersArchiveSchemaName, earlierArchiveSchemaName]),
  product: z.strictObject({ version: z.string().max(100), commit: z.string().max(100).nullable() }),
  exportedAt: z.iso.datetime(),
  study: z.strictObject({ name: z.string().max(64), title: z.string().max(200) }),
  /** Whether it has the weights: without them everything shows, but no network can compute. */
  weights: z.boolean(),
  files: list(65_000, {
    path: z.string().max(100),
    bytes: z
      .int()
      .min(0)
      .max(2 ** 31),
    sha256: hashSchema,
  }),
  /** Named files that are not in the archive; `product`: they come with Boundary Workbench. */
  omitted: list(1_000_000, { hash: hashSchema, why: z.enum(omittedWhy) }),
});
export type ArchiveManifest = z.infer<typeof archiveManifestSchema>;

/** A run with its results, without its number in the database. */
export const runArchiveSchema = z.strictObject({
  key: hashSchema,
  label: line,
  task: taskSchema,
  seed: seedSchema.nullable(),
  engine: z.enum(engineNames).nullable(),
  ranOn: z.enum(engineNames).nullable(),
  priority: z.int(),
  state: z.enum(runStates),
  crashes: z.int().min(0),
  queuedAt: timeSchema,
  startedAt: timeSchema.nullable(),
  attemptStartedAt: timeSchema.nullable(),
  endedAt: timeSchema.nullable(),
  resumedAt: z.int().min(0).nullable(),
  progress: z.strictObject({ done: step, total: step, note: text }).nullable(),
  result: resultSchema.nullable(),
  failure: z.strictObject({ message: text, detail: text }).nullable(),
  held: z.boolean(),
  note: z.string().max(10_000),
  /** A person hid it from the table of runs. */
  archived: z.literal(true).optional(),
  tags: z.array(z.string().min(1).max(40)).max(1000),
  attempts: z.array(attemptSchema).max(100_000),
  /** By series: steps in ascending order, and the value at each. */
  metrics: list(1000, { series: line, steps: z.array(step), values: z.array(z.number()) }),
  checkpoints: list(100_000, { step, hash: hashSchema, at: timeSchema }),
  snapshots: z.array(snapshotSchema.extend({ at: timeSchema })).max(1000),
  grids: list(1_000_000, { step, grid: hashSchema, weights: hashSchema, at: timeSchema }),
  log: list(100_000, { level: z.enum(['info', 'warn']), message: text, at: timeSchema }),
});
export type RunArchive = z.infer<typeof runArchiveSchema>;

const linkSchema = z.strictObject({
  role: line,
  run: hashSchema,
  model: modelRoleSchema.nullable(),
  linkedAt: timeSchema,
  replacedAt: timeSchema.nullable(),
});

const predictionSchema = z.strictObject({
  model: line,
  setHash: hashSchema,
  softmax: hashSchema,
  labels: hashSchema,
  count: z.int().min(1),
  classes: z.int().min(2),
  /** Key of the run that predicted, or null. */
  run: hashSchema.nullable(),
  at: timeSchema,
});

/** A model that was not trained here, in one of its places in the study, with what it said of the study's sets. */
const outsideModelSchema = z.strictObject({
  identity: hashSchema,
  kind: z.enum(['table', 'onnx', 'image-text']),
  spec: jsonOf(largestJson.outside),
  found: jsonOf(largestJson.outside),
  addedAt: timeSchema,
  name: line,
  /** How it did on labeled images. */
  tested: z
    .strictObject({ images: z.int().min(1), errors: z.int().min(0), accuracy: z.number().min(0).max(100) })
    .nullable(),
  linkedAt: timeSchema,
  removedAt: timeSchema.nullable(),
  predictions: list(10_000, {
    setHash: hashSchema,
    labels: hashSchema,
    softmax: hashSchema.nullable(),
    confidence: hashSchema.nullable(),
    count: z.int().min(1),
    classes: z.int().min(2),
    at: timeSchema,
  }),
});

const dataSetRecordSchema = z
  .strictObject({
    hash: hashSchema,
    name: line,
    classes: z.array(z.string().min(1).max(64)).min(2).max(1000),
    height: z.int().min(1),
    width: z.int().min(1),
    ...storedStatistics,
    trainCount: z.int().min(0),
    testCount: z.int().min(1),
    source: dataSetSchema,
  })
  .refine(suitsChannels, 'a mean and a deviation for each channel');

export const studyArchiveSchema = z.strictObject({
  name: z.string().min(1).max(64),
  createdAt: timeSchema,
  /** Every version of the study's declaration, oldest first; the last one counts. */
  specs: z
    .array(z.strictObject({ spec: studySchema, at: timeSchema }))
    .min(1)
    .max(2000),
  links: z.array(linkSchema).max(1_000_000),
  sets: list(10_000, { hash: hashSchema, linkedAt: timeSchema, replacedAt: timeSchema.nullable() }),
  settings: list(1000, { name: line, value: jsonOf(largestJson.setting), setAt: timeSchema }),
  dataSets: z.array(dataSetRecordSchema).max(1000),
  predictions: z
    .array(predictionSchema)
    .max(1_000_000)
    .refine(
      (all) => all.filter(({ run }) => run === null).length <= 10_000,
      '10,000 predictions without a run at most',
    ),
  /** Absent: none, as in all archives of earlier versions. */
  outside: z.array(outsideModelSchema).min(1).max(10_000).optional(),
});
export type StudyArchive = z.infer<typeof studyArchiveSchema>;

/** Absent where each class has one anchor, as in all archives of earlier versions. */
const anchorIdSchema = z.string().regex(anchorIdPattern).nullable().optional();

export const stimulusSetArchiveSchema = z.strictObject({
  hash: hashSchema,
  width: z.int().min(1).max(4096),
  height: z.int().min(1).max(4096),
  /** Channels of the set and its original. Absent, as in all archives of earlier versions: 1. */
  channels: channelsSchema.optional(),
  classes: z.array(z.string().max(64)).min(2).max(1000),
  source: z.enum(stimulusSources),
  provenance: jsonOf(largestJson.provenance),
  pixels: hashSchema,
  original: z.strictObject({ width: z.int().min(1), height: z.int().min(1), pixels: hashSchema }).nullable(),
  frozenAt: timeSchema,
  images: z
    .array(
      z.strictObject({
        id: z.int().min(0),
        /** All three null: the images lie between no two classes. */
        pairI: z.int().min(0).nullable(),
        pairJ: z.int().min(1).nullable(),
        alpha: z.number().min(0).max(1).nullable(),
        anchorI: anchorIdSchema,
        anchorJ: anchorIdSchema,
        z: z.array(z.number()).max(4096).nullable(),
      }),
    )
    .min(1)
    .max(100_000),
});
export type StimulusSetArchive = z.infer<typeof stimulusSetArchiveSchema>;

/** Present and former labelers of the study, and all their answers about its sets. */
export const responsesArchiveSchema = z.strictObject({
  labelers: list(100_000, {
    pseudonym: line,
    simulated: z.boolean(),
    source: line,
    links: list(10_000, { linkedAt: timeSchema, replacedAt: timeSchema.nullable() }),
    log: list(1_000_000, {
      setHash: hashSchema,
      imageId: z.int().min(0),
      label: z.int().min(0).nullable(),
      at: timeSchema,
      source: line,
    }),
  }),
});
export type ResponsesArchive = z.infer<typeof responsesArchiveSchema>;

const panelRecord = {
  setHash: hashSchema,
  source: line,
  key: hashSchema,
  findings: panelFindingsSchema,
  importedAt: milliseconds,
  /** Chosen for the study's figures. */
  used: z.boolean(),
};
/** People of a panel; none if all have withdrawn. */
const panelRows = <Answers extends z.ZodType>(answers: Answers) =>
  list(mostInPanel.people, { labeler: z.strictObject({ pseudonym: line, source: line }), answers });

/** A panel, `panels/<number>.json`, in the order in which they were imported. */
export const panelArchiveSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...panelRecord, kind: z.literal('abstain'), people: panelRows(panelAnswersSchemas.abstain) }),
  z.strictObject({ ...panelRecord, kind: z.literal('set'), people: panelRows(panelAnswersSchemas.set) }),
  z.strictObject({ ...panelRecord, kind: z.literal('graded'), people: panelRows(panelAnswersSchemas.graded) }),
  z.strictObject({ ...panelRecord, kind: z.literal('counts'), counts: panelAnswersSchemas.counts }),
]);
export type PanelArchive = z.infer<typeof panelArchiveSchema>;

/** Generators that an archive may leave out the weights of: they come with the product. */
export const productGenerators = shippedGeneratorNames;
