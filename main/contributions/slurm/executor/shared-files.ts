import { isPrepared, sourcePaths, withPaths } from '../../../domain/data/index.ts';
import { access, link, lstat, open, readdir, rmdir, stat, unlink } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { basename, dirname, extname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { AttemptLine, PackedRun } from '../contract/placement.ts';
import type { Cluster } from '../profile/cluster.ts';
import { UserError } from '../../../contract/wire/index.ts';
import type { Task } from '../../../contract/runs/index.ts';
import type { DataSetSource } from '../../../contract/studies/index.ts';
import { canonicalJson } from '../../../domain/plans/index.ts';
import {
  BlobStore,
  isThere,
  largest,
  removeBelow,
  replaceFile,
  within,
  writeTextAtomic,
} from '../../../files/index.ts';
import { namesIn, openRegular, PackFolder } from '../tasks/pack-folder.ts';
import type { ClusterQueue } from './cluster-queue.ts';
import { folderError } from './folder-error.ts';

const hashes = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;

/** Bytes of a task's log that are kept with a failure. */
const logBytes = 4000;

/** Tasks of a pack that are prepared in one go: some milliseconds. */
const tasksAtOnce = 20;

/**
 * This host's part of a cluster's shared folder: packs, copies of blobs, files of data sets. Nothing outside of it is
 * written or removed, whatever links or disks others put there.
 */
export class SharedFiles {
  readonly #cluster: string;
  readonly #root: string;
  readonly #here: string;
  readonly #there: string;
  readonly #blobs: BlobStore;
  readonly #mark: string;
  #writtenAt = Number.NEGATIVE_INFINITY;

  constructor({ name, folder }: Pick<Cluster, 'name' | 'folder'>, host: string, blobs: BlobStore) {
    this.#cluster = name;
    this.#root = folder.here;
    this.#here = join(folder.here, host);
    this.#there = `${folder.there ?? folder.here}/${host}`;
    this.#blobs = blobs;
    this.#mark = join(this.#here, 'README.txt');
  }

  /** An error of the shared folder in words that a person can act on. */
  error(error: unknown): unknown {
    return folderError(error, this.#cluster, this.#root);
  }

  /** The shared folder does not answer. */
  silent(): UserError {
    return new UserError(
      'cluster.folder-silent',
      'The shared folder does not answer',
      `cluster ${this.#cluster}, ${this.#root}`,
      'Check the connection to it. Nothing is lost: work continues once it answers.',
    );
  }

  /** A line of an attempt is not valid. */
  damaged(pack: string, run: number, attempt: number): UserError {
    return unreadable(this.#cluster, `${this.pack(pack).path}, attempt ${attempt} at run ${run}`, undefined);
  }

  /** A pack that was submitted is not there: the folder is another one than then, or someone deleted a part of it. */
  missing(pack: string): UserError {
    return new UserError(
      'cluster.pack-missing',
      'The folder of a job is missing from the shared folder',
      `cluster ${this.#cluster}, ${this.pack(pack).path}`,
      'Connect (mount) the shared folder as it was. If the folder of the job was deleted, give up the runs of this cluster on the Machine screen: they are trained again.',
    );
  }

  pack(pack: string): PackFolder {
    return new PackFolder(join(this.#here, 'packs', pack), this.#root);
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

  /**
   * Looks whether the folder can be used, and writes a file to see it, at most every `every` ms.
   * @param packs of jobs: a folder without any of them is only the place where the shared one is mounted
   * @returns why nothing can be written now, or null @throws where the folder is not there, or cannot be read
   */
  async check(packs: readonly string[], every: number): Promise<unknown> {
    await stat(packs.length > 0 ? this.#mark : this.#root);
    await this.#checkPacks(packs);
    if (performance.now() - this.#writtenAt < every) return null;
    try {
      await this.#place(this.#mark, (path) => writeTextAtomic(path, [about]));
      this.#writtenAt = performance.now();
      return null;
    } catch (error) {
      this.#writtenAt = Number.NEGATIVE_INFINITY;
      return error;
    }
  }

  async #checkPacks(packs: readonly string[]): Promise<void> {
    for (const pack of packs) if (await this.pack(pack).isWritten()) return;
    const [pack] = packs;
    if (pack !== undefined) throw this.missing(pack);
  }

  /**
   * Writes a pack and everything that its runs need, in pieces, so that other work is done in between.
   * @param threads of each run
   */
  async write(pack: string, tasks: readonly (readonly PackedRun[])[], threads: number): Promise<void> {
    const folder = this.pack(pack);
    const dataSets = new Map<string, Promise<DataSetSource>>();
    const there: PackedRun[][] = [];
    for (const [index, members] of tasks.entries()) {
      if (index % tasksAtOnce === 0) await setImmediate();
      const moved: PackedRun[] = [];
      for (const run of members) {
        const store = new BlobStore(folder.blobs(run.run));
        const images = preparedImages(run.task);
        for (const hash of canonicalJson([run.task, run.checkpoint]).match(hashes) ?? [])
          if (hash !== images && this.#blobs.has(hash)) await this.#give(hash, store);
        if (images !== null) await this.#shareImages(images, store);
        moved.push({ ...run, task: await this.#withSharedData(pack, run.task, dataSets) });
      }
      there.push(moved);
    }
    await folder.write({ threads }, there);
  }

  /** Sets a damaged blob aside, so that the run is given an earlier checkpoint next time. @throws UserError `blob.damaged` */
  async #give(hash: string, store: BlobStore): Promise<void> {
    try {
      await this.#place(store.path(hash), (path) => copyFileTo(path, this.#blobs.path(hash), hash));
    } catch (error) {
      if (isWrongHash(error)) this.#blobs.get(hash);
      throw error;
    }
  }

  /** Writes the script of the pack's job; gives its path on the nodes. */
  async writeScript(pack: string, script: string): Promise<string> {
    await this.pack(pack).writeText('job.sh', [script]);
    return `${this.there(pack)}/job.sh`;
  }

  /** Removes the blobs of a run that is over; what cannot be removed goes with its pack. */
  async removeBlobs(pack: string, run: number): Promise<void> {
    await removeBelow(this.#root, this.pack(pack).blobs(run)).catch(() => undefined);
  }

  /**
   * Removes packs that are over, and files of data sets that no pack needs. Packs that the queue does not know stay: a copy
   * of the data folder made them, or the data folder before a backup was restored.
   * @returns whether all went: a file that a task has open stays on a network folder until it ends, and nothing can be said
   * of a folder that is not mounted
   */
  async tidy(queue: Pick<ClusterQueue, 'overPacks' | 'packRemoved'>): Promise<boolean> {
    const over = queue.overPacks().filter((each) => isPack.test(each));
    if (!(await isThere(join(this.#here, 'packs')))) return over.length === 0;
    let isTidy = true;
    for (const name of over)
      if (await isDone(removeBelow(this.#root, this.pack(name).path))) queue.packRemoved(name);
      else isTidy = false;
    for (const name of await namesIn(join(this.#here, 'data')))
      if (isHash.test(name)) isTidy = (await isDone(this.#tidyData(join(this.#here, 'data', name)))) && isTidy;
    return isTidy;
  }

  /** Removes the files of a data set that no pack needs, and nothing else that may lie there. */
  async #tidyData(path: string): Promise<void> {
    // Somebody else put another thing there, which stays.
    if (!(await lstat(path)).isDirectory()) return;
    await within(this.#root, path, async (folder) => {
      for (const name of await readdir(folder)) {
        const found = await lstat(join(folder, name));
        // Every pack that needs a file has a link to it.
        if (found.isFile() && found.nlink === 1) await unlink(join(folder, name));
      }
    });
    await within(this.#root, dirname(path), (data) => rmdir(join(data, basename(path))).catch(() => undefined));
  }

  /**
   * Copies the blobs that lines of a run name from the shared folder into the host's store.
   * @param isSuperseded whether the run has written a later checkpoint than those of these lines
   * @returns the lines without checkpoints that are deleted already @throws UserError `cluster.blob-unreadable`
   */
  async fetch(
    pack: string,
    run: number,
    lines: readonly AttemptLine[],
    isSuperseded: () => Promise<boolean>,
  ): Promise<AttemptLine[]> {
    const store = new BlobStore(this.pack(pack).blobs(run));
    const lastCheckpoint = lines.findLast((line) => 'event' in line && line.event.type === 'checkpoint');
    // A run that is done has deleted its checkpoints.
    const isDone = lines.some((line) => 'event' in line && line.event.type === 'done');
    const fetched: AttemptLine[] = [];
    for (const line of lines) {
      const isCheckpoint = 'event' in line && line.event.type === 'checkpoint';
      // Earlier ones are deleted, and nothing needs them.
      if (isCheckpoint && line !== lastCheckpoint) continue;
      const found = 'event' in line ? (JSON.stringify(line.event).match(hashes) ?? []) : [];
      try {
        for (const hash of found)
          if (!this.#blobs.touch(hash)) await copyFileTo(this.#blobs.path(hash), store.path(hash), hash, false);
      } catch (error) {
        if (!isUnreadable(error, store.folder)) throw error;
        if (isCheckpoint && (isDone || (await isSuperseded()))) continue;
        throw unreadable(this.#cluster, store.folder, error);
      }
      fetched.push(line);
    }
    return fetched;
  }

  async #withSharedData(pack: string, task: Task, known: Map<string, Promise<DataSetSource>>): Promise<Task> {
    if (!('dataSet' in task) || sourcePaths(task.dataSet).length === 0 || isPrepared(task.dataSet)) return task;
    const { dataSet, dataSetHash } = task;
    const key = canonicalJson([dataSetHash, dataSet]);
    const moved = known.get(key) ?? this.#shareData(pack, dataSet, dataSetHash);
    known.set(key, moved);
    return { ...task, dataSet: await moved };
  }

  /** All runs link to one copy of the images of a prepared data set. @throws file system errors where they are not here */
  async #shareImages(hash: string, store: BlobStore): Promise<void> {
    await access(this.#blobs.path(hash));
    await this.#linkTo(store.path(hash), join(this.#here, 'data', hash, 'images'), this.#blobs.path(hash));
  }

  async #shareData(pack: string, dataSet: DataSetSource, hash: string): Promise<DataSetSource> {
    const nameOf = (key: string, path: string): string => `${key}${extname(path)}`;
    for (const { key, path } of sourcePaths(dataSet)) {
      // What fails here is a file of this computer, not of the shared folder.
      await access(path);
      const name = nameOf(key, path);
      await this.#linkTo(join(this.pack(pack).path, 'data', hash, name), join(this.#here, 'data', hash, name), path);
    }
    return withPaths(dataSet, (path, key) => `${this.there(pack)}/data/${hash}/${nameOf(key, path)}`);
  }

  /** A link of a pack to the shared copy of a file, or a copy of its own where there can be no links. */
  async #linkTo(path: string, shared: string, from: string): Promise<void> {
    if (await isFile(path)) return;
    await this.#place(shared, async (source) => {
      await copyFileTo(source, from, null);
      await this.#place(path, (to) => link(source, to).catch(() => copyFileTo(to, from, null)));
    });
  }

  /** Calls `write` with a path that leads to a file of the shared folder. Folders on the way are made. */
  #place(path: string, write: (path: string) => Promise<void>): Promise<void> {
    return within(this.#root, dirname(path), (folder) => write(join(folder, basename(path))), { make: true });
  }
}

/** What an administrator finds in the folder of a host. */
const about = `Boundary Workbench keeps here what its jobs need and write. Each folder in packs/ belongs to one job; it is removed once
the results are stored on the computer that submitted it. This file is written again while that computer looks here.
`;

const isHash = /^[0-9a-f]{64}$/;
const isPack = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Hash of the images that a task needs of a prepared data set; null: of none. */
function preparedImages(task: Task): string | null {
  if ('dataSet' in task && isPrepared(task.dataSet)) return task.dataSetHash;
  const real = 'real' in task ? task.real : null;
  return real && isPrepared(real.dataSet) ? real.dataSetHash : null;
}

/** Whether a file is there itself, not a link to one. */
const isFile = (path: string): Promise<boolean> =>
  lstat(path).then(
    (found) => found.isFile(),
    () => false,
  );

const isDone = (work: Promise<void>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );

/**
 * Copies a file, complete or not at all.
 * @param hash of its bytes, which is checked; null: not known
 * @param isOwn false: a task wrote it. What is no file is refused, and no more is read than the largest blob has
 */
async function copyFileTo(to: string, from: string, hash: string | null, isOwn = true): Promise<void> {
  if (await isFile(to)) return;
  const source = await (isOwn ? open(from) : openRegular(from));
  if (!source) throw new WrongHash(from);
  try {
    await replaceFile(to, async (file) => {
      const sum = createHash('sha256');
      const pieces = source.createReadStream({ autoClose: false, end: isOwn ? Infinity : largest.blob });
      for await (const piece of pieces as AsyncIterable<Buffer>) {
        sum.update(piece);
        await file.writeFile(piece);
      }
      if (hash !== null && sum.digest('hex') !== hash) throw new WrongHash(from);
    });
  } finally {
    await source.close();
  }
}

/** A file has other bytes than its name says. */
class WrongHash extends Error {}

const isWrongHash = (error: unknown): boolean =>
  error instanceof UserError ? isWrongHash(error.cause) : error instanceof WrongHash;

/** A file that is not there (any more), or not as it was written; the folder itself is there. */
function isUnreadable(error: unknown, folder: string): boolean {
  if (error instanceof WrongHash) return true;
  if (error instanceof UserError) return isUnreadable(error.cause, folder);
  const { code, path } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' && path?.startsWith(folder) === true;
}

const unreadable = (cluster: string, where: string, cause: unknown): UserError =>
  new UserError(
    'cluster.file-unreadable',
    'What a task wrote into the shared folder cannot be read',
    `cluster ${cluster}, ${where}`,
    'It is tried again, as a network folder may show it later; a run that cannot be read is trained again.',
    { cause },
  );
