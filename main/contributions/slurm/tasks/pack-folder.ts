import {
  accessSync,
  appendFileSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  statSync,
} from 'node:fs';
import { type FileHandle, open, readdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type AttemptLine, attemptLineSchema, type PackedRun } from '../contract/placement.ts';
import { packedTaskSchema, type PackHead, packHeadSchema } from '../profile/cluster.ts';
import type { WorkerEvent } from '../../../contract/runs/index.ts';
import { within, withinSync, writeTextAtomic } from '../../../files/index.ts';

/** Bytes of an attempt's file that are read, and stored in one transaction, at a time: some milliseconds. */
const pieceBytes = 2 ** 15;

/** Bytes of a line at most: many times the longest that a task writes. */
const lineBytes = 2 ** 23;

/** Events after which the file is on the disk before the worker goes on: they name blobs, or end the attempt. */
const durable: ReadonlySet<WorkerEvent['type']> = new Set([
  ...(['started', 'checkpoint', 'snapshot', 'samples', 'done', 'stopped', 'failed'] as const),
]);

/** Events after which a worker deletes checkpoints before it. */
const supersedes: ReadonlySet<WorkerEvent['type']> = new Set(['checkpoint', 'done']);

/** Tasks of a pack that are written in one piece. */
const tasksAtOnce = 20;

/**
 * A pack: runs that a job on a cluster does, and what its attempts at them wrote, in a folder that the host and all
 * nodes see. Every file has one writer and is only added to, so that a network file system that is slow, or shows old
 * data for a while, delays things but loses none:
 *
 *   pack.jsonl                       what to do: a line for the job, then a line a task
 *   attempts/<run>-<attempt>.jsonl   what an attempt did: a line that says where, then an event a line
 *   stop/<run>                       the host wants the run to save a checkpoint and to stop
 *   blobs/<run>/                     the store of a run: what it needs, and what it wrote and the host has not fetched yet
 *   log/<task>.txt                   what the task wrote on its terminal
 *
 * The host does not wait for the file system in its event loop; tasks on the nodes do. Neither writes through a link
 * below the root.
 */
export class PackFolder {
  readonly path: string;
  readonly root: string;

  constructor(path: string, root = dirname(path)) {
    this.path = path;
    this.root = root;
  }

  /** Writes the pack, in pieces, so that other work is done in between. */
  async write(head: Omit<PackHead, 'schema' | 'tasks'>, tasks: readonly (readonly PackedRun[])[]): Promise<void> {
    for (const part of ['attempts', 'stop', 'log'])
      await within(this.root, join(this.path, part), () => Promise.resolve(), { make: true });
    const first: PackHead = { schema: 'boundary-workbench/pack/1', ...head, tasks: tasks.length };
    await this.writeText('pack.jsonl', lines([first, ...tasks]));
  }

  /** Writes a file of the pack, which is made if it is not there. @throws UserError `file.*` */
  async writeText(name: string, pieces: Iterable<string>): Promise<void> {
    await within(this.root, this.path, (folder) => writeTextAtomic(join(folder, name), pieces), { make: true });
  }

  async isWritten(): Promise<boolean> {
    return (await sizeOf(this.#pack())) !== null;
  }

  /** Folder of a run's blobs. */
  blobs(run: number): string {
    return join(this.path, 'blobs', String(run));
  }

  /** For a task on a node: what it has to do. @throws where the pack has no such task */
  readTask(number: number): PackHead & { runs: PackedRun[] } {
    const [first = '', ...tasks] = readFileSync(this.#pack(), 'utf8').split('\n');
    const head = packHeadSchema.parse(JSON.parse(first));
    const line = number >= 0 && number < head.tasks ? tasks[number] : undefined;
    if (!line) throw new Error(`task ${number} is not one of the ${head.tasks} of ${this.path}`);
    return { ...head, runs: packedTaskSchema.parse(JSON.parse(line)) };
  }

  /**
   * Numbers of the attempts at all runs, each from 1 on without gaps: tasks count so, other files are none of theirs, and
   * one that a network file system shows too early waits for those before it. Empty where the folder is not there.
   */
  async listAttempts(): Promise<Map<number, number[]>> {
    const found = new Map<number, number[]>();
    for (const name of await namesIn(join(this.path, 'attempts'))) {
      const [, run, attempt] = /^([1-9]\d{0,14})-([1-9]\d{0,8})\.jsonl$/.exec(name) ?? [];
      if (run === undefined || attempt === undefined) continue;
      const of = found.get(Number(run)) ?? [];
      of.push(Number(attempt));
      found.set(Number(run), of);
    }
    for (const [run, attempts] of found) {
      attempts.sort((a, b) => a - b);
      found.set(
        run,
        attempts.filter((number, index) => number === index + 1),
      );
    }
    return found;
  }

  /** @throws where the pack is not there now, e.g. as the shared folder is not mounted */
  check(): void {
    accessSync(this.#pack());
  }

  /** Whether the host has removed the pack, as far as can be seen: other packs' folder is there, and it is not. */
  isRemoved(): boolean {
    return !existsSync(this.#pack()) && existsSync(dirname(this.path));
  }

  /**
   * For a task on a node: numbers of the attempts at a run. Without a listing, which thousands of runs would make slow.
   * @throws where the folder cannot be read now
   */
  attempts(run: number): number[] {
    const found: number[] = [];
    for (let number = 1; statSync(this.#attempt(run, number), { throwIfNoEntry: false }); number++) found.push(number);
    return found;
  }

  hasAttempt(run: number, attempt: number): boolean {
    return existsSync(this.#attempt(run, attempt));
  }

  /** Begins an attempt, the only one of its number. */
  beginAttempt(run: number): AttemptFile {
    for (let number = (this.attempts(run).at(-1) ?? 0) + 1; ; number++) {
      try {
        const path = this.#attempt(run, number);
        const open = (folder: string): number => openSync(join(folder, basename(path)), 'ax', 0o600);
        return new AttemptFile(this, run, number, withinSync(this.root, dirname(path), open));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  }

  /** Bytes of an attempt's file; null: it is not there (any more). */
  attemptSize(run: number, attempt: number): Promise<number | null> {
    return sizeOf(this.#attempt(run, attempt));
  }

  /**
   * Whole lines of an attempt from byte `from` on, some at a time, and where the next begin: at a line that is not valid
   * (`isDamaged`) if there is one, which a network file system may show well later. A file of another kind has no lines.
   */
  async readLines(run: number, attempt: number, from: number): Promise<ReadLines> {
    const damaged = { lines: [], next: from, isDamaged: true };
    const file = await openRegular(this.#attempt(run, attempt));
    if (!file) return damaged;
    try {
      // A line longer than a piece is read with a larger one.
      for (let size = pieceBytes; size <= lineBytes; size *= 4) {
        const buffer = Buffer.alloc(size);
        const { bytesRead } = await file.read(buffer, 0, size, from);
        const end = buffer.subarray(0, bytesRead).lastIndexOf(0x0a) + 1;
        if (end === 0 && bytesRead === size) continue;
        return parseLines(buffer.subarray(0, end), from);
      }
      return damaged;
    } finally {
      await file.close();
    }
  }

  /** Whether a run wrote a checkpoint, or was done, after byte `next` of one of its attempts (all: `attempts`). */
  async hasCheckpointAfter(
    run: number,
    attempts: readonly number[],
    { attempt, next }: { attempt: number; next: number },
  ): Promise<boolean> {
    for (const number of attempts.filter((each) => each >= attempt)) {
      for (let from = number === attempt ? next : 0, isEnd = false; !isEnd; ) {
        const read = await this.readLines(run, number, from);
        if (read.lines.some((line) => 'event' in line && supersedes.has(line.event.type))) return true;
        isEnd = read.lines.length === 0;
        from = read.next;
      }
    }
    return false;
  }

  /** Asks the worker of a run to save a checkpoint and to stop; seen within seconds. */
  async requestStop(run: number): Promise<void> {
    const path = this.#stop(run);
    await within(this.root, dirname(path), (folder) =>
      writeFile(join(folder, basename(path)), '', { flag: 'wx' }).catch(ignoreExisting),
    );
  }

  isStopRequested(run: number): boolean {
    return existsSync(this.#stop(run));
  }

  /** The end of what a task wrote on its terminal. */
  async log(task: number, bytes: number): Promise<string> {
    const path = join(this.path, 'log', `${task}.txt`);
    const size = (await sizeOf(path)) ?? 0;
    if (size === 0) return '';
    const file = await openRegular(path);
    if (!file) return '';
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, Math.max(0, size - bytes));
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  }

  #pack(): string {
    return join(this.path, 'pack.jsonl');
  }

  #attempt(run: number, attempt: number): string {
    return join(this.path, 'attempts', `${run}-${attempt}.jsonl`);
  }

  #stop(run: number): string {
    return join(this.path, 'stop', String(run));
  }
}

function* lines(values: readonly unknown[]): Generator<string> {
  for (let at = 0; at < values.length; at += tasksAtOnce)
    yield values
      .slice(at, at + tasksAtOnce)
      .map((value) => `${JSON.stringify(value)}\n`)
      .join('');
}

/**
 * Opens a file of the shared folder to read it. Null: a link, a pipe or a device is in its place, which could lead to
 * other files of this computer, or never end.
 */
export async function openRegular(path: string): Promise<FileHandle | null> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(notRegular);
  if (!file) return null;
  let isFile = false;
  try {
    isFile = (await file.stat()).isFile();
  } finally {
    if (!isFile) await file.close();
  }
  return isFile ? file : null;
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

/** Null where a link or a socket could not be opened. @throws all other errors */
function notRegular(error: NodeJS.ErrnoException): null {
  if (error.code === 'ELOOP' || error.code === 'ENXIO') return null;
  throw error;
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Names in a folder; none where it is not there. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

interface ReadLines {
  lines: AttemptLine[];
  next: number;
  isDamaged: boolean;
}

function parseLines(bytes: Buffer, from: number): ReadLines {
  const lines: AttemptLine[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = bytes.indexOf(0x0a, at);
    const line = parseLine(bytes.toString('utf8', at, end));
    if (!line) return { lines, next: from + at, isDamaged: true };
    lines.push(line);
    at = end + 1;
  }
  return { lines, next: from + at, isDamaged: false };
}

function parseLine(line: string): AttemptLine | undefined {
  try {
    return attemptLineSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** The file of one attempt, to its writer. */
export class AttemptFile {
  readonly number: number;
  readonly #pack: PackFolder;
  readonly #run: number;
  readonly #file: number;
  #length = 0;
  #isCut = true;

  constructor(pack: PackFolder, run: number, number: number, file: number) {
    this.number = number;
    this.#pack = pack;
    this.#run = run;
    this.#file = file;
  }

  /** Adds a line, wholly or not at all, and durably where it matters. @throws where the folder cannot be written */
  add(line: AttemptLine): void {
    const text = Buffer.from(`${JSON.stringify(line)}\n`);
    // A full disk may have taken a part of the line that failed.
    if (!this.#isCut) ftruncateSync(this.#file, this.#length);
    this.#isCut = false;
    appendFileSync(this.#file, text);
    if ('attempt' in line || durable.has(line.event.type)) fsyncSync(this.#file);
    this.#length += text.length;
    this.#isCut = true;
  }

  /** Whether a later attempt at the run began: Slurm gave this one up, e.g. as its node did not answer for a while. */
  isGivenUp(): boolean {
    return this.#pack.hasAttempt(this.#run, this.number + 1);
  }

  close(): void {
    closeSync(this.#file);
  }
}
