import { createReadStream } from 'node:fs';
import { access, copyFile, rename, rm, stat } from 'node:fs/promises';
import { createHash, randomUUID } from 'node:crypto';
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { AttemptLine, Cluster, PackedRun } from '../../contract/cluster.ts';
import type { Task } from '../../contract/run.ts';
import type { DataSetSource } from '../../contract/study.ts';
import { canonicalJson } from '../../domain/identity.ts';
import { makeFolderAsync, writeTextAtomic } from '../../files/atomic.ts';
import { BlobStore } from '../../files/blobs.ts';
import { PackFolder } from '../../files/pack-folder.ts';
import { folderError } from './folder-error.ts';

const hashes = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;

/** Bytes of a task's log that are kept with a failure. */
const logBytes = 4000;

/** Tasks of a pack that are prepared in one go: some milliseconds. */
const tasksAtOnce = 20;

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

  /** The end of what a task wrote on its terminal; nothing where that cannot be read. */
  log(pack: string, task: number): Promise<string> {
    return this.pack(pack)
      .log(task, logBytes)
      .catch(() => '');
  }

  /** @throws where the shared folder itself is not there, which a folder of a pack alone may */
  async check(): Promise<void> {
    await stat(this.#root);
  }

  /** Writes a pack and everything that its runs need, in pieces, so that other work is done in between. */
  async write(pack: string, tasks: readonly (readonly PackedRun[])[]): Promise<void> {
    await this.check();
    const copied = new Set<string>();
    const dataSets = new Map<string, Promise<DataSetSource>>();
    const there: PackedRun[][] = [];
    for (const [index, members] of tasks.entries()) {
      if (index % tasksAtOnce === 0) await setImmediate();
      const moved: PackedRun[] = [];
      for (const run of members) {
        for (const hash of canonicalJson([run.task, run.checkpoint]).match(hashes) ?? []) {
          if (copied.has(hash)) continue;
          copied.add(hash);
          if (this.#blobs.has(hash)) await copyBlob(this.#blobs, this.#shared, hash);
        }
        moved.push({ ...run, task: await this.#withSharedData(run.task, dataSets) });
      }
      there.push(moved);
    }
    await this.pack(pack).write({ blobs: `${this.#there}/blobs`, threads: this.#threads }, there);
  }

  /** Writes the script of the pack's job; gives its path on the nodes. */
  async writeScript(pack: string, script: string): Promise<string> {
    await writeTextAtomic(join(this.pack(pack).path, 'job.sh'), [script]);
    return `${this.there(pack)}/job.sh`;
  }

  async remove(pack: string): Promise<void> {
    await rm(this.pack(pack).path, { recursive: true, force: true });
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

  async #withSharedData(task: Task, known: Map<string, Promise<DataSetSource>>): Promise<Task> {
    if (!('dataSet' in task) || task.dataSet.source === 'mnist') return task;
    const { dataSet, dataSetHash } = task;
    const key = canonicalJson([dataSetHash, dataSet]);
    const moved = known.get(key) ?? this.#shareData(dataSet, dataSetHash);
    known.set(key, moved);
    return { ...task, dataSet: await moved };
  }

  async #shareData(dataSet: IdxSource, hash: string): Promise<DataSetSource> {
    const folder = join(this.#here, 'data', hash);
    await makeFolderAsync(folder);
    const shared = async (path: string): Promise<string> => {
      const name = basename(path);
      const to = join(folder, name);
      // Complete or not there: a job may read it as soon as it has its name.
      if (!(await isThere(to))) {
        const temporary = join(folder, `.${name}.${randomUUID()}.tmp`);
        await copyFile(path, temporary);
        await rename(temporary, to);
      }
      return `${this.#there}/data/${hash}/${name}`;
    };
    return {
      ...dataSet,
      trainImages: await shared(dataSet.trainImages),
      trainLabels: await shared(dataSet.trainLabels),
      testImages: await shared(dataSet.testImages),
      testLabels: await shared(dataSet.testLabels),
    };
  }
}

type IdxSource = Exclude<DataSetSource, { source: 'mnist' }>;

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

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
