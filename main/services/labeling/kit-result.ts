import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { kitResultFileSchema, kitResultPayloadSchema } from '../../contract/labeling/kit.ts';
import type { KitResultPayload } from '../../contract/labeling/kit.ts';
import type { Late, TrialEvent } from '../../contract/labeling/volunteer.ts';
import type { SessionRecord } from '../../storage/index.ts';
import { findStudy } from '../tools/find-study.ts';
import type { Workbench } from '../tools/workbench.ts';
import { checkEvent, settle } from './answers.ts';
import { iso } from './board.ts';
import type { LabelingDesk } from './desk.ts';
import { findSession, planOf, refuseLockedLabels } from '../labels/find.ts';
import { lateInKit } from './kit-late.ts';
import { refusals } from '../labels/refusals.ts';

/** Largest result file: some hundred thousand events. */
const maxBytes = 256 * 2 ** 20;

export interface KitLook {
  pseudonym: string;
  session: number;
  finished: boolean;
  declined: boolean;
  newestHere: string | null;
  newestInFile: string | null;
  timeUp: boolean;
  events: number;
  newEvents: number;
  /** Of the new ones, those that came after the time of their image or session: they are kept and do not count. */
  late: number;
  added: number;
  /** Trials that get another answer than they have, or lose theirs; and the first thousand of them. */
  changedCount: number;
  changed: { trial: number; from: number | null; to: number | null }[];
  /** What the answers are called in the session's plan. */
  names: string[];
  cannotTell: string | null;
}

/** Changes that are listed. */
const listedChanges = 1000;

/** What a result file would change. Nothing is stored. @throws UserError `labeling.*`, `upload.gone` */
export function inspectKitResult(desk: LabelingDesk, studyName: string, upload: string): KitLook {
  const { storage } = desk.bench;
  const { session, result } = readResult(desk, studyName, upload);
  const before = storage.labeling.log.choices(session.id, session.trialCount);
  const fresh = newEvents(desk.bench, session, result);
  const after = withEvents(before, storage.labeling.log.lastWords(session.id), fresh);
  const differing = after.flatMap((to, trial) => {
    const from = before[trial] ?? null;
    return from === to ? [] : [{ trial, from, to }];
  });
  const changed = differing.filter(({ from }) => from !== null);
  const plan = planOf(desk.bench, session);
  return {
    ...{ pseudonym: session.pseudonym, session: session.id, finished: result.finished, timeUp: result.timeUp },
    declined: result.declined,
    newestHere: newest(storage.labeling.log.sittings(session.id).map(({ openedAt }) => openedAt)),
    newestInFile: newest(result.sittings.map(({ openedAt }) => Date.parse(openedAt))),
    events: result.sittings.reduce((sum, { events }) => sum + events.length, 0),
    newEvents: fresh.length,
    late: fresh.filter(({ late }) => late !== null).length,
    added: differing.length - changed.length,
    ...{ changedCount: changed.length, changed: changed.slice(0, listedChanges) },
    ...{ names: plan.names, cannotTell: plan.cannotTell },
  };
}

const newest = (times: readonly number[]): string | null => (times.length === 0 ? null : iso(Math.max(...times)));

/** The answers with further events: an older sitting never takes the place of a newer one. */
function withEvents(
  before: readonly (number | null)[],
  words: readonly { trial: number; sittingAt: number }[],
  fresh: readonly FreshEvent[],
): (number | null)[] {
  const [after, said] = [[...before], new Map(words.map(({ trial, sittingAt }) => [trial, sittingAt]))];
  for (const { trial, kind, choice, late, sittingAt } of fresh) {
    // A timeout takes no answer away.
    if (late !== null || kind === 'timeout' || sittingAt < (said.get(trial) ?? 0)) continue;
    after[trial] = choice;
    said.set(trial, sittingAt);
  }
  return after;
}

/**
 * Stores what is new in a result file, all of it or nothing; doing it again changes nothing. Sittings count in the order
 * in which they took place, whichever file comes first; a session that is finished stays so, with the labels that its log
 * has then. The upload is used up.
 * @throws UserError `labeling.*`, `upload.gone`
 */
export function applyKitResult(
  desk: LabelingDesk,
  studyName: string,
  upload: string,
): { session: number; newEvents: number } {
  const { bench } = desk;
  const { session, result } = readResult(desk, studyName, upload);
  if (result.declined) decline(desk, session);
  const fresh = result.declined ? 0 : store(bench, session, result);
  desk.uploads.discard(upload);
  desk.tell([session.id]);
  if (fresh > 0 || result.finished) desk.changes.tell('studies');
  return { session: session.id, newEvents: fresh };
}

/** Declining again changes nothing. Who answered something, here or at yet another computer, has agreed before. */
function decline({ bench }: LabelingDesk, session: SessionRecord): void {
  const { log, sessions } = bench.storage.labeling;
  if (session.state === 'declined') return;
  refuseLockedLabels(bench, session);
  if (log.events(session.id).length > 0) throw refusals.begun(session.pseudonym, 'sitting');
  sessions.setState(session.id, 'declined', bench.now());
}

/** Gives the number of new events. */
function store(bench: Workbench, session: SessionRecord, result: KitResultPayload): number {
  const { log, sessions } = bench.storage.labeling;
  const fresh = newEvents(bench, session, result).length;
  const ends = result.finished && session.state !== 'finished';
  const isNews = fresh > 0 || ends;
  if (isNews) refuseLockedLabels(bench, session);
  if (isNews && session.state === 'declined') throw refusals.closed(session.pseudonym);
  if (!hasConsent(bench, session, result)) {
    if (isNews) throw refusals.noConsent();
    return 0;
  }
  const sittings = inTime(result);
  const late = lateInKit(bench, session, sittings);
  bench.storage.transaction(() => {
    for (const { key, openedAt, openedMs, screen, events, notes } of sittings) {
      const about = { medium: 'kit' as const, openedAt: Date.parse(openedAt), openedMs, screen };
      const sittingId = log.sitting(session.id, key, about);
      for (const event of events) {
        const added = log.add(session.id, sittingId, event, bench.now(), late(key, event.seq));
        if (added === 'conflict') throw refusals.conflict(event.seq);
      }
      for (const note of notes) log.addNote(session.id, sittingId, note, bench.now());
    }
    if (result.consented) sessions.consent(session.id, timeOf(result.consentedAt) ?? bench.now());
    if (fresh > 0 && session.state === 'planned') sessions.setState(session.id, 'active', bench.now());
    if (ends) settle(bench, findSession(bench, session.id), result.timeUp ? 'time' : 'person');
    else if (fresh > 0 && session.state === 'finished') {
      settle(bench, session, session.imagesLeft === null ? 'person' : 'time');
    }
    if (isNews) sessions.tookPlace(session.id, timesOf(session, result));
    sessions.seen(session.id, bench.now());
  });
  return fresh;
}

/** Whether the plan asks for none, or this file or what is here tells of it. */
function hasConsent(bench: Workbench, session: SessionRecord, { consented }: KitResultPayload): boolean {
  return consented || session.consentedAt !== null || planOf(bench, session).consent === null;
}

const timeOf = (text: string | null): number | null => (text === null ? null : Date.parse(text));

/** When the session began and ended where it was done, by the clock there. */
function timesOf({ startedAt }: SessionRecord, { sittings, finishedAt }: KitResultPayload) {
  const began = sittings.filter(({ events }) => events.length > 0).map(({ openedAt }) => Date.parse(openedAt));
  const first = startedAt === null && began.length > 0 ? Math.min(...began) : null;
  return { startedAt: first, finishedAt: timeOf(finishedAt) };
}

/** Sittings by the time at which they began, events by their number. */
const inTime = ({ sittings }: KitResultPayload): KitResultPayload['sittings'] =>
  sittings
    .toSorted((a, b) => Date.parse(a.openedAt) - Date.parse(b.openedAt))
    .map((sitting) => ({ ...sitting, events: sitting.events.toSorted((a, b) => a.seq - b.seq) }));

/** An event that is not here yet. */
interface FreshEvent {
  trial: number;
  kind: TrialEvent['kind'];
  choice: number | null;
  late: Late | null;
  /** When its sitting began, in milliseconds since 1970. */
  sittingAt: number;
}

function newEvents(bench: Workbench, session: SessionRecord, result: KitResultPayload): FreshEvent[] {
  const { log } = bench.storage.labeling;
  const plan = planOf(bench, session);
  const sittings = inTime(result);
  const late = lateInKit(bench, session, sittings);
  return sittings.flatMap(({ key, openedAt, events }) => {
    const sittingId = log.sittingId(session.id, key);
    for (const event of events) checkEvent(plan, session, event);
    return events
      .filter(({ seq }) => sittingId === undefined || log.told(sittingId, seq) === undefined)
      .map(({ seq, trial, kind, choice }) => ({
        ...{ trial, kind, choice, late: late(key, seq), sittingAt: Date.parse(openedAt) },
      }));
  });
}

/** Reads a result file and sees that it is whole, signed and of this study. */
function readResult(
  desk: LabelingDesk,
  studyName: string,
  upload: string,
): { session: SessionRecord; result: KitResultPayload } {
  const { storage } = desk.bench;
  const study = findStudy(desk.bench, studyName);
  const { path, name } = desk.uploads.get(upload);
  if (statSync(path).size > maxBytes) throw refusals.kitFile('This file is too large for a result of a kit', name);
  const file = kitResultFileSchema.safeParse(parsed(readFileSync(path, 'utf8')));
  if (!file.success) throw refusals.kitFile('This is no result file of a labeling kit', name);
  const { payload, signature } = file.data;
  const content = kitResultPayloadSchema.safeParse(parsed(payload));
  if (!content.success) throw refusals.kitFile('This result file is damaged', name);
  const result = content.data;
  if (storage.labeling.withdrawals.isWithdrawn(result.session)) {
    throw refusals.kitFile('This person has withdrawn: nothing of them is taken in', name);
  }
  const session = storage.labeling.sessions.byToken(result.session);
  if (!session || session.studyId !== study.id) throw refusals.kitFile('This file belongs to another study', name);
  const key = storage.labeling.kits.get(result.kit, session.id)?.key;
  if (!key) throw refusals.kitFile('This file comes from a kit that is not known here', name);
  const expected = createHmac('sha256', key).update(payload).digest();
  if (!timingSafeEqual(expected, Buffer.from(signature, 'hex'))) {
    throw refusals.kitFile('This file was changed, or belongs to another person: its signature does not match', name);
  }
  return { session, result };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
