import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import type { AttemptLine, Cluster, PackedRun } from '../../contract/cluster.ts';
import type { Task } from '../../contract/run.ts';
import type { DataSetSource } from '../../contract/study.ts';
import { canonicalJson } from '../../domain/identity.ts';
import { makeFolder } from '../../files/atomic.ts';
import { BlobStore } from '../../files/blobs.ts';
import { PackFolder } from '../../files/pack-folder.ts';
import { folderError } from './folder-error.ts';

const hashes = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;

/** Bytes of a task's log that are kept with a failure. */
const logBytes = 4000;

/** This host's part of a cluster's shared folder: packs, copies of blobs, files of data sets. */
export class SharedFiles {
  readonly #cluster: string;
  readonly #root: string;
  readonly #here: string;
  readonly #there: string;
  readonly #threads: number;
  readonly #blobs: BlobStore;
  readonly #shared: BlobStore;

  constructor({ name, folder, cores }: Cluster, host: string, blobs: BlobStore) {
    this.#cluster = name;
    this.#root = folder.here;
    this.#here = join(folder.here, host);
    this.#there = `${folder.there ?? folder.here}/${host}`;
    this.#threads = cores;
    this.#blobs = blobs;
    this.#shared = new BlobStore(join(this.#here, 'blobs'));
  }

  /** An error of the shared folder in words that a person can act on. */
  error(error: unknown): unknown {
    return folderError(error, this.#cluster, this.#root);
  }

  pack(pack: string): PackFolder {
    return new PackFolder(join(this.#here, 'packs', pack));
  }

  /** Path of a pack on the nodes. */
  there(pack: string): string {
    return `${this.#there}/packs/${pack}`;
  }

  isWritten(pack: string): boolean {
    return existsSync(join(this.pack(pack).path, 'pack.json'));
  }

  /** The end of what a task wrote on its terminal. */
  log(pack: string, task: number): string {
    try {
      return readFileSync(join(this.pack(pack).path, 'log', `${task}.txt`), 'utf8').slice(-logBytes);
    } catch {
      return '';
    }
  }

  /** Writes a pack and everything that its runs need. */
  async write(pack: string, tasks: readonly (readonly PackedRun[])[]): Promise<void> {
    const runs = tasks.flat();
    const needed = new Set(
      runs.flatMap(({ task, checkpoint }) => canonicalJson([task, checkpoint]).match(hashes) ?? []),
    );
    for (const hash of needed) if (this.#blobs.has(hash)) await copyBlob(this.#blobs, this.#shared, hash);
    const there: PackedRun[][] = [];
    for (const members of tasks) {
      const moved: PackedRun[] = [];
      for (const run of members) moved.push({ ...run, task: await this.#withSharedData(run.task) });
      there.push(moved);
    }
    this.pack(pack).write({
      schema: 'boundary-workbench/pack/1',
      blobs: `${this.#there}/blobs`,
      threads: this.#threads,
      tasks: there,
    });
  }

  /** Copies the blobs that lines name from the shared folder into the host's store. */
  async fetch(lines: readonly AttemptLine[]): Promise<void> {
    const events = lines.flatMap((line) => ('event' in line ? [line.event] : []));
    const lastCheckpoint = events.findLast(({ type }) => type === 'checkpoint');
    for (const event of events) {
      // Earlier ones may be deleted already, and nothing needs them.
      if (event.type === 'checkpoint' && event !== lastCheckpoint) continue;
      for (const hash of JSON.stringify(event).match(hashes) ?? [])
        if (!this.#blobs.has(hash)) await copyBlob(this.#shared, this.#blobs, hash);
    }
  }

  async #withSharedData(task: Task): Promise<Task> {
    if (!('dataSet' in task) || task.dataSet.source === 'mnist') return task;
    const { dataSet, dataSetHash } = task;
    const folder = join(this.#here, 'data', dataSetHash);
    makeFolder(folder);
    const moved = async (path: string): Promise<string> => {
      const name = basename(path);
      if (!existsSync(join(folder, name))) await copyFile(path, join(folder, name));
      return `${this.#there}/data/${dataSetHash}/${name}`;
    };
    const files: DataSetSource = {
      ...dataSet,
      trainImages: await moved(dataSet.trainImages),
      trainLabels: await moved(dataSet.trainLabels),
      testImages: await moved(dataSet.testImages),
      testLabels: await moved(dataSet.testLabels),
    };
    return { ...task, dataSet: files };
  }
}

/** Streams a blob from one store to another, checked on its way. */
async function copyBlob(from: BlobStore, to: BlobStore, hash: string): Promise<void> {
  if (to.has(hash)) return;
  await to.putStream(hash, async (take) => {
    const sum = createHash('sha256');
    for await (const piece of createReadStream(from.path(hash)) as AsyncIterable<Buffer>) {
      sum.update(piece);
      await take(piece);
    }
    return sum.digest('hex');
  });
}
