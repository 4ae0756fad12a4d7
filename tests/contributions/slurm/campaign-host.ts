/**
 * The host of a campaign in a process of its own: `campaign-host <folder>` has the cluster do the runs of
 * `<folder>/campaign.json`, notes each call of the scheduler in `<folder>/calls.txt`, and ends once no run is left.
 */
import { execFile } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { slurm } from '../../../main/contributions/slurm/executor/commands.ts';
import { openStorage } from '../../../main/storage/open.ts';
import { type Campaign, campaignRun } from './campaign-runs.ts';
import { profile, queueOf, WholeCluster } from './cluster-setup.ts';

const folder = process.argv[2] ?? '';
const { epochs, seeds, small, clocks }: Campaign = JSON.parse(readFileSync(join(folder, 'campaign.json'), 'utf8'));
const storage = openStorage(join(folder, 'data'));
for (const seed of seeds) {
  const { id } = storage.runs.ensure(campaignRun(small, seed, epochs), Date.now());
  storage.placements.placeRuns([id], 'lab');
}
const scheduler = slurm(
  profile(folder),
  ([program = '', ...words]) =>
    new Promise((resolve, reject) => {
      appendFileSync(join(folder, 'calls.txt'), `${Date.now()} ${program}\n`);
      execFile(program, words, { timeout: 60_000 }, (error, stdout, stderr) => {
        if (error) reject(new Error(stderr.trim() || error.message, { cause: error }));
        else resolve(stdout);
      });
    }),
);
const executor = new WholeCluster({
  cluster: profile(folder),
  queue: queueOf(storage),
  scheduler,
  blobs: storage.blobs,
  host: 'host-1',
  name: 'boundary',
  gather: 10,
  ...clocks,
  credit: {
    read: () => storage.settings.get('calls', z.object({ calls: z.number(), at: z.number() })),
    write: (credit) => storage.settings.set('calls', credit, Date.now()),
  },
  onTrouble: (_part, trouble) => {
    if (trouble !== null) console.log(`${new Date().toISOString()} ${String(trouble)}`);
  },
});
executor.onChange(({ run, state, event, note }) => {
  if (note !== null || state === 'failed') console.log(`run ${run.id}: ${state} ${note ?? JSON.stringify(event)}`);
});
executor.start();
await executor.idle();
await executor.stop();
storage.close();
