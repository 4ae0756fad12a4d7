/**
 * A cluster without nodes: `slurm-commands <folder> sbatch|squeue|scancel ...` numbers jobs and lists their tasks, of
 * which the first hundred run. For the benchmark of a host with thousands of runs on a cluster.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder = '', command, ...words] = process.argv.slice(2);
const file = join(folder, 'jobs.txt');
const jobs = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
appendFileSync(join(folder, 'calls.txt'), `${command}\n`);

if (command === 'sbatch') {
  const last = /--array=0-(\d+)/.exec(readFileSync(words.at(-1) ?? '', 'utf8'))?.[1] ?? '0';
  appendFileSync(file, `${last}\n`);
  console.log(jobs.length + 1);
}
if (command === 'squeue') {
  const lines = jobs.flatMap((last, index) =>
    Array.from({ length: Number(last) + 1 }, (_, task) => {
      const runs = index === 0 && task < 100;
      return `${index + 1}|${task}|${runs ? 'RUNNING' : 'PENDING'}|${runs ? 'None' : 'Priority'}|${runs ? 'n1' : ''}|3:00:00`;
    }),
  );
  console.log(lines.join('\n'));
}
