import { z } from 'zod';
import {
  boardSchema,
  boardRowSchema,
  lockSchema,
  qualitySchema,
  savedPlanSchema,
  paperEntrySchema,
  paperStateSchema,
} from '../labeling/board.ts';
import { paperSizes } from './report.ts';
import { kitPayloadSchema } from '../labeling/kit.ts';
import { labelingPlanSchema, mediumSchema, planPreviewSchema, plannerSchema } from '../labeling/plan.ts';
import {
  classMappingSchema,
  columnMappingSchema,
  exportedFileSchema,
  exportFormats,
  importedTableSchema,
  tablePreviewSchema,
} from '../labeling/tables.ts';
import {
  momentSchema,
  noteSchema,
  screenSchema,
  sessionTokenSchema,
  sittingKeySchema,
  trialEventSchema,
  volunteerViewSchema,
} from '../labeling/volunteer.ts';
import { idSchema, nothing, oc, studyName } from '../base.ts';

const ofStudy = z.strictObject({ study: studyName });
const ofSession = z.strictObject({ session: idSchema });
const reason = z.string().trim().min(1).max(500);
const upload = z.string().max(64);

const remains = z.strictObject({ remains: z.array(z.strictObject({ path: z.string(), why: z.string() })) });

const plan = {
  /** The saved plan, or a proposal for the study's stimuli; null while it has none. */
  get: oc.input(ofStudy).output(
    z.strictObject({
      saved: savedPlanSchema.nullable(),
      proposal: labelingPlanSchema.nullable(),
    }),
  ),
  /** What a plan comes to, without saving it. */
  preview: oc.input(ofStudy.extend({ plan: labelingPlanSchema })).output(planPreviewSchema),
  /** Saves a new version, where anything changed. Sessions that are there keep theirs. */
  save: oc.input(ofStudy.extend({ plan: labelingPlanSchema })).output(savedPlanSchema),
  /**
   * Intervals of "people disagree" for 2 to `people` people and so many images, of which each person labels `perPerson`
   * (null: all). `assumed`: share of images on which ten
   * people would disagree, used while nobody has labelled.
   */
  planner: oc
    .input(
      ofStudy.extend({
        people: z.int().min(2).max(1000),
        images: z.int().min(1).max(1_000_000),
        perPerson: z.int().min(1).max(1_000_000).nullable(),
        secondsPerImage: z.number().min(0.1).max(600),
        assumed: z.number().min(0.001).max(0.999),
      }),
    )
    .output(plannerSchema),
};

const sessions = {
  /** Makes sessions with pseudonyms and orders of their own, from the newest plan. */
  create: oc
    .input(ofStudy.extend({ count: z.int().min(1).max(300), medium: mediumSchema }))
    .output(z.array(boardRowSchema)),
  /** Takes away a session in which nothing was answered. */
  remove: oc.input(ofSession).output(nothing),
  /** Leaves a session out of every figure, with a reason that reports repeat. */
  exclude: oc.input(ofSession.extend({ reason })).output(nothing),
  /** Takes an exclusion back. */
  include: oc.input(ofSession).output(nothing),
  /** Lets a finished session be gone on with, and who declined be asked again. */
  reopen: oc.input(ofSession).output(nothing),
  /**
   * Deletes all that a person gave, for good; a date without data stays. `remains`: files that still hold some of it
   * and why, e.g. reports written before.
   */
  withdraw: oc.input(ofSession).output(remains),
};

/** Labelers of a study that came with a file, an archive or a rehearsal. */
const others = {
  list: oc
    .input(ofStudy)
    .output(
      z.array(z.strictObject({ labeler: idSchema, pseudonym: z.string(), simulated: z.boolean(), source: z.string() })),
    ),
  /** As `sessions.withdraw`. Importing the same file or an archive from before does not bring them back. */
  withdraw: oc.input(ofStudy.extend({ labeler: idSchema })).output(remains),
};

const lock = {
  /** Freezes the labels of all finished sessions: nothing of them changes from now on. */
  set: oc.input(ofStudy).output(lockSchema),
  /** Opens them again. */
  open: oc.input(ofStudy).output(nothing),
};

const kit = {
  /** What kits for these sessions (of the medium `kit`) are made from. The same sessions can be given a kit again. */
  make: oc.input(ofStudy.extend({ sessions: z.array(idSchema).min(1).max(300) })).output(kitPayloadSchema),
  /** What a result file would change; nothing is stored. */
  inspect: oc.input(ofStudy.extend({ upload })).output(
    z.strictObject({
      pseudonym: z.string(),
      session: idSchema,
      finished: z.boolean(),
      /** Whether the time limit ended it. */
      timeUp: z.boolean(),
      /** Whether the person declined to take part. */
      declined: z.boolean(),
      /** When the newest sitting here and in the file began; null: there is none. The file's is by the clock there. */
      newestHere: z.iso.datetime().nullable(),
      newestInFile: z.iso.datetime().nullable(),
      /** Events in the file, and those that are not here yet. */
      events: z.int().min(0),
      newEvents: z.int().min(0),
      /** Of the new events, those that came after the time of their image or session: kept, and not counted. */
      late: z.int().min(0),
      /** Trials that get an answer now. */
      added: z.int().min(0),
      /** Trials that get another one than they have, or lose theirs: how many, and the first thousand. */
      changedCount: z.int().min(0),
      changed: z.array(z.strictObject({ trial: z.int(), from: z.int().nullable(), to: z.int().nullable() })).max(1000),
      /** What the answers are called in the session's plan; null: nobody was asked whether they can't tell. */
      names: z.array(z.string()),
      cannotTell: z.string().nullable(),
    }),
  ),
  /** Stores what is new in a result file. Doing it again changes nothing. */
  apply: oc.input(ofStudy.extend({ upload })).output(z.strictObject({ session: idSchema, newEvents: z.int().min(0) })),
};

const paper = {
  /** The person's sheets as a file to fetch: a PDF, or a page to be printed from a browser. */
  sheets: oc
    .input(ofSession.extend({ format: z.enum(['pdf', 'html']), paperSize: z.enum(paperSizes) }))
    .output(z.strictObject({ name: z.string(), address: z.string() })),
  /** What a person's answers are typed in by. */
  sheet: oc.input(ofSession).output(volunteerViewSchema),
  state: oc.input(ofSession).output(paperStateSchema),
  /** Keeps typed answers at once, so that nothing typed is lost. */
  enter: oc.input(ofSession.extend({ entries: z.array(paperEntrySchema).min(1).max(1000) })).output(nothing),
  /** Whether the sheet says that consent was given. */
  consent: oc.input(ofSession.extend({ given: z.boolean() })).output(nothing),
  /** Takes the entries as answers and finishes the session. Refused while entries differ or lack, and without consent. */
  accept: oc.input(ofSession.extend({ leaveBlank: z.boolean() })).output(nothing),
};

const tables = {
  /** A file with a data dictionary beside it. Sessions that are finished; `events` and `json` also those under way. */
  export: oc
    .input(ofStudy.extend({ format: z.enum(exportFormats) }))
    .output(z.strictObject({ files: z.array(exportedFileSchema) })),
  /** Looks into the columns that hold labels and people; null: those that seem to. */
  inspect: oc
    .input(
      ofStudy.extend({
        upload,
        columns: z.strictObject({ label: z.string().max(200).nullable(), labeler: z.string().max(200).nullable() }),
      }),
    )
    .output(tablePreviewSchema),
  /** Stores a table's labels as labelers of the study, all of it or nothing. */
  import: oc
    .input(
      ofStudy.extend({ upload, columns: columnMappingSchema, classes: classMappingSchema, simulated: z.boolean() }),
    )
    .output(importedTableSchema),
};

const ofSitting = z.strictObject({ token: sessionTokenSchema, sitting: sittingKeySchema });

/** The calls of a labeling session's page: they tell nothing that a volunteer may not know. */
const volunteer = {
  /** Begins a sitting, or comes back to it. Where consent is asked for, it begins once that was given. */
  open: oc
    .input(ofSitting.extend({ screen: screenSchema, openedMs: momentSchema.nullable().default(null) }))
    .output(volunteerViewSchema),
  /** uint8 [count, height, width] of consecutive trials' images, in base64. */
  images: oc
    .input(
      z.strictObject({
        token: sessionTokenSchema,
        from: z.int().min(0).max(200_000),
        count: z.int().min(1).max(500),
      }),
    )
    .output(z.strictObject({ pixels: z.string() })),
  /** Who declines leaves nothing behind. */
  consent: oc.input(ofSitting.extend({ agrees: z.boolean() })).output(nothing),
  /** Once it is answered, the events are on disk. Doing it again changes nothing. */
  addEvents: oc
    .input(ofSitting.extend({ events: z.array(trialEventSchema).min(1).max(500) }))
    .output(z.strictObject({ answered: z.int().min(0) })),
  addNotes: oc.input(ofSitting.extend({ notes: z.array(noteSchema).min(1).max(100) })).output(nothing),
  /** Ends the session. Refused while images have no answer, unless they are to be left blank. */
  finish: oc.input(ofSitting.extend({ leaveBlank: z.boolean() })).output(nothing),
  /** Ends the session because its time is up, as its notes have to show. Ending it again changes nothing. */
  timeUp: oc.input(ofSitting).output(nothing),
  /** Whether the researcher's PIN is right, so that the page may be left. Slow after five wrong ones. */
  checkPin: oc
    .input(ofSitting.extend({ pin: z.string().max(64) }))
    .output(z.strictObject({ ok: z.boolean(), waitSeconds: z.number().min(0) })),
};

export const labelingContract = {
  plan,
  sessions,
  others,
  /** Who is where. */
  board: oc.input(ofStudy).output(boardSchema),
  /** Times, self-consistency and advice on finished sessions. */
  quality: oc.input(ofStudy).output(z.array(qualitySchema)),
  /** Sets the PIN that leaves a labeling session's screen; null takes it away. */
  setPin: oc
    .input(
      ofStudy.extend({
        pin: z
          .string()
          .regex(/^\d{4,12}$/)
          .nullable(),
      }),
    )
    .output(nothing),
  lock,
  kit,
  paper,
  tables,
  volunteer,
};
