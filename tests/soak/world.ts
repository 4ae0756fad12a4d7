import { randomUUID } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import type { TrialEvent } from '../../main/contributions/sessions/contract/volunteer.ts';
import { type RandomStream, randomStream } from '../../main/domain/random/random.ts';
import { sha256 } from '../../main/files/blobs.ts';
import { ForkLauncher } from '../../main/processes/launcher.ts';
import { exportArchive } from '../../main/contributions/archives/export-archive.ts';
import { Lab } from '../../main/services/lab/lab.ts';
import { openWorkbench } from '../../main/services/workbench/workbench.ts';
import { repository } from '../architecture/tools.ts';
import { labelAll, makeSessions } from '../contributions/desk/make-sessions.ts';
import { addStimuli, answer, plan, screen } from '../services/labeling/labeling-helper.ts';
import { study as studyRecord } from '../storage/records.ts';
import type { Step, Tally } from './campaign.ts';
import { type Client, refusalCode } from './host.ts';
import { makeLarge } from './large-data.ts';
import { type EventFields, eventLine, observe, type State } from './state.ts';
import { type Calls, callsOf, offered } from '../calls.ts';

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
  /** A study with so many labels that reading them takes seconds. Made when first asked for. */
  large(): Promise<{ readonly data: string; readonly open: readonly Session[] }>;
  readonly cache: string;
  /** Nobody has answered in them. */
  readonly open: readonly Session[];
  readonly finished: readonly Session[];
  readonly kits: readonly Session[];
  /** An archive of the study `archivedStudy`, and what its data folder said of it. */
  readonly archive: { readonly bytes: Uint8Array; readonly state: State };
}

export interface OpenLab {
  lab: Lab;
  client: Calls;
  defects: unknown[];
}

/** The program's services in this process. The caller closes `lab`. */
export function openLab(dataFolder: string): OpenLab {
  const workbench = openWorkbench({
    root: repository,
    resources: join(repository, 'resources'),
    dataFolder,
    ...offered,
  });
  const lab = new Lab({ workbench, launcher: new ForkLauncher(), host: 'test' });
  const defects: unknown[] = [];
  const log = (error: unknown): void => void defects.push(error);
  return { lab, client: callsOf({ lab, log }), defects };
}

/** A study without stimuli and people. */
export const bareStudy = 'bare';

/** A study that comes in an archive. */
export const archivedStudy = 'archived';

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
  const finished = await makeSessions(it, 6, change);
  const kits = await makeSessions(it, 4, change, 'kit');
  await makeSessions(it, 1, change, 'paper');
  for (const { token } of finished) await labelAll(it, token);
  it.lab.workbench.storage.backUp();
  await it.lab.close();
  let sample: Promise<string> | undefined;
  const makeSample = async (): Promise<string> => {
    const path = join(folder, 'sample');
    cpSync(data, path, { recursive: true });
    const other = openLab(path);
    const { job } = await other.client.archives.openSample({});
    await jobEnded(other.client as unknown as Client, job ?? '');
    await other.lab.close();
    return path;
  };
  const archive = await makeArchive(join(folder, 'archived'));
  let large: ReturnType<typeof makeLarge> | undefined;
  return {
    data,
    cache,
    open,
    finished,
    kits,
    archive,
    sample: () => (sample ??= makeSample()),
    large: () => (large ??= makeLarge(join(folder, 'large'))),
  };
}

/** Five people in sessions; one of them is excluded, and one changed some answers after the end. */
async function makeArchive(folder: string): Promise<Template['archive']> {
  const it = openLab(folder);
  const { storage } = it.lab.workbench;
  addStimuli(storage, 11, archivedStudy);
  const { plan: plans, sessions } = it.client.desk;
  await plans.save({ study: archivedStudy, plan: plan({ consent: null }) });
  const people = await sessions.create({ study: archivedStudy, count: 5, medium: 'screen' });
  for (const [index, { token }] of people.entries()) await labelAll(it, token, (trial) => (trial + index) % 3);
  const [excluded, changed] = people;
  if (!excluded || !changed) throw new Error('no session was made');
  await sessions.exclude({ session: excluded.id, reason: 'did not look' });
  await sessions.reopen({ session: changed.id });
  const sitting = randomUUID();
  await it.client.desk.volunteer.open({ token: changed.token, sitting, screen });
  const events = [answer(0, 3, 1), answer(1, 4, null), answer(2, 3, 2), answer(3, 9, 0)];
  await it.client.desk.volunteer.addEvents({ token: changed.token, sitting, events });
  await it.client.desk.volunteer.finish({ token: changed.token, sitting, leaveBlank: true });
  const path = join(folder, 'archive.zip');
  await exportArchive(it.lab.workbench, { study: archivedStudy, path, weights: false });
  await it.lab.close();
  return { bytes: readFileSync(path), state: observe(folder).state };
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
  /** Keys of the sittings that were opened. */
  readonly sittings: string[] = [];
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
    this.#sitting = uuid(this.#random);
    this.sittings.push(this.#sitting);
    this.#seq = 0;
    const { token } = this.session;
    const view = await client.desk.volunteer.open({ token, sitting: this.#sitting, screen });
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
      const seq = this.#seq++;
      const event = { ...answer(seq, trial, choice), ...moments(seq, this.#random), sitting: this.#sitting };
      const { sitting, ...sent } = event;
      this.#pending = [event];
      try {
        await client.desk.volunteer.addEvents({ token, sitting, events: [sent] });
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
}

export function uuid(random: RandomStream): string {
  const hex = Array.from({ length: 32 }, () => random.int(16).toString(16)).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** When an image was shown, and when it was answered, in milliseconds with fractions as a browser has them. */
export function moments(seq: number, random: RandomStream): { shownMs: number; atMs: number } {
  const shownMs = seq * 1000 + random.int(2000) / 10;
  return { shownMs, atMs: shownMs + 150 + random.int(6000) / 10 };
}

export function labelersOf(step: Step, count: number, sessions = step.template.open): Labeler[] {
  return sessions.slice(0, count).map((session) => {
    return new Labeler(session, randomStream(step.random.int(2 ** 31), 'labeler', session.id));
  });
}

/** Answers that were acknowledged to these people so far. */
export const acknowledgedBy = (labelers: readonly Labeler[]): number =>
  labelers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0);

interface StoredEvent extends EventFields {
  session: number;
}

const eventRows = `SELECT event.session_id AS session, sitting.key AS sitting, event.seq, event.trial, event.kind,
                     event.choice, event.shown_ms AS shownMs, event.at_ms AS atMs
                   FROM labeling_event AS event JOIN labeling_sitting AS sitting ON sitting.id = event.sitting_id`;

/** Every acknowledged answer is there exactly once, nothing is there that nobody sent, and every byte is whole. */
export function verify(dataFolder: string, labelers: readonly Labeler[], tally: Tally): void {
  verifyFile(dataFolder, tally);
  verifyBlobs(dataFolder, tally);
  const database = new BetterSqlite3(join(dataFolder, 'workbench.sqlite'));
  try {
    const stored = new Map<string, StoredEvent[]>();
    for (const row of database.prepare<[], StoredEvent>(eventRows).all()) {
      const key = `${row.session}/${row.sitting}/${row.seq}`;
      stored.set(key, [...(stored.get(key) ?? []), row]);
    }
    for (const labeler of labelers) verifyLabeler(labeler, stored, tally);
  } finally {
    database.close();
  }
}

/** The database by SQLite's own checks. */
export function verifyFile(dataFolder: string, tally: Tally): void {
  const database = new BetterSqlite3(join(dataFolder, 'workbench.sqlite'));
  try {
    for (const row of database.pragma('integrity_check') as { integrity_check: string }[]) {
      if (row.integrity_check !== 'ok') tally.faults.push(`integrity_check: ${row.integrity_check}`);
    }
    const orphans = (database.pragma('foreign_key_check') as unknown[]).length;
    if (orphans > 0) tally.faults.push(`${orphans} rows refer to missing rows`);
  } finally {
    database.close();
  }
}

function verifyLabeler(labeler: Labeler, stored: Map<string, StoredEvent[]>, tally: Tally): void {
  const { session, acknowledged, unsure } = labeler;
  const keyOf = (sent: Sent): string => `${session.id}/${sent.sitting}/${sent.seq}`;
  for (const sent of acknowledged) {
    const [row, ...more] = stored.get(keyOf(sent)) ?? [];
    if (!row || eventLine(row) !== eventLine(sent) || more.length > 0)
      tally.lost.push(`${session.pseudonym}: ${eventLine(sent)}, stored ${JSON.stringify([row, ...more])}`);
  }
  tally.count('answers', acknowledged.length);
  const known = new Set([...acknowledged, ...unsure].map(keyOf));
  const strange = [...stored.keys()].filter((key) => key.startsWith(`${session.id}/`) && !known.has(key));
  for (const key of strange) tally.faults.push(`an answer that nobody sent: ${key}`);
}

export function verifyBlobs(dataFolder: string, tally: Tally): void {
  const folder = join(dataFolder, 'blobs');
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
