import { createHmac, randomBytes, randomInt, randomUUID, timingSafeEqual } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { kitResultFileSchema, kitResultPayloadSchema } from '../../contract/labeling/kit.ts';
import type { KitPayload, KitResultPayload } from '../../contract/labeling/kit.ts';
import type { VolunteerView } from '../../contract/labeling/volunteer.ts';
import type { SessionRecord } from '../../storage/index.ts';
import { findStudy } from '../find-study.ts';
import type { Workbench } from '../workbench.ts';
import { checkEvent, settle } from './answers.ts';
import { clockOf } from './clock.ts';
import type { LabelingDesk } from './desk.ts';
import { KitImages } from './kit-images.ts';
import { findSession, planOf, refuseLocked } from './find.ts';
import { refusals } from './refusals.ts';
import { clearSigns } from './sessions.ts';
import { volunteerView } from './volunteer.ts';

/** Largest result file: some hundred thousand events. */
const maxBytes = 256 * 2 ** 20;

/**
 * What a kit for these sessions is made from. Its images say nothing of which they are, nor which
 * of them come twice (kit-images.ts); nothing else of the study is in it. A kit for one person holds that person's answers so far; one for several
 * holds none, as each of them could read the others'.
 * @throws UserError `study.not-found`, `labeling.no-session`, `labeling.medium`, `labeling.closed`, `labeling.locked`
 */
export function makeKit(desk: LabelingDesk, studyName: string, sessionIds: readonly number[]): KitPayload {
  const { bench } = desk;
  const study = findStudy(bench, studyName);
  refuseLocked(bench, study.id);
  const sessions = [...new Set(sessionIds)].map((id) => kitSession(bench, id, study.id));
  const kit = randomUUID();
  const [images, codes] = [new KitImages(desk, sessions), new Set<string>()];
  const parts = sessions.map((session) => {
    const [key, code] = [randomBytes(32), newCode(codes)];
    bench.storage.labeling.kits.add({ kit, sessionId: session.id, code, key }, bench.now());
    return {
      ...{ token: session.token, code, key: key.toString('base64') },
      view: sessions.length > 1 ? blanked(volunteerView(desk, session)) : volunteerView(desk, session),
      clock: clockOf(bench, session).map(({ key: sitting, ms }) => ({ sitting, ms })),
      images: images.indexes(session),
    };
  });
  return {
    schema: 'boundary-workbench/labeling-kit/1',
    ...{
      kit,
      createdAt: new Date(bench.now()).toISOString(),
      sessions: parts,
      imageKey: images.key,
      images: images.all(),
    },
  };
}

/** For a file that others open too: without the person's answers, and as if there were none. */
function blanked(view: VolunteerView): VolunteerView {
  return {
    ...view,
    state: 'ready',
    next: view.trials > 0 ? 0 : null,
    answers: view.answers.map(() => null),
    timedOut: [],
  };
}

function kitSession(bench: Workbench, id: number, studyId: number): SessionRecord {
  const session = findSession(bench, id);
  if (session.studyId !== studyId) throw refusals.noSession(`session ${id}`);
  if (session.medium !== 'kit') throw refusals.medium(session.pseudonym, 'another computer');
  if (session.state === 'finished' || session.state === 'declined') throw refusals.closed(session.pseudonym);
  return session;
}

function newCode(taken: Set<string>): string {
  for (;;) {
    const code = Array.from({ length: 6 }, () => clearSigns[randomInt(clearSigns.length)]).join('');
    if (taken.has(code)) continue;
    taken.add(code);
    return code;
  }
}

export interface KitLook {
  pseudonym: string;
  session: number;
  finished: boolean;
  timeUp: boolean;
  events: number;
  newEvents: number;
  added: number;
  changed: { trial: number; from: number | null; to: number | null }[];
}

/** What a result file would change. Nothing is stored. @throws UserError `labeling.*`, `upload.gone` */
export function inspectKitResult(desk: LabelingDesk, studyName: string, upload: string): KitLook {
  const { storage } = desk.bench;
  const { session, result } = readResult(desk, studyName, upload);
  const before = storage.labeling.log.choices(session.id, session.trialCount);
  const after = [...before];
  const fresh = newEvents(desk.bench, session, result);
  for (const { trial, choice } of fresh) after[trial] = choice;
  const changed = after.flatMap((to, trial) => {
    const from = before[trial] ?? null;
    return from === to ? [] : [{ trial, from, to }];
  });
  return {
    ...{ pseudonym: session.pseudonym, session: session.id, finished: result.finished, timeUp: result.timeUp },
    events: result.sittings.reduce((sum, { events }) => sum + events.length, 0),
    newEvents: fresh.length,
    added: changed.filter(({ from }) => from === null).length,
    changed: changed.filter(({ from }) => from !== null).slice(0, 1000),
  };
}

/**
 * Stores what is new in a result file, all of it or nothing; doing it again changes nothing. The upload is used up.
 * @throws UserError `labeling.*`, `upload.gone`
 */
export function applyKitResult(
  desk: LabelingDesk,
  studyName: string,
  upload: string,
): { session: number; newEvents: number } {
  const { bench } = desk;
  const { log, sessions } = bench.storage.labeling;
  const { session, result } = readResult(desk, studyName, upload);
  const fresh = newEvents(bench, session, result).length;
  const ends = result.finished && session.state !== 'finished';
  if (fresh > 0 || ends) refuseLocked(bench, session.studyId);
  bench.storage.transaction(() => {
    for (const { key, openedAt, screen, events, notes } of inTime(result)) {
      const about = { medium: 'kit' as const, openedAt: Date.parse(openedAt), screen };
      const sittingId = log.sitting(session.id, key, about);
      for (const event of events) {
        if (log.add(session.id, sittingId, event, bench.now()) === 'conflict') throw refusals.conflict(event.seq);
      }
      for (const note of notes) log.addNote(session.id, sittingId, note, bench.now());
    }
    if (result.consented) sessions.consent(session.id, bench.now());
    if (fresh > 0 && session.state === 'planned') sessions.setState(session.id, 'active', bench.now());
    if (result.finished && (ends || fresh > 0)) {
      settle(bench, findSession(bench, session.id), result.timeUp ? 'time' : 'person');
    }
  });
  desk.uploads.discard(upload);
  desk.tell([session.id]);
  if (result.finished) desk.changes.tell('studies');
  return { session: session.id, newEvents: fresh };
}

/** Sittings by the time at which they began, events by their number. */
const inTime = ({ sittings }: KitResultPayload): KitResultPayload['sittings'] =>
  sittings
    .toSorted((a, b) => Date.parse(a.openedAt) - Date.parse(b.openedAt))
    .map((sitting) => ({ ...sitting, events: sitting.events.toSorted((a, b) => a.seq - b.seq) }));

function newEvents(bench: Workbench, session: SessionRecord, result: KitResultPayload) {
  const { log } = bench.storage.labeling;
  const plan = planOf(bench, session);
  return inTime(result).flatMap(({ key, events }) => {
    const sittingId = log.sittingId(session.id, key);
    for (const event of events) checkEvent(plan, session, event);
    return events.filter(({ seq }) => sittingId === undefined || log.told(sittingId, seq) === undefined);
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
