import { z } from 'zod';
import { acceptDoubtful, jobStarted, nothing, oc, ofStudy, studyName } from '../wire/base.ts';
import { pipelineSteps } from '../wire/status.ts';

/**
 * The last step that a study is to do: `generator` trains it, `candidates` also finds anchors to choose from (and
 * trains the reference), `stimuli` also freezes the set, `models` trains the models without stimuli, `report` does
 * everything.
 */
export const goals = ['generator', 'candidates', 'stimuli', 'models', 'report'] as const;
export const goalSchema = z.enum(goals);
export type Goal = z.infer<typeof goalSchema>;

export const workContract = {
  /** Starts or resumes a study, up to a goal. One job trains at a time; the others do what needs no training. */
  start: oc.input(ofStudy.extend({ goal: goalSchema, ...acceptDoubtful })).output(jobStarted),
  /** Every run of the study writes a checkpoint and stops. */
  stop: oc.input(ofStudy).output(nothing),
  /** The study that trains, and whether all runs wait: because the user paused them, or until the hour `opensAt`. */
  state: oc
    .input(nothing)
    .output(
      z.strictObject({ study: studyName.nullable(), paused: z.boolean(), opensAt: z.int().min(0).max(23).nullable() }),
    ),
  /** Running runs checkpoint and wait; nothing new begins until `resumeAll`. Kept over restarts. */
  pauseAll: oc.input(nothing).output(nothing),
  resumeAll: oc.input(nothing).output(nothing),
};

const seconds = z.number().min(0);
/** A duration that is not known exactly: `seconds` is the most likely one, `low` <= `seconds` <= `high`. */
export const timeRangeSchema = z.strictObject({ seconds, low: seconds, high: seconds });
export type TimeRange = z.infer<typeof timeRangeSchema>;

const jobStates = ['waiting', 'running', 'stopping', 'done', 'failed', 'stopped'] as const;
export type JobState = (typeof jobStates)[number];

/** A job that another one waits for: its title, and the screen that shows it. */
export const behindSchema = z.strictObject({ title: z.string(), link: z.string() });
export type Behind = z.infer<typeof behindSchema>;

/** Long work that the user started, as the one list of it shows it. */
const jobSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(['study', 'install', 'engine-check', 'cluster-check', 'export', 'import', 'clean-up', 'back-up']),
  title: z.string(),
  state: z.enum(jobStates),
  study: z.string().nullable(),
  /** How far work on a study is to go; null for other jobs. */
  goal: goalSchema.nullable(),
  /** The step of the study that failed, if that is known. */
  failedStep: z.enum(pipelineSteps).nullable(),
  /** Share done, 0 to 1; null while unknown. */
  share: z.number().min(0).max(1).nullable(),
  /** What is being done, in a few words; of a job that waits, behind what and for how long. */
  note: z.string(),
  /** The job that a waiting one waits for, with its title as in `note`; null: none. */
  behind: behindSchema.nullable(),
  /** Its runs wait because the user paused training, or because of the hour. */
  paused: z.boolean(),
  /** Estimated seconds remaining, most likely and between which bounds; null while unknown. */
  secondsLeft: timeRangeSchema.nullable(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  /** Why it failed, or notes about its result. */
  messages: z.array(z.string()),
  /** Address in the page that shows what it made, e.g. `/studies/quick/models`. */
  link: z.string().nullable(),
  stoppable: z.boolean(),
});
export type Job = z.infer<typeof jobSchema>;

export const jobsContract = {
  /** Running ones first, then ended ones, newest first. */
  list: oc.input(nothing).output(z.array(jobSchema)),
  /** What was done so far is kept where that can be: a study resumes where it stopped. */
  stop: oc.input(z.strictObject({ id: z.string().min(1).max(64) })).output(nothing),
  /** Takes an ended job off the list. */
  dismiss: oc.input(z.strictObject({ id: z.string().min(1).max(64) })).output(nothing),
};
