import type { LabelingArchive, SessionArchive } from '../../contract/archive-labeling.ts';
import type { Database } from '../database.ts';
import { LabelingPlans } from '../labeling/plans.ts';

/** A session as it stood at one moment: what is stored later is not part of it. */
export interface SessionSnapshot {
  readonly id: number;
  readonly row: Omit<SessionArchive, 'trials' | 'sittings' | 'events' | 'paper' | 'clockAfter'>;
  /** Last sitting whose time does not count any more. */
  readonly clockAfter: number;
  /** Highest numbers at that moment. */
  readonly until: { readonly sitting: number; readonly event: number };
}

/** What the sessions of a study have in common. */
export function exportLabeling(db: Database, studyId: number): LabelingArchive {
  const plans = new LabelingPlans(db)
    .ofStudy(studyId)
    .map(({ version, plan, texts, savedAt }) => ({ version, plan, texts, savedAt }));
  const withdrawals = db.all<{ trace: string; salt: string | null; hash: string | null; at: number }>(
    `SELECT token_hash AS trace, salt, name_hash AS hash, withdrawn_at AS at FROM labeling_withdrawal
     WHERE study_id = ? ORDER BY id`,
    studyId,
  );
  return {
    plans,
    locks: db.all(
      `SELECT hash, sessions, labels, reason, locked_at AS lockedAt, opened_at AS openedAt FROM labeling_lock
       WHERE study_id = ? ORDER BY id`,
      studyId,
    ),
    withdrawals: withdrawals.map(({ trace, salt, hash, at }) => ({
      ...{ trace, withdrawnAt: at },
      name: salt === null || hash === null ? null : { salt, hash },
    })),
  };
}

/** All sessions of a study as they stand now, in their order. */
export function sessionSnapshots(db: Database, studyId: number): SessionSnapshot[] {
  const until = db.get<SessionSnapshot['until']>(
    `SELECT coalesce((SELECT max(id) FROM labeling_sitting), 0) AS sitting,
       coalesce((SELECT max(id) FROM labeling_event), 0) AS event`,
  ) ?? { sitting: 0, event: 0 };
  return db
    .all<SessionSnapshot['row'] & Pick<SessionSnapshot, 'id' | 'clockAfter'>>(
      `SELECT session.id, place, clock_after AS clockAfter, pseudonym, source, plan.version AS plan, set_hash AS setHash,
         medium, state, at_trial AS atTrial, created_at AS createdAt, consented_at AS consentedAt,
         started_at AS startedAt, last_seen_at AS lastSeenAt, finished_at AS finishedAt, images_left AS imagesLeft,
         excluded
       FROM labeling_session AS session JOIN labeler ON labeler.id = labeler_id
         JOIN labeling_plan AS plan ON plan.id = plan_id
       WHERE session.study_id = ? ORDER BY place`,
      studyId,
    )
    .map(({ id, clockAfter, ...row }) => ({ id, clockAfter, row, until }));
}

type StoredSitting = Omit<SessionArchive['sittings'][number], 'screen' | 'notes'> & { id: number; screen: string };
type StoredNote = SessionArchive['sittings'][number]['notes'][number] & { sitting: number };

/** The session with all that was done in it until then; undefined: it is gone meanwhile. */
export function exportSession(db: Database, snapshot: SessionSnapshot): SessionArchive | undefined {
  const { id, row, clockAfter, until } = snapshot;
  const order = db.get<{ trials: string }>('SELECT trials FROM labeling_session WHERE id = ?', id);
  if (!order) return undefined;
  const sittings = db.all<StoredSitting>(
    `SELECT id, key, medium, opened_at AS openedAt, opened_ms AS openedMs, screen FROM labeling_sitting
     WHERE session_id = ? AND id <= ? ORDER BY id`,
    ...[id, until.sitting],
  );
  const notes = db.all<StoredNote>(
    `SELECT sitting_id AS sitting, seq, kind, trial, at_ms AS atMs, stored_at AS storedAt FROM labeling_note
     WHERE session_id = ? ORDER BY sitting_id, seq`,
    id,
  );
  const notesOf = Map.groupBy(notes, ({ sitting }) => sitting);
  const index = new Map(sittings.map((sitting, place) => [sitting.id, place]));
  const events = db.all<SessionArchive['events'][number]>(
    `SELECT sitting_id AS sitting, seq, trial, kind, choice, shown_ms AS shownMs, at_ms AS atMs, stored_at AS storedAt,
       late FROM labeling_event WHERE session_id = ? AND id <= ? ORDER BY id`,
    ...[id, until.event],
  );
  return {
    ...row,
    trials: JSON.parse(order.trials),
    clockAfter: sittings.filter((sitting) => sitting.id <= clockAfter).length,
    sittings: sittings.map(({ id: sittingId, screen, ...sitting }) => ({
      ...sitting,
      screen: JSON.parse(screen),
      notes: (notesOf.get(sittingId) ?? []).map(({ sitting: _, ...note }) => note),
    })),
    events: events.map((event) => ({ ...event, sitting: index.get(event.sitting) ?? 0 })),
    paper: db.all(
      `SELECT pass, trial, choice, entered_at AS enteredAt FROM labeling_paper WHERE session_id = ?
       ORDER BY pass, trial`,
      id,
    ),
  };
}
