import type { KitResultPayload, KitResultPreview } from './kit-format.ts';
import type { KitReader } from './kit-reader.ts';
import type { Late, TrialEvent } from '../sessions/contract/volunteer.ts';
import { runAtOnce, runInBatches } from '../../storage/index.ts';
import type { SessionRecord } from '../../storage/labeling/index.ts';
import type { SittingRecord } from '../sessions/storage/log.ts';
import { findStudy, type Workbench } from '../../services/workbench/index.ts';
import { checkEvent, endingSteps, endSession, sessionLimitMs } from '../desk/answers.ts';
import { iso } from '../../services/tools/index.ts';
import type { DeskService } from '../desk/service.ts';
import { sha256 } from '../../files/index.ts';
import { findSession } from '../../services/labels/index.ts';
import { sessionPlan, refuseLockedLabels } from '../desk/find.ts';
import { deskRefusals } from '../desk/refusals.ts';
import { offlineRefusals } from './refusals.ts';
import { hadSecondWindow, isImageLate, momentAfterWork, workedMs } from '../desk/analysis/time-limits.ts';
import type { ClockMoment, TrialState } from '../desk/analysis/time-limits.ts';
import { deskTables } from '../desk/storage/tables.ts';
import { offlineTables } from './storage.ts';
import { sessionTables } from '../sessions/storage/tables.ts';

const maxListedChanges = 1000;
const maxListedDates = 10;

/** Milliseconds by which the clock of a kit's computer may be wrong: more than any time zone. */
const clockSlack = 24 * 60 * 60 * 1000;

/** Milliseconds by which clocks differ that are right: a date that is further ahead is marked. */
const clockError = 5 * 60 * 1000;

/** Opens result files. */
export type ResultReader = Pick<KitReader, 'open'>;

/** A result file that a page handed over, and the study whose people it is for. */
interface UploadedResult {
  study: string;
  upload: string;
}

/** What a result file would change. Stores nothing. @throws UserError `labeling.*`, `upload.gone` */
export async function inspectKitResult(
  service: DeskService,
  reader: ResultReader,
  file: UploadedResult,
): Promise<KitResultPreview> {
  const { storage } = service.workbench;
  const { session, result } = await readResult(service, reader, file);
  const before = sessionTables(storage).log.choices(session.id, session.trialCount);
  const dates = datesOf(service.workbench, session, result);
  const fresh = await runInBatches(newEvents(service.workbench, session, result, dates));
  const misdated = dates.news.flatMap(({ claimedAt }) => claimedAt ?? []);
  const after = withEvents(before, sessionTables(storage).log.latestChoices(session.id), fresh);
  const differing = after.flatMap((to, trial) => {
    const from = before[trial] ?? null;
    return from === to ? [] : [{ trial, from, to }];
  });
  const changed = differing.filter(({ from }) => from !== null);
  const plan = sessionPlan(service.workbench, session);
  return {
    pseudonym: session.pseudonym,
    session: session.id,
    finished: result.finished,
    timeUp: result.timeUp,
    declined: result.declined,
    newestHere: newest(sessionTables(storage).log.sittings(session.id)),
    newestInFile: newest(result.sittings.map(({ key }) => dates.of(key))),
    misdatedCount: misdated.length,
    misdated: misdated.slice(0, maxListedDates).map(iso),
    events: result.sittings.reduce((sum, { events }) => sum + events.length, 0),
    newEvents: fresh.length,
    late: fresh.filter(({ late }) => late !== null).length,
    added: differing.length - changed.length,
    changedCount: changed.length,
    changed: changed.slice(0, maxListedChanges),
    names: plan.names,
    cannotTell: plan.cannotTell,
  };
}

function newest(sittings: readonly SittingDate[]): string | null {
  const times = sittings.flatMap(({ openedAt, claimedAt }) => (claimedAt === null ? [openedAt] : []));
  return times.length === 0 ? null : iso(Math.max(...times));
}

/** The answers after further events. An older sitting never overrides a newer one. */
function withEvents(
  before: readonly (number | null)[],
  words: readonly { trial: number; sittingAt: number }[],
  fresh: readonly FreshEvent[],
): (number | null)[] {
  const [after, answeredAt] = [[...before], new Map(words.map(({ trial, sittingAt }) => [trial, sittingAt]))];
  for (const { trial, kind, choice, late, sittingAt } of fresh) {
    // A timeout does not remove an answer.
    if (late !== null || kind === 'timeout' || sittingAt < (answeredAt.get(trial) ?? 0)) continue;
    after[trial] = choice;
    answeredAt.set(trial, sittingAt);
  }
  return after;
}

/**
 * Stores what is new in a result file, in batches; a finished session's labels change at once. All is checked before. If
 * it is interrupted, the session has the first answers of the file and is not finished, as after an earlier file of the
 * kit; repeating it stores the others. Repeating it once more changes nothing. Sittings count in the order in which they
 * took place, whichever file is imported first. A finished session stays finished, with the labels of its log. Discards
 * the upload.
 * @throws UserError `labeling.*`, `upload.gone`
 */
export async function applyKitResult(
  service: DeskService,
  reader: ResultReader,
  file: UploadedResult,
): Promise<{ session: number; newEvents: number }> {
  const { workbench } = service;
  const { session, result } = await readResult(service, reader, file);
  if (result.declined) decline(service, session);
  const fresh = result.declined ? 0 : await store(workbench, session, result);
  service.uploads.discard(file.upload);
  service.notify([session.id]);
  if (fresh > 0 || result.finished) service.changes.publish('studies');
  return { session: session.id, newEvents: fresh };
}

/** Declining again changes nothing. Refused if the person answered something, on any computer, and so agreed before. */
function decline({ workbench }: DeskService, session: SessionRecord): void {
  const { log, sessions } = deskTables(workbench.storage);
  if (session.state === 'declined') return;
  refuseLockedLabels(workbench, session);
  if (log.events(session.id).length > 0) throw deskRefusals.begun(session.pseudonym, 'sitting');
  sessions.setState(session.id, 'declined', workbench.now());
}

/** Returns the number of new events. */
async function store(workbench: Workbench, session: SessionRecord, result: KitResultPayload): Promise<number> {
  const { storage } = workbench;
  const dates = datesOf(workbench, session, result);
  const fresh = (await runInBatches(newEvents(workbench, session, result, dates))).length;
  const isNews = fresh > 0 || (result.finished && session.state !== 'finished');
  const check = (): void => {
    const current = findSession(workbench, session.id);
    if (isNews) refuseLockedLabels(workbench, current);
    if (isNews && current.state === 'declined') throw deskRefusals.closed(session.pseudonym);
    // Otherwise its log would change before its labels do.
    if (current.state === 'finished' && session.state !== 'finished')
      throw offlineRefusals.endedMeanwhile(session.pseudonym);
  };
  check();
  if (!hasConsent(workbench, session, result)) {
    if (isNews) throw deskRefusals.noConsent();
    return 0;
  }
  const sittings = sortSittings(result);
  const late = await runInBatches(missedLimitsInKit(workbench, session, sittings));
  const steps = storeSteps(workbench, session, { result, sittings, dates, late, fresh });
  const transaction = (batch: () => void): void =>
    storage.transaction(() => {
      check();
      batch();
    });
  if (session.state === 'finished') transaction(() => runAtOnce(steps));
  else await runInBatches(steps, { transaction });
  return fresh;
}

interface CheckedResult {
  result: KitResultPayload;
  sittings: readonly KitSitting[];
  dates: KitDates;
  late: MissedLimits;
  /** Number of new events. */
  fresh: number;
}

/** The first step begins the session and the last one ends it; between them, each stores an event or note. */
function* storeSteps(workbench: Workbench, session: SessionRecord, checked: CheckedResult): Generator<void, void> {
  const { log, sessions } = deskTables(workbench.storage);
  const { result, sittings, dates, late, fresh } = checked;
  const ends = result.finished && session.state !== 'finished';
  const times = sessionTimes(session, result, dates);
  if (result.consented) sessions.recordConsent(session.id, dates.time(result.consentedAt) ?? workbench.now());
  if (fresh > 0 && session.state === 'planned') {
    sessions.setState(session.id, 'active', workbench.now());
    sessions.setTimes(session.id, times);
  }
  yield;
  for (const { key, openedAt, openedMs, screen, events, notes } of sittings) {
    const date = dates.of(key);
    // Nothing is known about the sitting's clock at another date than the file's.
    const clock = date.openedAt === Date.parse(openedAt) ? openedMs : null;
    const about = { medium: 'kit' as const, ...date, openedMs: clock, screen };
    const sittingId = log.ensureSitting(session.id, key, about);
    for (const event of events) {
      const added = log.add(session.id, sittingId, event, workbench.now(), late(key, event.seq));
      if (added === 'conflict') throw deskRefusals.conflict(event.seq);
      yield;
    }
    for (const note of notes) {
      log.addNote(session.id, sittingId, note, workbench.now());
      yield;
    }
  }
  yield;
  if (ends) yield* endingSteps(workbench, session);
  if (ends) endSession(workbench, findSession(workbench, session.id), result.timeUp ? 'time' : 'person');
  else if (fresh > 0 && session.state === 'finished') {
    endSession(workbench, session, session.imagesLeft === null ? 'person' : 'time');
  }
  if (fresh > 0 || ends) sessions.setTimes(session.id, times);
  sessions.markSeen(session.id, workbench.now());
}

/** Whether the plan needs no consent, or the file or the database has it. */
function hasConsent(workbench: Workbench, session: SessionRecord, { consented }: KitResultPayload): boolean {
  return consented || session.consentedAt !== null || sessionPlan(workbench, session).consent === null;
}

/** When the session began and ended, by the clock of that computer. */
function sessionTimes({ startedAt }: SessionRecord, { sittings, finishedAt }: KitResultPayload, dates: KitDates) {
  const began = sittings.filter(({ events }) => events.length > 0).map(({ key }) => dates.of(key));
  const times = began.filter(({ claimedAt }) => claimedAt === null).map(({ openedAt }) => openedAt);
  const first = startedAt === null && times.length > 0 ? Math.min(...times) : null;
  return { startedAt: first, finishedAt: dates.time(finishedAt) };
}

type SittingDate = Pick<SittingRecord, 'openedAt' | 'claimedAt'>;

interface KitDates {
  /** Dates of a sitting in the file, by its key. */
  of(key: string): SittingDate;
  /** Dates of sittings that the log does not have. */
  news: readonly SittingDate[];
  /** Milliseconds of a time in the file; null: it is missing or cannot be right. */
  time(text: string | null): number | null;
}

/**
 * The dates of a result file. The clock of a kit's computer may be wrong, or set wrong on purpose. A sitting dated up to a
 * day ahead took place by now. One dated later, or before the session's first kit, gets a date before all that may be
 * right, so that it outranks no other sitting; it is the same for all of a kit, so the order of imports does not matter.
 * Sittings in the log keep the date that they got.
 */
function datesOf({ storage, now }: Workbench, session: SessionRecord, file: KitResultPayload): KitDates {
  const { sittings, kit } = file;
  const earliest = (offlineTables(storage).kits.firstMadeAt(session.id) ?? session.createdAt) - clockSlack;
  const latest = now();
  const mayBeRight = (at: number): boolean => at >= earliest && at <= latest + clockSlack;
  const impossible = earliest - 1 - (Number.parseInt(sha256(kit).slice(0, 8), 16) % clockSlack);
  const stored = new Map(
    sessionTables(storage)
      .log.sittings(session.id)
      .map((sitting) => [sitting.key, sitting]),
  );
  const found = new Map<string, SittingDate>();
  const news: SittingDate[] = [];
  for (const { key, openedAt: text } of sittings) {
    const [known, at] = [stored.get(key), Date.parse(text)];
    const isRight = at >= earliest && at <= latest + clockError;
    const date = {
      openedAt: mayBeRight(at) ? Math.min(at, latest) : impossible,
      claimedAt: isRight ? null : Math.max(0, at),
    };
    found.set(key, known ? { openedAt: known.openedAt, claimedAt: known.claimedAt } : date);
    if (!known) news.push(date);
  }
  return {
    news,
    of: (key) => {
      const date = found.get(key);
      if (!date) throw new Error(`there is no sitting ${key}`);
      return date;
    },
    time: (text) => {
      const at = text === null ? null : Date.parse(text);
      return at !== null && mayBeRight(at) ? Math.min(at, latest) : null;
    },
  };
}

/** Sittings sorted by their start, events by their number. */
const sortSittings = ({ sittings }: KitResultPayload): KitResultPayload['sittings'] =>
  sittings
    .toSorted((a, b) => Date.parse(a.openedAt) - Date.parse(b.openedAt))
    .map((sitting) => ({ ...sitting, events: sitting.events.toSorted((a, b) => a.seq - b.seq) }));

interface FreshEvent extends Pick<TrialEvent, 'trial' | 'kind' | 'choice'> {
  late: Late | null;
  /** When its sitting began, in milliseconds since 1970, as far as that can be right. */
  sittingAt: number;
}

/** @throws UserError `labeling.bad-trial`, `labeling.bad-choice`, `labeling.conflict` */
function* newEvents(
  workbench: Workbench,
  session: SessionRecord,
  result: KitResultPayload,
  dates: KitDates,
): Generator<void, FreshEvent[]> {
  const { log } = deskTables(workbench.storage);
  const plan = sessionPlan(workbench, session);
  const sittings = sortSittings(result);
  const late = yield* missedLimitsInKit(workbench, session, sittings);
  const fresh: FreshEvent[] = [];
  const inFile = new Map<string, string>();
  for (const { key, events } of sittings) {
    const sittingId = log.sittingId(session.id, key);
    const sittingAt = dates.of(key).openedAt;
    for (const event of events) {
      yield;
      checkEvent(plan, session, event);
      const { seq, trial, kind, choice } = event;
      const found = sittingId === undefined ? 'new' : log.compare(sittingId, event);
      const [id, content] = [eventKey(key, seq), JSON.stringify(event)];
      if (found === 'conflict' || (inFile.get(id) ?? content) !== content) throw deskRefusals.conflict(seq);
      inFile.set(id, content);
      if (found === 'new') fresh.push({ trial, kind, choice, late: late(key, seq), sittingAt });
    }
  }
  return fresh;
}

/**
 * Reads a result file in a process of its own and checks that it is complete, signed and of this study. It is parsed only
 * once its signature has been checked.
 */
function readResult(
  service: DeskService,
  reader: ResultReader,
  { study: studyName, upload }: UploadedResult,
): Promise<{ session: SessionRecord; result: KitResultPayload }> {
  const { storage } = service.workbench;
  const study = findStudy(service.workbench, studyName);
  return service.uploads.use(upload, async (file) => {
    const { name } = file;
    const opened = await reader.open(file);
    if (storage.labeling.withdrawals.isWithdrawn(opened.session)) {
      throw offlineRefusals.kitFile('This person has withdrawn, so nothing is imported', name);
    }
    const known = storage.labeling.sessions.byToken(opened.session);
    if (!known || known.studyId !== study.id) throw offlineRefusals.kitFile('This file belongs to another study', name);
    const key = offlineTables(storage).kits.get(opened.kit, known.id)?.key;
    if (!key) throw offlineRefusals.kitFile('This file comes from an unknown kit', name);
    const result = await opened.read(key);
    // Meanwhile the session may have gone on, or its person may have withdrawn.
    return { session: findSession(service.workbench, known.id), result };
  });
}

type KitSitting = KitResultPayload['sittings'][number];

/** Which time limit an event missed, by the sitting's key and the event's number. */
type MissedLimits = (sitting: string, seq: number) => Late | null;

/**
 * Checks the events of a result file against the time limits, using only what its page could know: this file alone, so
 * that the order of imports does not matter. Events that are in the log keep their result.
 * @param sittings sorted with `sortSittings`
 */
function* missedLimitsInKit(
  workbench: Workbench,
  session: SessionRecord,
  sittings: readonly KitSitting[],
): Generator<void, MissedLimits> {
  const { log } = deskTables(workbench.storage);
  const { imageSeconds } = sessionPlan(workbench, session).timeLimit;
  const ends = sessionEnds(workbench, session, sittings);
  const trials = new Map<number, TrialInFile>();
  const late = new Map<string, Late>();
  for (const { key, events } of sittings) {
    const id = log.sittingId(session.id, key);
    for (const event of events) {
      yield;
      const before = inSitting(trials.get(event.trial) ?? fresh(event.trial), key);
      const known = id === undefined ? undefined : log.findEvent(id, event.seq);
      const missed = known ? known.late : check(event);
      trials.set(event.trial, afterEvent(before, event, missed));
      if (missed !== null) late.set(eventKey(key, event.seq), missed);

      function check(news: TrialEvent): Late | null {
        if (news.atMs > (ends.get(key) ?? Number.POSITIVE_INFINITY)) return 'session';
        const { choice, isOut, isLate, lastMs } = before;
        return isImageLate(news, { choice, ranOut: isOut || isLate, lastMs }, imageSeconds) ? 'image' : null;
      }
    }
  }
  // A later kit of the same session knows answers that are not in this file.
  function fresh(trial: number): TrialInFile {
    return { choice: log.choice(session.id, trial), isOut: false, isLate: false, lastMs: null, sitting: '' };
  }
  return (sitting, seq) => late.get(eventKey(sitting, seq)) ?? null;
}

const eventKey = (sitting: string, seq: number): string => `${sitting} ${seq}`;

interface TrialInFile extends Omit<TrialState, 'ranOut'> {
  /** Whether the last counted event was a timeout. */
  isOut: boolean;
  isLate: boolean;
  sitting: string;
}

/** The state as seen in a sitting. Clock times and late events of another sitting do not apply. */
function inSitting(known: TrialInFile, sitting: string): TrialInFile {
  return known.sitting === sitting ? known : { ...known, isLate: false, lastMs: null, sitting };
}

function afterEvent(before: TrialInFile, { kind, choice, atMs }: TrialEvent, late: Late | null): TrialInFile {
  const lastMs = Math.max(before.lastMs ?? 0, atMs);
  if (late !== null) return { ...before, lastMs, isLate: before.isLate || late === 'image' };
  return { ...before, choice, isOut: kind === 'timeout', lastMs };
}

/** The moment in each sitting at which the session's time was up; absent: it was not. */
function sessionEnds(
  workbench: Workbench,
  session: SessionRecord,
  sittings: readonly KitSitting[],
): Map<string, number> {
  const { sessionMinutes } = sessionPlan(workbench, session).timeLimit;
  const ends = new Map<string, number>();
  if (sessionMinutes === null) return ends;
  // Reopening the session restarts the time limit.
  const spent = { before: 0, since: 0 };
  for (const { key, events, notes } of sittings) {
    const id = deskTables(workbench.storage).log.sittingId(session.id, key);
    const time = id !== undefined && id <= session.clockAfter ? 'before' : 'since';
    const moments: ClockMoment[] = [...events, ...notes].sort((a, b) => a.seq - b.seq);
    const end = momentAfterWork(moments, sessionLimitMs(sessionMinutes) - spent[time]);
    if (end !== null) ends.set(key, end);
    if (!hadSecondWindow(moments)) spent[time] += workedMs(moments);
  }
  return ends;
}
