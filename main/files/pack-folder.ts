import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { type AttemptLine, attemptLineSchema, type Pack, packSchema } from '../contract/cluster.ts';
import type { WorkerEvent } from '../contract/run.ts';
import { makeFolder, writeFileAtomic } from './atomic.ts';

/** Bytes of an attempt's file that are read at a time. */
const pieceBytes = 2 ** 20;

/** Events after which the file is on the disk before the worker goes on: they name blobs, or end the attempt. */
const durable: ReadonlySet<WorkerEvent['type']> = new Set([
  ...(['started', 'checkpoint', 'snapshot', 'samples', 'done', 'stopped', 'failed'] as const),
]);

/**
 * A pack: runs that a job on a cluster does, and what its attempts at them wrote, in a folder that the host and all
 * nodes see. Every file has one writer and is only added to, so that a network file system that is slow, or shows old
 * data for a while, delays things but loses none:
 *
 *   pack.json                    what to do
 *   runs/<run>/<attempt>.jsonl   what an attempt did: a line that says where, then an event a line
 *   runs/<run>/stop              the host wants the run to save a checkpoint and to stop
 *   log/<task>.txt               what the task wrote on its terminal
 */
export class PackFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  write(pack: Pack): void {
    for (const { run } of pack.tasks.flat()) makeFolder(this.#run(run));
    makeFolder(join(this.path, 'log'));
    writeFileAtomic(join(this.path, 'pack.json'), `${JSON.stringify(packSchema.parse(pack))}\n`);
  }

  read(): Pack {
    return packSchema.parse(JSON.parse(readFileSync(join(this.path, 'pack.json'), 'utf8')));
  }

  /** Numbers of the attempts at a run, first to last. */
  attempts(run: number): number[] {
    const folder = this.#run(run);
    if (!existsSync(folder)) return [];
    const numbers = readdirSync(folder).flatMap((name) => /^(\d{1,9})\.jsonl$/.exec(name)?.[1] ?? []);
    return numbers.map(Number).sort((a, b) => a - b);
  }

  /** Begins an attempt, the only one of its number. */
  beginAttempt(run: number): AttemptFile {
    makeFolder(this.#run(run));
    for (let number = (this.attempts(run).at(-1) ?? 0) + 1; ; number++) {
      try {
        return new AttemptFile(this, run, number, openSync(this.#attempt(run, number), 'ax', 0o600));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  }

  /** Whole lines of an attempt from byte `from` on, at most about a MiB, and where the next begin. */
  async readLines(run: number, attempt: number, from: number): Promise<{ lines: AttemptLine[]; next: number }> {
    const file = await open(this.#attempt(run, attempt), 'r');
    try {
      // A line longer than a piece is read with a larger one.
      for (let size = pieceBytes; ; size *= 4) {
        const buffer = Buffer.alloc(size);
        const { bytesRead } = await file.read(buffer, 0, size, from);
        const end = buffer.subarray(0, bytesRead).lastIndexOf(0x0a) + 1;
        if (end === 0 && bytesRead === size) continue;
        const text = buffer.toString('utf8', 0, end);
        return { lines: text.split('\n').filter(Boolean).map(parseLine), next: from + end };
      }
    } finally {
      await file.close();
    }
  }

  /** Asks the worker of a run to save a checkpoint and to stop; seen within seconds. */
  requestStop(run: number): void {
    makeFolder(this.#run(run));
    writeFileAtomic(this.#stop(run), '');
  }

  isStopRequested(run: number): boolean {
    return existsSync(this.#stop(run));
  }

  #run(run: number): string {
    return join(this.path, 'runs', String(run));
  }

  #attempt(run: number, attempt: number): string {
    return join(this.#run(run), `${attempt}.jsonl`);
  }

  #stop(run: number): string {
    return join(this.#run(run), 'stop');
  }
}

const parseLine = (line: string): AttemptLine => attemptLineSchema.parse(JSON.parse(line));

/** The file of one attempt, to its writer. */
export class AttemptFile {
  readonly number: number;
  readonly #pack: PackFolder;
  readonly #run: number;
  readonly #file: number;
  #length = 0;

  constructor(pack: PackFolder, run: number, number: number, file: number) {
    this.number = number;
    this.#pack = pack;
    this.#run = run;
    this.#file = file;
  }

  /** Adds a line, wholly or not at all, and durably where it matters. @throws where the folder cannot be written */
  add(line: AttemptLine): void {
    const text = Buffer.from(`${JSON.stringify(line)}\n`);
    try {
      appendFileSync(this.#file, text);
      if ('attempt' in line || durable.has(line.event.type)) fsyncSync(this.#file);
      this.#length += text.length;
    } catch (error) {
      // A full disk may have taken a part of it.
      ftruncateSync(this.#file, this.#length);
      throw error;
    }
  }

  /** Whether a later attempt at the run began: Slurm gave this one up, e.g. as its node did not answer for a while. */
  isGivenUp(): boolean {
    return (this.#pack.attempts(this.#run).at(-1) ?? 0) > this.number;
  }

  close(): void {
    closeSync(this.#file);
  }
}
