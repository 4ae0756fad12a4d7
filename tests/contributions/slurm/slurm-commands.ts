/**
 * Commands of Slurm's names that start real workers at once: `slurm-commands <folder> sbatch|squeue|scancel ...`. What ran
 * is in `<folder>/<job>.json`: the process ids of its tasks.
 */
import { spawn } from 'node:child_process';
import { existsSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repository } from '../../architecture/tools.ts';
import { quickLooks } from './quick-looks.ts';

const [folder = '', command, ...quoted] = process.argv.slice(2);
const words = quoted.map((word) => word.replaceAll(/^'|'$/g, ''));
const jobs = readdirSync(folder).flatMap((name) => /^(\d+)\.json$/.exec(name)?.[1] ?? []);
const tasksOf = (job: string): number[] => JSON.parse(readFileSync(join(folder, `${job}.json`), 'utf8'));
const isAlive = (id: number): boolean => existsSync(`/proc/${id}`);

if (command === 'sbatch') {
  const script = words.at(-1) ?? '';
  const last = Number(/--array=0-(\d+)/.exec(readFileSync(script, 'utf8'))?.[1]);
  const pack = dirname(script);
  const ids = Array.from({ length: last + 1 }, (_, task) => {
    const log = openSync(join(pack, 'log', `${task}.txt`), 'a');
    const worker = [join(repository, 'main/contributions/slurm/tasks/pack-child.ts'), pack, String(task)];
    const env = { ...process.env, ...quickLooks };
    const child = spawn(process.execPath, worker, { env, detached: true, stdio: ['ignore', log, log] });
    child.unref();
    return child.pid ?? 0;
  });
  writeFileSync(join(folder, `${jobs.length + 1}.json`), JSON.stringify(ids));
  console.log(jobs.length + 1);
}
if (command === 'squeue')
  for (const job of jobs)
    tasksOf(job).forEach((id, task) =>
      console.log(`${job}|${task}|${isAlive(id) ? 'RUNNING' : 'COMPLETED'}|None|n1|1:00`),
    );
if (command === 'scancel') for (const job of jobs) for (const id of tasksOf(job)) if (isAlive(id)) process.kill(id);
