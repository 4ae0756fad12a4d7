import type { LabelingArchive, SessionArchive } from '../../contract/archive-labeling.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import type { Database } from '../database.ts';
import { Labelers } from '../labelers.ts';
import { LabelingLog } from '../labeling/log.ts';
import { newSessionToken } from '../labeling/sessions.ts';
import { LabelingWithdrawals } from '../labeling/withdrawals.ts';

/** What became of the sessions of an archive. */
export interface ImportedSessions {
  added: number;
  /** Sessions that are here already, in another study: of those the new one has the labels only. */
  here: number;
  /** Sessions of people who withdrew: nothing of them was taken in. */
  withdrawn: number;
}

/**
 * Adds what people did in a study's sessions. Each session gets an address of its own here. Inside a transaction of the
 * caller.
 */
export function importSessions(
  db: Database,
  studyId: number,
  labeling: LabelingArchive,
  sessions: Iterable<SessionArchive>,
): ImportedSessions {
  const plans = addPlans(db, studyId, labeling);
  addLocks(db, studyId, labeling);
  const told = { added: 0, here: 0, withdrawn: 0 };
  const [labelers, withdrawals] = [new Labelers(db), new LabelingWithdrawals(db)];
  const gone = withdrawals.gone();
  for (const session of sessions) {
    const trace = gone.find(session);
    if (trace !== undefined) {
      withdrawals.keepFor(studyId, session, trace);
      told.withdrawn += 1;
      continue;
    }
    const labelerId = labelers.ensure({ ...session, simulated: false }, session.createdAt);
    if (db.get('SELECT 1 FROM labeling_session WHERE labeler_id = ?', labelerId)) {
      told.here += 1;
      continue;
    }
    const planId = plans.get(session.plan);
    if (planId === undefined) throw new Error(`there is no plan ${session.plan}`);
    addSession(db, { studyId, planId, labelerId }, session);
    told.added += 1;
  }
  return told;
}

/**
 * Adds what is left of people who withdrew where the archive was made, so that nothing of them comes in here either. Their
 * names count in this study only, as pseudonyms that were drawn elsewhere may be drawn here for others.
 */
export function importWithdrawals(db: Database, studyId: number, { withdrawals }: LabelingArchive): void {
  for (const { trace, name, withdrawnAt } of withdrawals) {
    db.run(
      'INSERT INTO labeling_withdrawal (study_id, token_hash, salt, name_hash, withdrawn_at) VALUES (?, ?, ?, ?, ?)',
      ...[studyId, trace, name?.salt ?? null, name?.hash ?? null, withdrawnAt],
    );
  }
}

function addPlans(db: Database, studyId: number, { plans }: LabelingArchive): Map<number, number> {
  return new Map(
    plans.map(({ version, plan, texts, savedAt }) => {
      const { id } = db.run(
        'INSERT INTO labeling_plan (study_id, version, plan, texts, saved_at) VALUES (?, ?, ?, ?, ?)',
        ...[studyId, version, canonicalJson(plan), canonicalJson(texts), savedAt],
      );
      return [version, id];
    }),
  );
}

function addLocks(db: Database, studyId: number, { locks }: LabelingArchive): void {
  for (const { hash, sessions, labels, reason, lockedAt, openedAt } of locks) {
    db.run(
      `INSERT INTO labeling_lock (study_id, hash, sessions, labels, reason, locked_at, opened_at)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      ...[studyId, hash, sessions, labels, reason, lockedAt, openedAt],
    );
  }
}

/** Where a session goes. */
interface Placed {
  studyId: number;
  planId: number;
  labelerId: number;
}

function addSession(db: Database, placed: Placed, session: SessionArchive): void {
  const { trials, state, excluded, setHash, medium, place, clockAfter } = session;
  const { createdAt, consentedAt, startedAt, lastSeenAt, finishedAt, imagesLeft, atTrial } = session;
  const { id } = db.run(
    `INSERT INTO labeling_session (study_id, plan_id, set_hash, labeler_id, token, medium, place, trials, trial_count,
       state, at_trial, created_at, consented_at, started_at, last_seen_at, finished_at, images_left, excluded)
     VALUES ($studyId, $planId, $setHash, $labelerId, $token, $medium, $place, $trials, $trialCount, $state, $atTrial,
       $createdAt, $consentedAt, $startedAt, $lastSeenAt, $finishedAt, $imagesLeft, $excluded)`,
    {
      ...{ ...placed, setHash, medium, place, state, excluded, imagesLeft, atTrial },
      ...{ createdAt, consentedAt, startedAt, lastSeenAt, finishedAt },
      ...{ token: newSessionToken(), trials: JSON.stringify(trials), trialCount: trials.length },
    },
  );
  const sittings = addSittings(db, id, session);
  addEvents(db, id, sittings, session);
  for (const { pass, trial, choice, enteredAt } of session.paper) {
    db.run(
      'INSERT INTO labeling_paper (session_id, pass, trial, choice, entered_at) VALUES (?, ?, ?, ?, ?)',
      ...[id, pass, trial, choice, enteredAt],
    );
  }
  const answered = new LabelingLog(db).choices(id, trials.length).filter((choice) => choice !== null).length;
  db.run(
    'UPDATE labeling_session SET answered = ?, clock_after = ? WHERE id = ?',
    answered,
    sittings[clockAfter - 1] ?? 0,
    id,
  );
}

function addSittings(db: Database, sessionId: number, { sittings }: SessionArchive): number[] {
  return sittings.map(({ key, medium, openedAt, openedMs, screen, notes }) => {
    const { id } = db.run(
      'INSERT INTO labeling_sitting (session_id, key, medium, opened_at, opened_ms, screen) VALUES (?, ?, ?, ?, ?, ?)',
      ...[sessionId, key, medium, openedAt, openedMs, canonicalJson(screen)],
    );
    for (const { seq, kind, trial, atMs, storedAt } of notes) {
      db.run(
        `INSERT INTO labeling_note (sitting_id, seq, session_id, kind, trial, at_ms, stored_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        ...[id, seq, sessionId, kind, trial, atMs, storedAt],
      );
    }
    return id;
  });
}

function addEvents(
  db: Database,
  sessionId: number,
  ids: readonly number[],
  { events, sittings }: SessionArchive,
): void {
  for (const { sitting, seq, trial, kind, choice, shownMs, atMs, storedAt, late } of events) {
    const [sittingId, from] = [ids[sitting], sittings[sitting]];
    if (sittingId === undefined || !from) throw new Error(`there is no sitting ${sitting}`);
    db.run(
      `INSERT INTO labeling_event (session_id, sitting_id, seq, trial, kind, choice, shown_ms, at_ms, stored_at, late,
         sitting_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[sessionId, sittingId, seq, trial, kind, choice, shownMs, atMs, storedAt, late],
      from.medium === 'kit' ? from.openedAt : 0,
    );
  }
}
