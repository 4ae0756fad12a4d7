import { execFile } from 'node:child_process';
import type { Cluster } from '../profile/cluster.ts';
import { messageOf, UserError } from '../../../contract/wire/index.ts';
import { quote } from './job-script.ts';

/** Milliseconds that a command of the cluster may take: `ssh` waits for a network. */
const patience = 60_000;

/** A task of a job as `squeue` has it. */
export interface TaskState {
  /** Number of the job, as `sbatch` gave it. */
  job: string;
  task: number;
  /** Slurm's word, e.g. `PENDING`, `RUNNING`, `COMPLETING`. */
  state: string;
  /** Why it is pending, e.g. `Priority`; null: it is not. */
  reason: string | null;
  node: string | null;
  /** Seconds until Slurm ends it; null: not known. */
  secondsLeft: number | null;
}

/** The commands of one cluster's scheduler. */
export interface Scheduler {
  /** Gives the number of the job. @param script path on the cluster @throws UserError `cluster.*` */
  submit(script: string): Promise<string>;
  /** The numbers of jobs by their names, of those that the cluster knows. @throws UserError `cluster.*` */
  find(names: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** All tasks of these jobs that are not over, and those that ended in the last minutes. @throws UserError `cluster.*` */
  list(jobs: readonly string[]): Promise<TaskState[]>;
  /** Cancels tasks of jobs; null: a whole job. Those that are over are left out. @throws UserError `cluster.*` */
  cancel(tasks: ReadonlyMap<string, readonly number[] | null>): Promise<void>;
}

/** Runs a program without a shell, in this environment; gives what it wrote on stdout. */
export type Run = (words: readonly string[], environment: NodeJS.ProcessEnv) => Promise<string>;

const fields = ['%F', '%K', '%T', '%r', '%N', '%L'] as const;

/** A command of a cluster, through `reach` of its profile; gives what it wrote on stdout. */
export type ClusterCommand = (...words: string[]) => Promise<string>;

/** Commands of a cluster. They reject with what the command wrote on stderr. */
export const clusterCommand =
  (cluster: Pick<Cluster, 'reach'>, run: Run = runProgram): ClusterCommand =>
  (...words) => {
    const { reach } = cluster;
    // A program that carries words to another computer, e.g. ssh, has a shell read them there.
    return run(reach.length === 0 ? words : [...reach, ...words.map(quote)], commandEnvironment(process.env, reach));
  };

/** @param cluster `reach` is read at each command: it may be changed */
export function slurm(cluster: Pick<Cluster, 'name' | 'reach'>, run?: Run): Scheduler {
  const { name } = cluster;
  const command = clusterCommand(cluster, run);
  const call: ClusterCommand = async (...words) => {
    try {
      return await command(...words);
    } catch (error) {
      throw clusterError(name, words[0] ?? '', error);
    }
  };
  return {
    submit: async (script) => {
      const answer = await call('sbatch', '--parsable', script);
      // `--parsable` adds `;cluster` where there are several; a site's own notes may stand before it.
      const job = /^(\d+)(;\S+)?$/m.exec(answer.trim())?.[1];
      if (job === undefined) throw clusterError(name, 'sbatch', new Error(`it answered ${JSON.stringify(answer)}`));
      return job;
    },
    find: async (names) => {
      if (names.length === 0) return new Map();
      const answer = await call('squeue', '--noheader', '--states=all', `--name=${names.join(',')}`, '--format=%F|%j');
      const pairs = answer.split('\n').flatMap((line) => {
        const [job = '', found = ''] = line.trim().split('|');
        return /^\d+$/.test(job) && names.includes(found) ? [[found, job] as const] : [];
      });
      return new Map(pairs);
    },
    list: async (jobs) => {
      if (jobs.length === 0) return [];
      try {
        const answer = await call(
          ...['squeue', '--noheader', '--array', '--states=all', `--jobs=${jobs.join(',')}`],
          `--format=${fields.join('|')}`,
        );
        return answer.split('\n').flatMap(parseTask);
      } catch (error) {
        // What it says of the only one that it was asked for, when it has forgotten it.
        if (isUnknownJob(error)) return [];
        throw error;
      }
    },
    cancel: async (tasks) => {
      const words = [...tasks].flatMap(([job, numbers]) => {
        if (numbers === null) return [job];
        return numbers.length === 0 ? [] : [taskNames(job, numbers)];
      });
      try {
        if (words.length > 0) await call('scancel', ...words);
      } catch (error) {
        if (!isUnknownJob(error)) throw error;
      }
    },
  };
}

/** Tasks of a job in one word: `12_3`, or `12_[0-3,7]`. */
export const taskNames = (job: string, tasks: readonly number[]): string =>
  new Set(tasks).size === 1 ? `${job}_${tasks[0]}` : `${job}_[${ranges(tasks)}]`;

/** Numbers as Slurm writes them: `0-3,7`. */
function ranges(numbers: readonly number[]): string {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const found: [number, number][] = [];
  for (const number of sorted) {
    const last = found.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else found.push([number, number]);
  }
  return found.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

const isUnknownJob = (error: unknown): boolean =>
  error instanceof UserError && /invalid job id|already completing|already completed/i.test(error.message);

function parseTask(line: string): TaskState[] {
  const [job = '', task = '', state = '', reason = '', node = '', left = ''] = line.trim().split('|');
  if (!/^\d+$/.test(job) || !/^\d+$/.test(task)) return [];
  return [
    {
      job,
      task: Number(task),
      state,
      reason: state === 'PENDING' && reason !== 'None' ? reason : null,
      node: node === '' ? null : node,
      secondsLeft: parseDuration(left),
    },
  ];
}

/** Seconds of Slurm's `[days-]hours:minutes:seconds`; null for its words, e.g. `UNLIMITED`. */
export function parseDuration(text: string): number | null {
  const parts = /^(?:(?:(\d+)-)?(\d+):)?(\d+):(\d+)$/.exec(text);
  if (!parts) return null;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map((part) => Number(part ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}

/** Variables that commands of Slurm, `ssh` and modules may need. `PATH` itself, and all that begin with the others. */
const passedOn =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|TZ|TMPDIR|LD_LIBRARY_PATH|LOADEDMODULES|XDG_RUNTIME_DIR|BASH_ENV|(LC|SLURM|SBATCH|SSH|KRB5|MODULE|LMOD|_LMFILES|_ModuleTable|BASH_FUNC)_?.*)$/;

/**
 * What a command sees of this process's environment. `sbatch` copies its own into the job, where an administrator may read
 * it: a secret of this computer has no place there. A password for `sshpass` is left out where nothing needs it.
 */
const commandEnvironment = (environment: NodeJS.ProcessEnv, { length }: Cluster['reach']): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(environment).filter(([name]) => passedOn.test(name) && (name !== 'SSHPASS' || length > 0)),
  );

const runProgram: Run = ([program = '', ...words], env) =>
  new Promise((resolve, reject) => {
    const options = { timeout: patience, maxBuffer: 64 * 2 ** 20, env };
    execFile(program, words, options, (error, stdout, stderr) => {
      if (error) reject(new Error(stderr.trim() || stdout.trim() || error.message, { cause: error }));
      else resolve(stdout);
    });
  });

const clusterError = (cluster: string, command: string, cause: unknown): UserError =>
  new UserError(
    'cluster.no-answer',
    `${command} failed: ${messageOf(cause)}`,
    `cluster ${cluster}`,
    `Check the cluster with \`boundary cluster check ${quote(cluster)}\`. Runs that were submitted continue there.`,
    { cause },
  );
