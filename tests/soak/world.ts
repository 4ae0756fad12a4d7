import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createRouterClient, type RouterClient } from '@orpc/server';
import BetterSqlite3 from 'better-sqlite3';
import type { TrialEvent } from '../../main/contract/labeling/volunteer.ts';
import { type RandomStream, randomStream } from '../../main/domain/random.ts';
import { sha256 } from '../../main/files/blobs.ts';
import { ForkLauncher } from '../../main/processes/launcher.ts';
import { router, type WorkbenchRouter } from '../../main/services/api/router.ts';
import { Lab } from '../../main/services/lab/lab.ts';
import { openWorkbench } from '../../main/services/tools/workbench.ts';
import { repository } from '../architecture/tools.ts';
import { addStimuli, answer, labelAll, makeSessions, screen } from '../services/labeling/labeling-helper.ts';
import { study as studyRecord } from '../storage/records.ts';
import type { Step, Tally } from './campaign.ts';
import { type Client, refusalCode } from './host.ts';

export interface Session {
  id: number;
  token: string;
  trials: number;
  pseudonym: string;
}

/** A data folder that steps copy: a study with sessions, of which some are finished, and a backup. */
export interface Template {
  readonly data: string;
  /** The same with the sample study and its results. Made when first asked for. */
  sample(): Promise<string>;
  readonly cache: string;
  /** Nobody has answered in them. */
  readonly open: readonly Session[];
  readonly finished: readonly Session[];
  readonly kits: readonly Session[];
}

export interface OpenLab {
  lab: Lab;
  client: RouterClient<WorkbenchRouter>;
  defects: unknown[];
}

/** The program's services in this process. The caller closes `lab`. */
export function openLab(dataFolder: string): OpenLab {
  const workbench = openWorkbench({ root: repository, resources: join(repository, 'resources'), dataFolder });
  const lab = new Lab({ workbench, launcher: new ForkLauncher(), host: 'test' });
  const defects: unknown[] = [];
  const log = (error: unknown): void => void defects.push(error);
  return { lab, client: createRouterClient(router, { context: { lab, log } }), defects };
}

/** A study without stimuli and people. */
export const bareStudy = 'bare';

export async function makeTemplate(folder: string, _random: RandomStream): Promise<Template> {
  const [data, cache] = [join(folder, 'data'), join(folder, 'cache')];
  process.env.BOUNDARY_CACHE = cache;
  process.env.BOUNDARY_ENGINE = 'wasm';
  mkdirSync(cache, { recursive: true });
  const it = openLab(data);
  addStimuli(it.lab.workbench.storage, 40);
  it.lab.workbench.storage.studies.put(bareStudy, { ...studyRecord(), name: bareStudy }, Date.now());
  const change = { consent: null, repeats: 20 };
  const open = await makeSessions(it, 4, change);
  const finished = await makeSessions(it, 2, change);
  const kits = await makeSessions(it, 2, change, 'kit');
  await makeSessions(it, 1, change, 'paper');
  for (const { token } of finished) await labelAll(it, token);
  it.lab.workbench.storage.backUp();
  await it.lab.close();
  let sample: Promise<string> | undefined;
  const makeSample = async (): Promise<string> => {
    const path = join(folder, 'sample');
    cpSync(data, path, { recursive: true });
    const other = openLab(path);
    const { job } = await other.client.studies.openSample({});
    await jobEnded(other.client as unknown as Client, job ?? '');
    await other.lab.close();
    return path;
  };
  return { data, cache, open, finished, kits, sample: () => (sample ??= makeSample()) };
}

/** A copy of a data folder for a step. */
export function copyData(step: Step, source: string, name = 'data'): string {
  const target = join(step.folder, name);
  cpSync(source, target, { recursive: true });
  chmodSync(target, 0o700);
  return target;
}

/** Waits for the end of a job. */
export async function jobEnded(client: Client, id: string): Promise<{ state: string; messages: string[] }> {
  for (;;) {
    const job = (await client.jobs.list({})).find((each) => each.id === id);
    if (!job) throw new Error(`the job ${id} is not on the list`);
    if (job.endedAt) return job;
    await wait(20);
  }
}

interface Sent extends TrialEvent {
  sitting: string;
}

/** A volunteer, who knows which answers the program acknowledged. */
export class Labeler {
  readonly session: Session;
  readonly acknowledged: Sent[] = [];
  /** Sent, and not acknowledged when the host died or the disk failed: each may be there or not. */
  readonly unsure: Sent[] = [];
  /** Codes with which answers were refused. */
  readonly refusals: string[] = [];
  readonly #answers: (number | null)[];
  readonly #random: RandomStream;
  /** The event whose answer has not come yet. */
  #pending: Sent[] = [];
  #sitting = '';
  #seq = 0;

  constructor(session: Session, random: RandomStream) {
    this.session = session;
    this.#random = random;
    this.#answers = new Array<number | null>(session.trials).fill(null);
  }

  /** What is acknowledged at this moment, as somebody else who opens the session would expect it. */
  now(): Labeler {
    const copy = new Labeler(this.session, randomStream(this.acknowledged.length, 'copy', this.session.id));
    copy.acknowledged.push(...this.acknowledged);
    copy.unsure.push(...this.unsure, ...this.#pending);
    copy.#answers.splice(0, copy.#answers.length, ...this.#answers);
    return copy;
  }

  /** Opens the session in a new sitting; gives what the view shows wrongly. */
  async open(client: Client): Promise<string[]> {
    this.#sitting = this.#uuid();
    this.#seq = 0;
    const { token } = this.session;
    const view = await client.labeling.volunteer.open({ token, sitting: this.#sitting, screen });
    const unsure = new Map(this.unsure.map(({ trial, choice }) => [trial, choice]));
    const wrong = view.answers.flatMap((shown, trial) => {
      const expected = this.#answers[trial] ?? null;
      if (shown === expected || (unsure.has(trial) && shown === unsure.get(trial))) return [];
      return [`${this.session.pseudonym} trial ${trial}: shown ${shown}, acknowledged ${expected}`];
    });
    for (const [trial, shown] of view.answers.entries()) this.#answers[trial] = shown;
    return wrong;
  }

  /** Answers, changes and takes back until `isOver`, the host dies, or an answer is refused. */
  async label(client: Client, isOver: () => boolean): Promise<void> {
    const { token, trials } = this.session;
    while (!isOver()) {
      const next = this.#answers.indexOf(null);
      const trial = next < 0 || this.#random.int(6) === 0 ? this.#random.int(trials) : next;
      const choice = this.#random.int(7) === 0 && this.#answers[trial] !== null ? null : this.#random.int(3);
      const event = { ...answer(this.#seq++, trial, choice), sitting: this.#sitting };
      const { sitting, ...sent } = event;
      this.#pending = [event];
      try {
        await client.labeling.volunteer.addEvents({ token, sitting, events: [sent] });
      } catch (error) {
        const code = refusalCode(error);
        if (code !== null) this.refusals.push(code);
        // A disk that fails while it syncs may have the answer all the same.
        if (code === null || code.startsWith('storage.')) this.unsure.push(event);
        return;
      } finally {
        this.#pending = [];
      }
      this.acknowledged.push(event);
      this.#answers[trial] = choice;
    }
  }

  #uuid(): string {
    const hex = Array.from({ length: 32 }, () => this.#random.int(16).toString(16)).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}

export function labelersOf(step: Step, count: number): Labeler[] {
  return step.template.open.slice(0, count).map((session) => {
    return new Labeler(session, randomStream(step.random.int(2 ** 31), 'labeler', session.id));
  });
}

/** Answers that were acknowledged to these people so far. */
export const acknowledgedBy = (labelers: readonly Labeler[]): number =>
  labelers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0);

interface StoredEvent {
  session: number;
  sitting: string;
  seq: number;
  trial: number;
  choice: number | null;
}

const eventRows = `SELECT event.session_id AS session, sitting.key AS sitting, event.seq, event.trial, event.choice
                   FROM labeling_event AS event JOIN labeling_sitting AS sitting ON sitting.id = event.sitting_id`;

/** Every acknowledged answer is there exactly once, nothing is there that nobody sent, and every byte is whole. */
export function verify(dataFolder: string, labelers: readonly Labeler[], tally: Tally): void {
  const database = new BetterSqlite3(join(dataFolder, 'workbench.sqlite'));
  try {
    for (const row of database.pragma('integrity_check') as { integrity_check: string }[]) {
      if (row.integrity_check !== 'ok') tally.faults.push(`integrity_check: ${row.integrity_check}`);
    }
    const orphans = (database.pragma('foreign_key_check') as unknown[]).length;
    if (orphans > 0) tally.faults.push(`${orphans} rows refer to missing rows`);
    const stored = new Map<string, StoredEvent[]>();
    for (const row of database.prepare<[], StoredEvent>(eventRows).all()) {
      const key = `${row.session}/${row.sitting}/${row.seq}`;
      stored.set(key, [...(stored.get(key) ?? []), row]);
    }
    for (const labeler of labelers) verifyLabeler(labeler, stored, tally);
  } finally {
    database.close();
  }
  verifyBlobs(join(dataFolder, 'blobs'), tally);
}

function verifyLabeler(labeler: Labeler, stored: Map<string, StoredEvent[]>, tally: Tally): void {
  const { session, acknowledged, unsure } = labeler;
  const keyOf = (sent: Sent): string => `${session.id}/${sent.sitting}/${sent.seq}`;
  for (const sent of acknowledged) {
    const [row, ...more] = stored.get(keyOf(sent)) ?? [];
    if (!row || row.trial !== sent.trial || row.choice !== sent.choice || more.length > 0) {
      tally.lost.push(
        `${session.pseudonym} ${keyOf(sent)}: trial ${sent.trial} ${sent.choice}, stored ${JSON.stringify(row)}`,
      );
    }
  }
  tally.count('answers', acknowledged.length);
  const known = new Set([...acknowledged, ...unsure].map(keyOf));
  const strange = [...stored.keys()].filter((key) => key.startsWith(`${session.id}/`) && !known.has(key));
  for (const key of strange) tally.faults.push(`an answer that nobody sent: ${key}`);
}

export function verifyBlobs(folder: string, tally: Tally): void {
  if (!existsSync(folder)) return;
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const name = basename(path);
    if (/^[0-9a-f]{64}$/.test(name) && sha256(readFileSync(join(folder, path))) !== name)
      tally.faults.push(`the blob ${name} has other bytes than its name says`);
  }
}

/** SHA-256 of the rows of each table. */
export function tableHashes(dataFolder: string): Map<string, string> {
  const database = new BetterSqlite3(join(dataFolder, 'workbench.sqlite'), { readonly: true });
  try {
    const tables = database
      .prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      .all();
    return new Map(
      tables.map(({ name }) => {
        const rows = database.prepare(`SELECT * FROM "${name}"`).raw().all();
        const text = JSON.stringify(rows, (_, value: unknown) => (Buffer.isBuffer(value) ? sha256(value) : value));
        return [name, sha256(text)];
      }),
    );
  } finally {
    database.close();
  }
}

/** Tables whose rows differ. */
export const changedTables = (before: Map<string, string>, after: Map<string, string>): string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name) !== after.get(name));
