import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { appendFileSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { randomStream, type RandomStream } from '../../../main/domain/random/random.ts';
import type { startSlurm } from './slurm.mjs';

type Cluster = ReturnType<typeof startSlurm>;

/** A task that runs, e.g. `7_3`, and its node. */
interface RunningTask {
  id: string;
  node: string;
}

const kinds = [
  ...(['kill a worker', 'signal USR1', 'signal TERM', 'cancel a task', 'requeue a task', 'node down'] as const),
  ...(['restart the controller', 'kill the controller', 'kill a slurmd', 'kill the host'] as const),
];
/** Why the campaign itself takes a node out of service. */
const ownReason = 'campaign';

type EventKind = (typeof kinds)[number];

interface CampaignOptions {
  folder: string;
  cluster: Cluster;
  seed: number;
  /** Events after which it is left to end. */
  events: number;
  /** Milliseconds between two events, at most. */
  pause: number;
  /** Only these kinds. */
  only?: readonly EventKind[];
}

/**
 * Events at random moments while a host (campaign-host.ts) has a real Slurm do runs, drawn from a seed. It ends when the
 * host does; `counts` says how often each event came.
 */
export class RandomEvents {
  readonly counts = new Map<EventKind | 'release a held task', number>();
  /** Times at which a host began and ended, milliseconds since 1970. */
  readonly hosts: { from: number; to: number }[] = [];
  readonly #options: CampaignOptions;
  readonly #random: RandomStream;
  #left: EventKind[] = [];
  #host: ChildProcess | undefined;
  #exit: number | null = null;

  constructor(options: CampaignOptions) {
    this.#options = options;
    this.#random = randomStream(options.seed, 'campaign');
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** @throws where the host ended with an error */
  async run(): Promise<void> {
    this.#startHost();
    const administrator = setInterval(() => void this.#administer(), 1000);
    try {
      while (this.total < this.#options.events && this.#exit === null) {
        await wait(this.#random.float() * this.#options.pause);
        // Each kind comes as often as the others.
        if (this.#left.length === 0) this.#left = this.#random.shuffle([...(this.#options.only ?? kinds)]);
        const kind = this.#left.pop();
        if (kind === undefined || !(await this.#happen(kind))) continue;
        this.#log(kind);
        this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
      }
      await this.#hostEnds();
    } finally {
      clearInterval(administrator);
      this.#host?.kill('SIGKILL');
    }
  }

  /** Starts a host once more, and has it end by itself. @throws where it ended with an error */
  async startAgain(): Promise<void> {
    this.#exit = null;
    this.#startHost();
    await this.#hostEnds();
  }

  /** Ends the host. */
  end(): void {
    this.#host?.kill('SIGKILL');
  }

  /** Calls of the scheduler by the host. */
  calls(): { at: number; command: string }[] {
    return this.#read('calls.txt')
      .split('\n')
      .filter(Boolean)
      .map((line) => ({ at: Number(line.split(' ')[0]), command: line.split(' ')[1] ?? '' }));
  }

  async #hostEnds(): Promise<void> {
    while (this.#exit === null) await wait(100);
    if (this.#exit !== 0)
      throw new Error(`the host ended with code ${this.#exit}: ${this.#read('host.txt').slice(-3000)}`);
  }

  /** False: there was nothing that it could happen to. */
  async #happen(kind: EventKind): Promise<boolean> {
    const { cluster } = this.#options;
    switch (kind) {
      case 'restart the controller':
      case 'kill the controller':
        await cluster.restartController(kind === 'kill the controller' ? 'SIGKILL' : 'SIGTERM');
        await this.#controllerAnswers();
        return true;
      case 'kill a slurmd': {
        const node = this.#pick(cluster.nodes);
        cluster.endNode(node, 'SIGKILL');
        await wait(this.#random.float() * this.#options.pause);
        await cluster.startNode(node);
        return true;
      }
      case 'kill the host':
        await this.#killHost();
        await wait(this.#random.float() * this.#options.pause);
        if (this.#exit === null) this.#startHost();
        return true;
      case 'kill a worker': {
        const pids = workersOf(this.#options.folder);
        if (pids.length > 0) process.kill(this.#pick(pids), 'SIGKILL');
        return pids.length > 0;
      }
      default:
        return this.#happenToTask(kind);
    }
  }

  async #happenToTask(kind: EventKind): Promise<boolean> {
    const tasks = await this.#running();
    if (tasks.length === 0) return false;
    const { id, node } = this.#pick(tasks);
    switch (kind) {
      case 'signal USR1':
      case 'signal TERM':
        await slurm('scancel', '--batch', `--signal=${kind.split(' ')[1]}`, id);
        return true;
      case 'cancel a task':
        await slurm('scancel', id);
        return true;
      case 'requeue a task':
        await slurm('scontrol', 'requeue', id);
        return true;
      default:
        await slurm('scontrol', 'update', `nodename=${node}`, 'state=down', `reason=${ownReason}`);
        await wait(this.#random.float() * this.#options.pause);
        await slurm('scontrol', 'update', `nodename=${node}`, 'state=resume');
        return true;
    }
  }

  /** What an administrator does: lets requeued tasks start before their two minutes are over, and held ones at all. */
  async #administer(): Promise<void> {
    const waiting = await slurm('squeue', '--noheader', '--array', '--states=PENDING', '--format=%F_%K|%r');
    for (const line of waiting.split('\n')) {
      const [id = '', reason = ''] = line.trim().split('|');
      if (reason === 'BeginTime') await slurm('scontrol', 'update', `jobid=${id}`, 'starttime=now');
      if (/held/i.test(reason)) {
        this.#log(`${id} is held: ${reason}`);
        await slurm('scontrol', 'release', id);
        this.counts.set('release a held task', (this.counts.get('release a held task') ?? 0) + 1);
      }
    }
    // Slurm itself takes a node out of service, e.g. as a task that it queued again is still alive there.
    const out = await slurm('sinfo', '--noheader', '--Node', '--states=down,drain,fail', '--format=%N|%E');
    for (const line of out.split('\n')) {
      const [node = '', reason = ''] = line.trim().split('|');
      if (node === '' || reason === ownReason) continue;
      this.#log(`${node} is out of service: ${reason}`);
      await slurm('scontrol', 'update', `nodename=${node}`, 'state=resume');
    }
  }

  async #running(): Promise<RunningTask[]> {
    const list = await slurm('squeue', '--noheader', '--array', '--states=RUNNING', '--format=%F_%K %N');
    return list.split('\n').flatMap((line) => {
      const [id = '', node = ''] = line.trim().split(' ');
      return node === '' ? [] : [{ id, node }];
    });
  }

  async #controllerAnswers(): Promise<void> {
    while (!(await slurm('scontrol', 'ping')).includes('is UP')) await wait(100);
  }

  async #killHost(): Promise<void> {
    const host = this.#host;
    if (!host || host.exitCode !== null || host.signalCode !== null) return;
    const gone = new Promise((resolve) => host.once('exit', resolve));
    host.kill('SIGKILL');
    await gone;
  }

  #startHost(): void {
    const { folder } = this.#options;
    const out = openSync(join(folder, 'host.txt'), 'a');
    const began = { from: Date.now(), to: Number.POSITIVE_INFINITY };
    this.hosts.push(began);
    const host = spawn(process.execPath, [join(import.meta.dirname, 'campaign-host.ts'), folder], {
      stdio: ['ignore', out, out],
    });
    host.once('exit', (code, signal) => {
      began.to = Date.now();
      if (signal !== 'SIGKILL') this.#exit = code ?? 1;
    });
    this.#host = host;
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#random.int(from.length)] as T;
  }

  #log(text: string): void {
    appendFileSync(join(this.#options.folder, 'events.txt'), `${new Date().toISOString()} ${text}\n`);
  }

  #read(name: string): string {
    try {
      return readFileSync(join(this.#options.folder, name), 'utf8');
    } catch {
      return '';
    }
  }
}

/** A command of the test itself; an error, e.g. as the task just ended, is an empty answer. */
const slurm = (program: string, ...words: string[]): Promise<string> =>
  new Promise((resolve) => {
    execFile(program, words, { timeout: 30_000 }, (error, stdout) => resolve(error ? '' : stdout));
  });

/** Process ids of the workers of packs in a folder. */
export function workersOf(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const words = readFileSync(join('/proc', name, 'cmdline'), 'utf8').split('\0');
        return (
          words.some((word) => word.includes('contributions/slurm/tasks/pack-child')) &&
          words.some((word) => word.startsWith(folder))
        );
      } catch {
        return false;
      }
    })
    .map(Number);
}
