import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AttemptLine } from '../contract/placement.ts';
import type { Cluster } from '../profile/cluster.ts';
import type { WorkerEvent } from '../../../contract/runs/index.ts';
import { entryModule } from '../../../files/index.ts';
import type { Launcher } from '../../../processes/index.ts';
import { CheckFolder, runs } from './check-job.ts';

/** Hash of the weights that a classifier's attempt ended with; null: it has not ended. */
export function weightsOf(lines: readonly AttemptLine[]): string | null {
  const results = lines.flatMap((line) => ('event' in line && line.event.type === 'done' ? [line.event.result] : []));
  const [result] = results;
  return result?.kind === 'classifier' ? (result.snapshots[0]?.weights ?? null) : null;
}

/** Weights of the short run of a check as this computer trains it, in a process of its own; null: it failed. */
export async function trainHere(
  cluster: Pick<Cluster, 'engine' | 'cores'>,
  launcher: Launcher,
  pause: () => Promise<void>,
): Promise<string | null> {
  const place = mkdtempSync(join(tmpdir(), 'boundary-check-'));
  let isOver = false;
  let end = (): void => undefined;
  try {
    const folder = new CheckFolder(place, place);
    await folder.write(cluster);
    await folder.pack.requestStop(runs.long);
    const child = launcher.launch(
      { entry: entryModule('contributions/slurm/tasks/pack-child'), args: [place, '0'] },
      { message: () => undefined, output: () => undefined, exit: () => (isOver = true) },
    );
    end = () => child.kill();
    for (;;) {
      // Before the last reading: what it wrote last is there once it has ended.
      const ended = isOver;
      const weights = weightsOf((await folder.attempts(runs.short)).at(-1) ?? []);
      if (weights !== null || ended) return weights;
      await pause();
    }
  } finally {
    end();
    rmSync(place, { recursive: true, force: true });
  }
}

/** Whether a training has told of a step, or of a later one. */
export const isStep =
  (step: number) =>
  (event: WorkerEvent): boolean =>
    event.type === 'progress' && event.done >= step;
