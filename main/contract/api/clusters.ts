import { z } from 'zod';
import { clusterSchema, clusterTroubleSchema } from '../cluster.ts';
import { clusterCheckSchema } from '../cluster-check.ts';
import { jobStarted, nothing, oc, ofStudy, studyName } from '../base.ts';
import { nameSchema } from '../study.ts';

const count = z.int().min(0);

const clusterStateSchema = z.strictObject({
  profile: clusterSchema,
  /** Runs that wait there, and that run there. */
  pending: count,
  running: count,
  /** Studies whose trainings go there. */
  studies: z.array(z.string()),
  /** Empty: nothing is known to be wrong. */
  troubles: z.array(clusterTroubleSchema),
  /** The last check with this profile; null: there was none. */
  check: clusterCheckSchema.nullable(),
});
export type ClusterState = z.infer<typeof clusterStateSchema>;

/** A file of a cluster that cannot be used, and why. `text`: what is in it; null: it cannot be read. */
const damagedProfileSchema = z.strictObject({ file: z.string(), why: z.string(), text: z.string().nullable() });
export type DamagedProfile = z.infer<typeof damagedProfileSchema>;

/** A cluster that trainings may go to; null: this computer. */
export const placeSchema = nameSchema.nullable();

const studyPlaceSchema = z.strictObject({
  /** Where trainings of the study go. */
  place: z.string().nullable(),
  /** Clusters to choose from. `obstacle`: why this study cannot use it; null: it can. */
  clusters: z.array(z.strictObject({ name: z.string(), obstacle: z.string().nullable() })),
});
export type StudyPlace = z.infer<typeof studyPlaceSchema>;

/**
 * What came of a change: trainings that go to the new place, those on a cluster after they have saved a checkpoint there,
 * and those that are at work on this computer and stay here.
 */
export const placedSchema = z.strictObject({ moved: count, staying: count });
export type Placed = z.infer<typeof placedSchema>;

export const clustersContract = {
  list: oc
    .input(nothing)
    .output(z.strictObject({ clusters: z.array(clusterStateSchema), damaged: z.array(damagedProfileSchema) })),
  /**
   * Adds a cluster, or replaces the one named `replaces`. The name stays; so do shared folder and engine while runs are
   * there. Jobs that are submitted from now on use it, those of studies at work included.
   */
  save: oc
    .input(z.strictObject({ text: z.string().max(2 ** 20), replaces: nameSchema.nullable() }))
    .output(z.strictObject({ name: z.string() })),
  /** Refused while runs are there or trainings of a study go there. */
  remove: oc.input(z.strictObject({ name: nameSchema })).output(nothing),
  /**
   * Takes back all runs that are there, for a cluster that is gone for good; gives their number. They continue elsewhere
   * from the last checkpoint that was fetched. Its jobs are not stopped.
   */
  giveUp: oc.input(z.strictObject({ name: nameSchema })).output(z.strictObject({ runs: count })),
  /** Checks a cluster, with a job on one of its nodes, as a job of this host; its outcome is in `list`. */
  check: oc.input(z.strictObject({ name: nameSchema })).output(jobStarted),
  /** Deletes a file that is no profile. */
  removeDamaged: oc.input(z.strictObject({ file: z.string().min(1).max(255) })).output(nothing),
  /** Where trainings of a study go, and where they could. */
  ofStudy: oc.input(z.strictObject({ study: studyName })).output(studyPlaceSchema),
  /** Says where the trainings of a study go from now on, also while it is at work. */
  placeStudy: oc.input(ofStudy.extend({ place: placeSchema })).output(placedSchema),
};
