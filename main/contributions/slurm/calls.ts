import { z } from 'zod';
import { idSchema, jobStarted, nothing } from '../../contract/wire/index.ts';
import { nameSchema } from '../../contract/studies/index.ts';
import { call, done } from '../../services/api/index.ts';
import { findRun } from '../../services/workbench/index.ts';
import { checksOf } from './checks.ts';
import { openClusters } from './open-clusters.ts';
import { clusterStateSchema, damagedProfileSchema } from './profile/cluster-state.ts';
import {
  clusterStates,
  giveUpCluster,
  removeClusterProfile,
  removeDamagedProfile,
  saveClusterProfile,
} from './state.ts';
import { taskLog } from './task-log.ts';

const calls = {
  list: call
    .input(nothing)
    .output(z.strictObject({ clusters: z.array(clusterStateSchema), damaged: z.array(damagedProfileSchema) }))
    .handler(({ context: { lab } }) => clusterStates(lab)),
  /**
   * Adds a cluster, or replaces the one named `replaces`. The name stays; so do shared folder and engine while runs are
   * there. Jobs that are submitted from now on use it, those of studies at work included.
   */
  save: call
    .input(z.strictObject({ text: z.string().max(2 ** 20), replaces: nameSchema.nullable() }))
    .output(z.strictObject({ name: z.string() }))
    .handler(({ input, context: { lab } }) => ({ name: saveClusterProfile(lab, input.text, input.replaces) })),
  /** Refused while runs are there or trainings of a study go there. */
  remove: call
    .input(z.strictObject({ name: nameSchema }))
    .output(nothing)
    .handler(({ input, context: { lab } }) => done(removeClusterProfile(lab, input.name))),
  /**
   * Takes back all runs that are there, for a cluster that is gone for good; gives their number. They continue elsewhere
   * from the last checkpoint that was fetched. Its jobs are not stopped.
   */
  giveUp: call
    .input(z.strictObject({ name: nameSchema }))
    .output(z.strictObject({ runs: z.int().min(0) }))
    .handler(({ input, context: { lab } }) => {
      const runs = giveUpCluster(lab, input.name);
      openClusters(lab.workbench).wake();
      return { runs };
    }),
  /** Checks a cluster, with a job on one of its nodes, as a job of this host; its outcome is in `list`. */
  check: call
    .input(z.strictObject({ name: nameSchema }))
    .output(jobStarted)
    .handler(({ input, context: { lab } }) => ({ job: checksOf(lab).start(input.name) })),
  /** Deletes a file that is no profile. */
  removeDamaged: call
    .input(z.strictObject({ file: z.string().min(1).max(255) }))
    .output(nothing)
    .handler(({ input, context: { lab } }) => done(removeDamagedProfile(lab, input.file))),
  /** The end of what the run's task on a cluster wrote on its terminal, while the run is there. */
  taskLog: call
    .input(z.strictObject({ id: idSchema }))
    .output(z.strictObject({ text: z.string() }))
    .handler(async ({ input, context: { lab } }) => ({
      text: await taskLog(lab.workbench, findRun(lab.workbench, input.id).id),
    })),
};
export default calls;
export type SlurmCalls = typeof calls;
