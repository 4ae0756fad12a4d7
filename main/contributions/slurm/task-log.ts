import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { SharedFiles } from './executor/shared-files.ts';
import { listClusters } from './profiles.ts';
import { slurmPlacements } from './storage/placements.ts';
import type { Workbench } from '../../services/workbench/index.ts';

/** Milliseconds for a shared folder that does not answer. */
const patience = 5000;

/** The end of what the task of a run wrote on its terminal, while the run is on a cluster; empty: nothing, or unknown. */
export async function taskLog(workbench: Workbench, id: number): Promise<string> {
  const { storage } = workbench;
  const placement = slurmPlacements(storage).get(id);
  const cluster = placement && listClusters(workbench).find(({ name }) => name === placement.cluster);
  const host = storage.settings.get('host', z.string());
  if (!cluster || host === undefined) return '';
  const files = new SharedFiles(cluster, host, storage.blobs);
  const stopped = new AbortController();
  try {
    return await Promise.race([
      files.log(placement.pack, placement.task),
      wait(patience, '', { signal: stopped.signal }),
    ]);
  } finally {
    stopped.abort();
  }
}
