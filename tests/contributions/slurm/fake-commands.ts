import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Run } from '../../../main/contributions/slurm/executor/commands.ts';

interface Task {
  script: string;
  state: string;
  reason: string;
  restarts: number;
  process: ChildProcess | null;
}

/** Commands of a pretended Slurm of one node, which runs job scripts by bash; with the words of a real one (24.11). */
export class FakeCommands {
  /** Commands in the order in which they came. */
  readonly calls: string[] = [];
  missing = '';
  settings = { MaxArraySize: '1001', JobRequeue: '1', KillWait: '30 sec', PreemptMode: 'OFF' };
  nodes = 'n1|icelake|2|4000|(null)\nn2|icelake|2|4000|(null)\n';
  partition = 'PartitionName=main\n   MaxTime=1-00:00:00 State=UP\n';
  /** What `sbatch --test-only` says against a job. */
  refusal = '';
  /** Why the job does not begin; empty: it begins at once. */
  pending = '';
  allowsRequeue = true;
  /** Where nodes look instead of the shared folder. */
  nodeSees: { folder: string; as: string } | null = null;
  readonly #folder: string;
  #task: Task | undefined;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(join(folder, 'bin'), { recursive: true });
    // As Slurm does it: the task that asked is ended.
    const ends = `echo "$@" > "${join(folder, 'requeue')}"; kill -KILL $PPID`;
    const scontrol = `#!/bin/sh\n[ -e "${join(folder, 'refuses')}" ] && { echo "Requested operation is presently disabled" >&2; exit 1; }\n${ends}\n`;
    writeFileSync(join(folder, 'bin/scontrol'), scontrol, { mode: 0o755 });
    onTestFinished(() => void this.#task?.process?.kill('SIGKILL'));
  }

  readonly run: Run = async (words) => {
    this.calls.push(words.join(' '));
    const [program = '', ...rest] = words;
    if (program === this.missing) throw new Error(`spawn ${program} ENOENT`);
    if (rest[0] === '--version') return 'slurm 24.11.5\n';
    const all = rest.join(' ');
    if (program === 'cat') return readFileSync(rest[0] ?? '', 'utf8');
    if (program === 'sinfo') return this.nodes;
    if (all === 'show config')
      return Object.entries(this.settings)
        .flatMap((pair) => `${pair.join('   = ')}\n`)
        .join('');
    if (all.startsWith('show partition')) {
      if (!all.endsWith(' main')) throw new Error(`Partition ${rest.at(-1)} not found`);
      return this.partition;
    }
    if (all.startsWith('show job'))
      return `JobState=${this.#task?.state} Reason=RaisedSignal:53 ExitCode=0:53 BatchHost=n1 StdOut=/there\n`;
    if (program === 'sbatch' && rest[0] === '--test-only') {
      if (this.refusal !== '') throw new Error(this.refusal);
      return '';
    }
    if (program === 'sbatch') return this.#submit(rest.at(-1) ?? '');
    if (program === 'squeue') return this.#list();
    if (all.startsWith('update')) return this.#start();
    if (program === 'scancel' && rest.includes('--signal=USR1')) this.#task?.process?.kill('SIGUSR1');
    else if (program === 'scancel') this.#cancel();
    return '';
  };

  #submit(script: string): string {
    this.#task = { script, state: 'PENDING', reason: this.pending, restarts: 0, process: null };
    if (!this.allowsRequeue) writeFileSync(join(this.#folder, 'refuses'), '');
    if (this.pending === '') this.#start();
    return '7\n';
  }

  #list(): string {
    const { state = '', reason = '' } = this.#task ?? {};
    return `7|0|${state}|${reason === '' ? 'None' : reason}|n1|15:00\n`;
  }

  #start(): string {
    const task = this.#task;
    if (task?.state !== 'PENDING') throw new Error('Job is no longer pending execution');
    const { folder, as } = this.nodeSees ?? { folder: '', as: '' };
    const text = readFileSync(task.script, 'utf8').replaceAll(folder === '' ? '\0' : folder, as);
    const log = join(task.script, '../log/0.txt');
    const child = spawn('bash', ['-c', `exec >> '${log}' 2>&1\n${text}`], {
      stdio: 'ignore',
      env: {
        ...process.env,
        PATH: `${join(this.#folder, 'bin')}:${process.env.PATH}`,
        SLURM_ARRAY_JOB_ID: '7',
        SLURM_ARRAY_TASK_ID: '0',
        SLURMD_NODENAME: 'n1',
        SLURM_RESTART_COUNT: String(task.restarts),
      },
    });
    Object.assign(task, { process: child, state: 'RUNNING', reason: '' });
    child.once('exit', (code) => {
      const asked = join(this.#folder, 'requeue');
      if (task.state !== 'RUNNING') return;
      if (existsSync(asked)) {
        rmSync(asked);
        Object.assign(task, { state: 'PENDING', reason: 'BeginTime', restarts: task.restarts + 1 });
      } else task.state = code === 0 ? 'COMPLETED' : 'FAILED';
    });
    return '';
  }

  #cancel(): void {
    if (!this.#task || this.#task.state === 'COMPLETED' || this.#task.state === 'FAILED') return;
    this.#task.state = 'CANCELLED';
    this.#task.process?.kill('SIGTERM');
  }
}
