/** A process of its own for `slurm.ts`: the browser host on a data folder with runs that go to a cluster. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { listClusters } from '../../../main/contributions/slurm/profiles.ts';
import { clusterWorkers } from '../../../main/contributions/slurm/open-clusters.ts';
import { slurmPlacements } from '../../../main/contributions/slurm/storage/placements.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { benchStudy } from './database.ts';
import { openHost, serveBench } from './open-host.ts';

const opened = await openHost();
const { workbench: bench } = opened;
const { runs } = bench.storage;
const placements = slurmPlacements(bench.storage);
const study = findStudy(bench, benchStudy);
const count = runs.list({ studyId: study.id }).length;
const delay = monitorEventLoopDelay({ resolution: 1 });

/** Milliseconds that timers come late, since the last call. */
function lateness(): { p99: number; max: number } {
  // It measures the time between two ticks, one of which is the resolution.
  const found = { p99: delay.percentile(99) / 1e6 - 1, max: delay.max / 1e6 - 1 };
  delay.reset();
  return found;
}

async function submit(): Promise<{ seconds: number; processor: number }> {
  const began = performance.now();
  const used = process.cpuUsage();
  const executor = clusterWorkers(bench, at(listClusters(bench), 0), { studyId: study.id, roles: null });
  executor.start();
  const isSubmitted = (): boolean =>
    placements.count() === count && placements.list('lab').every(({ job }) => job !== null);
  while (!isSubmitted()) await new Promise((resolve) => setTimeout(resolve, 500));
  const { user, system } = process.cpuUsage(used);
  return { seconds: (performance.now() - began) / 1000, processor: (user + system) / 1e6 };
}

process.on('message', (message) => {
  if (message === 'submit') {
    delay.enable();
    void submit().then((took) => process.send?.({ ...took, ...lateness() }));
  }
  if (message === 'lateness') process.send?.({ ...lateness(), running: runs.list({ states: ['running'] }).length });
});
serveBench(opened);
