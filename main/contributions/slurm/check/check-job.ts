import { randomBytes } from 'node:crypto';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, copyFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { join } from 'node:path';
import type { AttemptLine, PackedRun } from '../contract/placement.ts';
import type { Cluster } from '../profile/cluster.ts';
import { type ClusterProbe, clusterProbeSchema } from '../profile/cluster-check.ts';
import { UserError } from '../../../contract/wire/index.ts';
import { classifierRecipeSchema } from '../../../contract/recipes/index.ts';
import type { Task } from '../../../contract/runs/index.ts';
import type { DataSetSource } from '../../../contract/studies/index.ts';
import { jobScript, quote } from '../executor/job-script.ts';
import { removeBelow, within } from '../../../files/index.ts';
import { openRegular, PackFolder } from '../tasks/pack-folder.ts';
import { hashDataSet } from '../../../training/data/index.ts';

/** Numbers of the two runs of a check: one that goes on until it is stopped, and one that ends after some steps. */
export const runs = { long: 1, short: 2 } as const;

type Training = Extract<Task, { kind: 'classifier' }>;

/** Most bytes that are read of a file: the job writes a few hundred. */
const mostRead = 2 ** 20;

/** Minutes that the job of a check may take, if its host goes away. */
const checkMinutes = 15;

/** How often removing the folder is tried, and milliseconds of the first pause. */
const removeTries = 5;
const removePause = 200;

const side = 28;
const counts = { train: 512, test: 64 } as const;

/**
 * The folder of a check: a pack of two small runs, and what the job writes about its node. A shared folder that does not
 * answer must not stop the host, so nothing here waits for it in the event loop.
 */
export class CheckFolder {
  readonly here: string;
  readonly there: string;
  readonly pack: PackFolder;
  readonly token = randomBytes(16).toString('hex');

  constructor(here: string, there: string) {
    this.here = here;
    this.there = there;
    this.pack = new PackFolder(here);
  }

  /** Writes all that the job needs. @throws where the folder cannot be written */
  async write({ engine, cores }: Pick<Cluster, 'engine' | 'cores'>): Promise<void> {
    await this.pack.writeText('token', [this.token]);
    const task = [await this.#run(runs.long, engine), await this.#run(runs.short, engine)];
    await this.pack.write({ threads: cores }, [task]);
  }

  /** The job's script, written into the folder. Gives its path on the cluster. */
  async writeScript(cluster: Cluster, name: string): Promise<string> {
    const minutes = Math.min(cluster.minutes, checkMinutes);
    const script = jobScript({
      cluster: { ...cluster, minutes },
      name,
      tasks: 1,
      pack: this.there,
      before: notesBefore(this.there),
      after: notesAfter(cluster, this.there),
    });
    await this.pack.writeText('job.sh', [script]);
    return `${this.there}/job.sh`;
  }

  /** What the job noted so far, by the names of notes. */
  async notes(): Promise<Map<string, string[]>> {
    const notes = new Map<string, string[]>();
    for (const line of (await this.read('notes.txt')).split('\n').slice(0, -1)) {
      const [name = '', text = ''] = line.split('\t', 2);
      notes.set(name, [...(notes.get(name) ?? []), text]);
    }
    return notes;
  }

  async probe(): Promise<ClusterProbe | null> {
    try {
      return clusterProbeSchema.parse(JSON.parse(await this.read('probe.json')));
    } catch {
      // It is not there, or the program there is of a version that writes others.
      return null;
    }
  }

  /** The end of what the job wrote on its terminal. */
  async log(): Promise<string> {
    return (await this.pack.log(0, 2000)).trim();
  }

  /** A file of the folder, at most its first MiB; empty where it is not there (yet), or something else is in its place. */
  async read(name: string): Promise<string> {
    let file: FileHandle | null;
    try {
      file = await openRegular(join(this.here, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw error;
    }
    if (!file) return '';
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(mostRead), 0, mostRead, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  }

  /** All lines of all attempts at a run, by attempt. */
  async attempts(run: number): Promise<AttemptLine[][]> {
    const all: AttemptLine[][] = [];
    for (let attempt = 1; (await this.pack.attemptSize(run, attempt)) !== null; attempt++)
      all.push((await this.pack.readLines(run, attempt, 0)).lines);
    return all;
  }

  /** @throws where it cannot be removed, e.g. as the job writes there still */
  async remove(): Promise<void> {
    for (let tried = 1; ; tried++) {
      try {
        return await removeBelow(this.pack.root, this.here);
      } catch (error) {
        if (tried === removeTries || error instanceof UserError) throw error;
        await wait(tried * removePause);
      }
    }
  }

  async #run(run: number, engine: Cluster['engine']): Promise<PackedRun> {
    const isLong = run === runs.long;
    const recipe = classifierRecipeSchema.parse({
      architecture: { kind: 'mlp', hidden: [32] },
      batch: 32,
      optimiser: { stepSize: 2e-3 },
      // The labels of the long one have nothing to do with its images, so that it never meets its target.
      targets: [96],
      tolerance: 4,
      maxEpochs: isLong ? 10_000 : 10,
    });
    const task: Task = { kind: 'classifier', ...(await this.#dataSet(isLong ? 'noise' : 'halves')), seed: 1, recipe };
    return { run, label: isLong ? 'Goes on until it is stopped' : 'Ends by itself', task, engine, checkpoint: null };
  }

  /** Images that are brighter above or below, with labels that say so, or with random ones. */
  async #dataSet(labels: 'halves' | 'noise'): Promise<Pick<Training, 'dataSet' | 'dataSetHash'>> {
    const local = mkdtempSync(join(tmpdir(), 'boundary-check-'));
    try {
      return await this.#sharedDataSet(labels, local);
    } finally {
      rmSync(local, { recursive: true, force: true });
    }
  }

  /** Makes it in a folder of this computer, to know its hash, and copies it. */
  async #sharedDataSet(labels: 'halves' | 'noise', local: string): Promise<Pick<Training, 'dataSet' | 'dataSetHash'>> {
    const write = (part: 'train' | 'test') => {
      const count = counts[part];
      const bytes = drawn(`${part} images`, count * side * side);
      const above = drawn(`${part} halves`, count).map((byte) => byte & 1);
      const pixels = bytes.map((byte, at) => {
        const isAbove = at % (side * side) < (side * side) / 2;
        return isAbove === (above[Math.floor(at / (side * side))] === 1) ? byte : byte >> 2;
      });
      const chosen = labels === 'halves' ? above : drawn(`${part} noise`, count).map((byte) => byte & 1);
      const names = [`${labels}-${part}-images`, `${labels}-${part}-labels`] as const;
      writeFileSync(join(local, names[0]), Buffer.concat([header(0x803, count, side, side), pixels]));
      writeFileSync(join(local, names[1]), Buffer.concat([header(0x801, count), chosen]));
      return { names, content: { count, images: pixels, labels: chosen } };
    };
    const [train, test] = [write('train'), write('test')];
    const [trainImages, trainLabels] = train.names;
    const [testImages, testLabels] = test.names;
    const classes = ['above', 'below'];
    const dataSet: DataSetSource = {
      source: 'idx',
      name: 'check',
      classes,
      trainImages: join(this.there, trainImages),
      trainLabels: join(this.there, trainLabels),
      testImages: join(this.there, testImages),
      testLabels: join(this.there, testLabels),
    };
    await within(this.pack.root, this.here, async (folder) => {
      for (const name of [trainImages, trainLabels, testImages, testLabels])
        await copyFile(join(local, name), join(folder, name), constants.COPYFILE_EXCL);
    });
    const form = { classes, height: side, width: side, channels: 1 as const };
    const dataSetHash = hashDataSet({ ...form, train: train.content, test: test.content });
    return { dataSet, dataSetHash };
  }
}

/** Bytes that are the same on every computer. */
const drawn = (name: string, length: number): Uint8Array =>
  Uint8Array.from(createHash('shake256', { outputLength: length }).update(`check of a cluster: ${name}`).digest());

function header(...numbers: number[]): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length);
  numbers.forEach((value, index) => bytes.writeUInt32BE(value, 4 * index));
  return bytes;
}

/** Lines of the script before the profile's own: notes are lines of a name, a tab and a text. */
const notesBefore = (folder: string): string[] => [
  '# This job checks the cluster. What it finds on its node goes into notes.txt and probe.json.',
  `note() { printf '%s\\t%s\\n' "$1" "\${2//$'\\n'/ }" >> ${quote(folder)}/notes.txt; }`,
  `note start "\${SLURM_RESTART_COUNT:-0} \${SLURMD_NODENAME:-$(hostname)}"`,
  `note token "$(cat ${quote(folder)}/token)"`,
  `trap 'note prepare "$?, from: $BASH_COMMAND"' ERR`,
];

const notesAfter = ({ engine, cores }: Cluster, folder: string): string[] => [
  'trap - ERR',
  'note entry "$([ -e "$entry" ] && echo "$entry")"',
  'note node "$($node --version 2>&1)"',
  '[ -e "$entry" ] || { note probed; exit 1; }',
  'note gpu "$(nvidia-smi -L 2>&1)"',
  `[ "\${SLURM_RESTART_COUNT:-0}" != 0 ] || $node "\${entry/pack/probe}" ${quote(folder)} ${engine} ${cores}`,
  'note probed',
];
