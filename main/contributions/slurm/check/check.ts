import { firstLine, messageOf } from '../../../contract/wire/index.ts';
import { randomUUID } from 'node:crypto';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { AttemptLine } from '../contract/placement.ts';
import type { Cluster } from '../profile/cluster.ts';
import type { ClusterCheck, ClusterFinding } from '../profile/cluster-check.ts';
import type { WorkerEvent } from '../../../contract/runs/index.ts';
import { formatBytes } from '../../../domain/numbers/index.ts';
import { pendingReason } from '../profile/slurm-reasons.ts';
import { type ClusterCommand, clusterCommand, type Run, slurm, type TaskState } from '../executor/commands.ts';
import { makeFolderAsync } from '../../../files/index.ts';
import type { Launcher } from '../../../processes/index.ts';
import { availableEngines } from '../../../services/tools/index.ts';
import type { Workbench } from '../../../services/workbench/index.ts';
import { isStep, trainHere, weightsOf } from './check-bytes.ts';
import { CheckFolder, runs } from './check-job.ts';
import { reportNode } from './check-node.ts';
import { checkCommands, checkNodes, checkPartition, checkSettings, refusalOf, type Report } from './check-settings.ts';

export interface CheckOptions {
  /** Starts the process that does on this computer what the job did there, to compare the bytes. */
  launcher: Launcher;
  onFinding?: (finding: ClusterFinding) => void;
  /** What the check waits for now. */
  onProgress?: (note: string) => void;
  /** Ends the check: its job is cancelled, and its folder removed. */
  signal?: AbortSignal;
  /** Milliseconds that the job may wait for a node. */
  patience?: number;
  /** Runs the scheduler's commands. Default: programs of this computer. */
  run?: Run;
  /** Milliseconds between two readings of the folder, and between two questions to the scheduler. */
  readEvery?: number;
  askEvery?: number;
  /** Milliseconds between two questions about a job that waits for longer than that. */
  askPendingEvery?: number;
}

/** Milliseconds without anything new from a job that runs, after which it is given up. */
const silence = 180_000;

/** Free bytes of the shared folder below which the check warns, and fails. */
const freeSpace = { warning: 5e9, fault: 2e8 } as const;

/** Steps that the long run does before the signal to save, and after it was started again. */
const steps = 10;

/** How often what the probe wrote is looked for, once it has ended: for ten seconds. */
const probeTries = 20;

/** A finding that ends the check was reported. */
class CheckEnded extends Error {
  override readonly name = 'CheckEnded';
}

/**
 * Checks a cluster from here, and with a job on one of its nodes that trains, saves, is queued again and continues. What
 * is wrong are findings, not errors. @throws the signal's reason, if it is aborted
 */
export async function checkCluster(
  workbench: Pick<Workbench, 'environment' | 'now'>,
  cluster: Cluster,
  options: CheckOptions,
): Promise<ClusterCheck> {
  const began = performance.now();
  const at = new Date(workbench.now()).toISOString();
  const check = new Check(workbench, cluster, options);
  await check.run();
  const { findings, node } = check;
  const worst = (['fault', 'warning'] as const).find((state) => findings.some((finding) => finding.state === state));
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  return { cluster: cluster.name, at, seconds, state: worst ?? 'ok', findings: [...findings], node };
}

class Check {
  readonly findings: ClusterFinding[] = [];
  node: ClusterCheck['node'] = null;
  readonly #workbench: Pick<Workbench, 'environment' | 'now'>;
  readonly #cluster: Cluster;
  readonly #options: CheckOptions;
  readonly #signal: AbortSignal;
  readonly #command: ClusterCommand;
  readonly #folder: CheckFolder;
  #job: string | null = null;
  /** What the scheduler said last, and when it was asked. */
  #task: TaskState | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** Since when the job waits for its first node; null: it does not. */
  #waitsSince: number | null = null;

  constructor(workbench: Pick<Workbench, 'environment' | 'now'>, cluster: Cluster, options: CheckOptions) {
    this.#workbench = workbench;
    this.#cluster = cluster;
    this.#options = options;
    this.#signal = options.signal ?? new AbortController().signal;
    this.#command = clusterCommand(cluster, options.run);
    const { here, there } = cluster.folder;
    const name = `check-${randomUUID()}`;
    this.#folder = new CheckFolder(join(here, name), `${there ?? here}/${name}`);
  }

  async run(): Promise<void> {
    const { onProgress = () => undefined } = this.#options;
    try {
      onProgress('Asks the cluster for its settings');
      if (!(await checkCommands(this.#cluster, this.#command, this.#report))) return;
      await checkSettings(this.#cluster, this.#command, this.#report);
      await checkPartition(this.#cluster, this.#command, this.#report);
      await checkNodes(this.#cluster, this.#command, this.#report);
      this.#signal.throwIfAborted();
      await this.#checkFolder();
      await this.#checkJob(onProgress);
    } catch (error) {
      if (!(error instanceof CheckEnded)) throw error;
    } finally {
      await this.#endJob();
      await this.#removeFolder();
    }
  }

  /** What was found counts, also where the job writes there still. */
  async #removeFolder(): Promise<void> {
    try {
      await this.#folder.remove();
    } catch (error) {
      this.#report('folder', 'warning', {
        what: `The folder of this check could not be removed: ${this.#folder.here}`,
        remedy: 'Remove it once its job has ended.',
        detail: messageOf(error),
      });
    }
  }

  /** Cancels the job, and lets it leave the folder, for a moment. */
  async #endJob(): Promise<void> {
    if (this.#job === null) return;
    // A job that has ended cannot be cancelled; nothing is wrong with that.
    await this.#command('scancel', this.#job).catch(() => undefined);
    for (let tried = 0; tried < 10; tried++) {
      this.#askedAt = Number.NEGATIVE_INFINITY;
      if (!(await this.#ask()) || this.#isOver()) return;
      await wait(this.#options.readEvery ?? 500);
    }
  }

  readonly #report: Report = (about, state, { what, remedy = null, detail = null }) => {
    const finding: ClusterFinding = { about, state, what, remedy, detail: detail === '' ? null : detail };
    this.findings.push(finding);
    this.#options.onFinding?.(finding);
  };

  #end(about: ClusterFinding['about'], text: Parameters<Report>[2]): never {
    this.#report(about, 'fault', text);
    throw new CheckEnded(text.what);
  }

  /** Whether this computer can use the shared folder, and whether the login node sees the same. */
  async #checkFolder(): Promise<void> {
    const { folder, reach } = this.#cluster;
    try {
      await makeFolderAsync(folder.here);
      await this.#folder.write(this.#cluster);
      if ((await this.#folder.read('token')) !== this.#folder.token) throw new Error('it changed');
    } catch (error) {
      this.#end('folder', {
        what: `This computer cannot write into the shared folder ${folder.here}`,
        remedy: 'Mount it, or correct `folder.here`. It must be a folder that this computer and all nodes share.',
        detail: messageOf(error),
      });
    }
    const { bavail, bsize } = await statfs(folder.here);
    const free = bavail * bsize;
    if (free < freeSpace.warning) {
      this.#report('folder', free < freeSpace.fault ? 'fault' : 'warning', {
        what: `The shared folder has ${formatBytes(free)} free`,
        remedy: 'Free some space, or choose another folder. A run writes up to 300 MB there until it is fetched.',
      });
    }
    if (reach.length > 0 || folder.there !== null) {
      const text = await this.#command('cat', `${this.#folder.there}/token`).catch((error: unknown) =>
        messageOf(error),
      );
      if (text.trim() !== this.#folder.token) {
        this.#end('folder', {
          what: `The login node does not see what this computer writes: ${folder.here} here is not ${folder.there ?? folder.here} there`,
          remedy: 'Correct `folder.there`: the path of the shared folder on the login node and on all nodes.',
          detail: text.slice(0, 500),
        });
      }
    }
    this.#report('folder', 'ok', { what: `The shared folder can be written, with ${formatBytes(free)} free` });
  }

  async #checkJob(onProgress: (note: string) => void): Promise<void> {
    const { patience = 600_000 } = this.#options;
    const name = 'boundary-check';
    const script = await this.#folder.writeScript(this.#cluster, name);
    try {
      // Says more than a submission, and leaves no job.
      await this.#command('sbatch', '--test-only', script);
      this.#job = await slurm(this.#cluster, this.#options.run).submit(script);
    } catch (error) {
      this.#end('job', { ...refusalOf(messageOf(error)), detail: messageOf(error) });
    }
    onProgress(`Waits for a node for job ${this.#job}`);
    await this.#begun(patience, onProgress);
    const node = await this.#checkNode(onProgress);
    onProgress(`Trains on ${node}`);
    await this.#checkTraining(onProgress);
    await this.#compareBytes(onProgress);
  }

  /** Waits until the job's script runs on a node. */
  async #begun(patience: number, onProgress: (note: string) => void): Promise<void> {
    const from = performance.now();
    this.#waitsSince = from;
    let told = '';
    while (!(await this.#folder.notes()).has('start')) {
      const isLate = performance.now() - from > patience;
      if (isLate) this.#askedAt = Number.NEGATIVE_INFINITY;
      await this.#ask();
      const { state, reason } = this.#task ?? { state: '', reason: null };
      if (reason !== null && reason !== told) {
        told = reason;
        const { stuck, what, remedy } = pendingReason(reason);
        if (stuck) {
          this.#end('job', { what: `The job will not begin: ${what}`, remedy, detail: `Slurm's reason: ${reason}` });
        }
        onProgress(`Job ${this.#job} is pending: ${what} (${reason})`);
      }
      if (this.#isOver()) await this.#endedEarly(state);
      if (isLate) {
        const { what } = pendingReason(reason ?? 'None');
        this.#report('job', 'warning', {
          what: `The job did not begin within ${Math.round(patience / 60_000)} min: ${what}. Nothing else could be checked`,
          remedy: 'Check again when the cluster is less busy, or wait longer: `boundary cluster check --wait 120`.',
          detail: `Slurm's reason: ${reason ?? 'none'}`,
        });
        throw new CheckEnded('pending');
      }
      await this.#pause();
    }
    this.#waitsSince = null;
  }

  /** The job ended, and its script wrote nothing. */
  async #endedEarly(state: string): Promise<never> {
    const about = await this.#command('scontrol', 'show', 'job', `${this.#job}_0`).catch((error: unknown) =>
      messageOf(error),
    );
    const of = (key: string): string => new RegExp(`\\b${key}=(\\S+)`).exec(about)?.[1] ?? '?';
    this.#end('folder', {
      what: `The job ended on node ${of('BatchHost')} (${state === '' ? of('JobState') : state}) without a word in the shared folder: the node does not see it under this path`,
      remedy: `Have ${this.#cluster.folder.there ?? this.#cluster.folder.here} mounted on all nodes, or correct \`folder.there\`.`,
      detail: [`Reason=${of('Reason')} ExitCode=${of('ExitCode')} StdOut=${of('StdOut')}`, await this.#folder.log()]
        .join('\n')
        .trim(),
    });
  }

  /** What the script and the probe found on the node. Gives its name. */
  async #checkNode(onProgress: (note: string) => void): Promise<string> {
    const [, name = '?'] = ((await this.#folder.notes()).get('start')?.[0] ?? '').split(' ');
    onProgress(`Looks at node ${name}`);
    this.#report('job', 'ok', { what: `Job ${this.#job} began on node ${name}` });
    await this.#until(async () => {
      await this.#ask();
      return (await this.#folder.notes()).has('probed') || this.#isOver();
    });
    // A network file system may show the line that was written last before the file that was written first.
    for (let tried = 0; tried < probeTries && (await this.#folder.probe()) === null && !this.#isOver(); tried++)
      await this.#pause();
    const about = { cluster: this.#cluster, folder: this.#folder, name, ...this.#workbench };
    const probe = await reportNode(about, this.#report);
    if (probe === null) throw new CheckEnded(name);
    this.node = { name, machine: probe.environment.machine };
    return name;
  }

  /** Ten steps, USR1, a checkpoint, queued again, continued, stopped; then a run to its end. */
  async #checkTraining(onProgress: (note: string) => void): Promise<void> {
    const first = await this.#eventOf(
      runs.long,
      1,
      isStep(steps),
      'training',
      'The training did not get to its tenth step',
    );
    // The signal that Slurm sends before the time limit: to the script's process.
    await this.#command('scancel', '--batch', '--signal=USR1', `${this.#job}_0`).catch((error: unknown) =>
      this.#end('requeue', {
        what: 'Slurm cannot send the signal USR1 to the job',
        remedy: 'Ask the administrator: Slurm has to send this signal to a job before its time is up.',
        detail: messageOf(error),
      }),
    );
    await this.#eventOf(
      runs.long,
      1,
      ({ type }) => type === 'stopped',
      'training',
      'The training did not stop on USR1',
    );
    const { lines } = await this.#attempt(runs.long, 1);
    const saved = lines
      .flatMap((line) => ('event' in line && line.event.type === 'checkpoint' ? [line.event] : []))
      .at(-1);
    if (!saved) {
      this.#end('training', {
        what: 'The training saved no checkpoint on USR1',
        remedy: 'See what it wrote, below.',
        detail: await this.#folder.log(),
      });
    }
    this.#report('training', 'ok', {
      what: `${first.type === 'progress' ? first.done : steps} steps trained; a checkpoint was saved on USR1, at step ${saved.step}`,
    });
    onProgress('Waits until Slurm starts the job again');
    await this.#startedAgain(onProgress);
    const started = await this.#eventOf(
      runs.long,
      2,
      ({ type }) => type === 'started',
      'requeue',
      'The training did not start again',
    );
    if (started.type === 'started' && started.resumedAt < saved.step) {
      this.#end('requeue', {
        what: `The second start did not continue at step ${saved.step}, but at ${started.resumedAt}`,
        remedy:
          'The node did not find the checkpoint in the shared folder: it may show old data. Ask the administrator.',
        detail: await this.#folder.log(),
      });
    }
    await this.#eventOf(runs.long, 2, isStep(saved.step + steps), 'requeue', 'The training did not continue');
    await this.#folder.pack.requestStop(runs.long);
    await this.#eventOf(runs.short, 1, ({ type }) => type === 'done', 'training', 'The second training did not end');
    this.#report('requeue', 'ok', {
      what: `The job was queued again, continued at step ${saved.step}, and finished`,
    });
  }

  /** Until the script runs for the second time. Slurm waits two minutes before it starts a task again, unless told to. */
  async #startedAgain(onProgress: (note: string) => void): Promise<void> {
    const notQueued = async (why: string): Promise<never> =>
      this.#end('requeue', {
        what: `The job saved its checkpoint, but was not queued again: ${why}`,
        remedy:
          'Nodes need the command `scontrol`, and the cluster must allow `scontrol requeue`. Without it, runs that exceed `minutes` are submitted again only while the Workbench is open.',
        detail: await this.#folder.log(),
      });
    await this.#until(async () => {
      if (((await this.#folder.notes()).get('start')?.length ?? 0) > 1) return true;
      if (/scontrol requeue failed/.test(await this.#folder.log())) await notQueued('scontrol refused it');
      const isNew = await this.#ask();
      if (this.#isOver()) await notQueued(`its state is ${this.#task?.state ?? 'unknown to Slurm'}`);
      const { reason = null } = this.#task ?? {};
      if (reason !== null && pendingReason(reason).stuck) await notQueued(pendingReason(reason).what);
      if (isNew && reason === 'BeginTime') {
        onProgress('Queued again. Slurm starts it after two minutes, or at once where that is allowed');
        await this.#command('scontrol', 'update', `JobId=${this.#job}_0`, 'StartTime=now').catch(() => undefined);
      }
      return false;
    });
  }

  /** Trains here what the job trained there, and compares the weights. */
  async #compareBytes(onProgress: (note: string) => void): Promise<void> {
    const { engine } = this.#cluster;
    const there = weightsOf((await this.#attempt(runs.short, 1)).lines);
    const { cpu } = this.#workbench.environment.machine;
    const nodeCpu = this.node?.machine.cpu ?? '?';
    if (there === null) return;
    if (!availableEngines().names.includes(engine)) {
      return this.#report('bytes', 'ok', {
        what: `Bytes were not compared: this computer has no ${engine}. Trainings there are not repeated here byte for byte`,
      });
    }
    onProgress('Trains the same here, to compare the bytes');
    const here = await trainHere(this.#cluster, this.#options.launcher, () => this.#pause());
    if (here === there) {
      return this.#report('bytes', 'ok', { what: `The same training gives the same bytes on this computer (${cpu})` });
    }
    this.#report('bytes', 'warning', {
      what: `The same training gives other bytes there (${nodeCpu}) than here (${cpu}): they differ in their last bits`,
      remedy: 'Results stay valid. To repeat a study byte for byte, keep all of its trainings in one place.',
    });
  }

  async #attempt(run: number, number: number): Promise<{ lines: AttemptLine[] }> {
    return { lines: (await this.#folder.attempts(run))[number - 1] ?? [] };
  }

  /** Waits for an event of an attempt at a run. */
  async #eventOf(
    run: number,
    attempt: number,
    isWanted: (event: WorkerEvent) => boolean,
    about: ClusterFinding['about'],
    else_: string,
  ): Promise<WorkerEvent> {
    let found: WorkerEvent | undefined;
    await this.#until(
      async () => {
        const { lines } = await this.#attempt(run, attempt);
        const events = lines.flatMap((line) => ('event' in line ? [line.event] : []));
        const failure = events.find(({ type }) => type === 'failed');
        if (failure?.type === 'failed') {
          this.#end(about, {
            what: `The training failed: ${firstLine(failure.message)}`,
            remedy: 'See what it wrote, below.',
            detail: await this.#folder.log(),
          });
        }
        found = events.find(isWanted);
        if (found !== undefined) return true;
        await this.#ask();
        if (!this.#isOver()) return false;
        // What it wrote last may be seen only now.
        if (this.#task?.state === 'OUT_OF_MEMORY') {
          this.#end('memory', {
            what: `Slurm ended the job: it used more than ${this.#cluster.memory} MiB`,
            remedy: 'Raise `memory`.',
            detail: await this.#folder.log(),
          });
        }
        return this.#end(about, {
          what: `${else_}: its job ended (${this.#task?.state ?? 'Slurm does not know it any more'})`,
          remedy: 'See what it wrote, below.',
          detail: await this.#folder.log(),
        });
      },
      `${else_} within ${silence / 60_000} min`,
    );
    if (found === undefined) throw new Error('waited for an event without one');
    return found;
  }

  /** Reads until `isDone`, at most as long as a job may be silent. */
  async #until(isDone: () => boolean | Promise<boolean>, else_ = 'The job did not go on'): Promise<void> {
    const from = performance.now();
    while (!(await isDone())) {
      if (performance.now() - from > silence) {
        this.#end('job', {
          what: `${else_}. Its state: ${this.#task?.state ?? 'unknown'}${this.#task?.reason ? ` (${this.#task.reason})` : ''}`,
          remedy: 'Check again. If it stays so, see what it wrote, below.',
          detail: await this.#folder.log(),
        });
      }
      await this.#pause();
    }
  }

  async #pause(): Promise<void> {
    await wait(this.#options.readEvery ?? 500, undefined, { signal: this.#signal }).catch(() =>
      this.#signal.throwIfAborted(),
    );
  }

  /** Asks the scheduler about the job, seldom. Gives whether it answered now. */
  async #ask(): Promise<boolean> {
    const { run, askEvery = 5000, askPendingEvery = 60_000 } = this.#options;
    const now = performance.now();
    // One that did not begin within a minute may wait for hours.
    const isPatient = this.#waitsSince !== null && now - this.#waitsSince > askPendingEvery;
    if (this.#job === null || now - this.#askedAt < (isPatient ? askPendingEvery : askEvery)) return false;
    this.#askedAt = now;
    // A login node that does not answer for a moment says nothing about the job.
    const tasks = await slurm(this.#cluster, run)
      .list([this.#job])
      .catch(() => null);
    if (tasks !== null) this.#task = tasks.find(({ task }) => task === 0);
    return tasks !== null;
  }

  /** Whether the scheduler was asked, and says that the job has ended. */
  #isOver(): boolean {
    if (this.#askedAt === Number.NEGATIVE_INFINITY) return false;
    return this.#task === undefined || overStates.has(this.#task.state);
  }
}

const overStates: ReadonlySet<string> = new Set([
  ...['COMPLETED', 'FAILED', 'CANCELLED', 'TIMEOUT', 'OUT_OF_MEMORY', 'NODE_FAIL', 'BOOT_FAIL', 'DEADLINE'],
]);
