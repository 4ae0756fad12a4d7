import { randomBytes } from 'node:crypto';
import type { Database } from '../database.ts';
import { isBeingRemoved } from '../removals.ts';

export type SessionState = 'planned' | 'active' | 'finished' | 'declined';

/** A session without its trials. Times are milliseconds since 1970. */
export interface SessionRecord {
  id: number;
  studyId: number;
  planId: number;
  setHash: string;
  labelerId: number;
  pseudonym: string;
  token: string;
  medium: 'screen' | 'kit' | 'paper';
  /** Number of the labeler within the study, from 0. */
  place: number;
  trialCount: number;
  state: SessionState;
  /** Trials that have an answer now. */
  answered: number;
  /** The trial of the latest event. */
  atTrial: number | null;
  createdAt: number;
  consentedAt: number | null;
  startedAt: number | null;
  lastSeenAt: number | null;
  finishedAt: number | null;
  /** Images without an answer when the time limit ended the session; null if it did not end it. */
  imagesLeft: number | null;
  /** Id of the last sitting whose time no longer counts; 0: all count. */
  clockAfter: number;
  /** Reason for excluding it; null: not excluded. */
  excluded: string | null;
}

/** Columns of `SessionRecord`, and where they come from. */
export const columns = `session.id, session.study_id AS studyId, plan_id AS planId, set_hash AS setHash,
  labeler_id AS labelerId, pseudonym, token, medium, place, trial_count AS trialCount, state, answered,
  at_trial AS atTrial, created_at AS createdAt, consented_at AS consentedAt, started_at AS startedAt,
  last_seen_at AS lastSeenAt, finished_at AS finishedAt, images_left AS imagesLeft,
  clock_after AS clockAfter, excluded`;
/** Sessions without those that are being deleted. */
const present = `(SELECT * FROM labeling_session WHERE NOT ${isBeingRemoved('labeling_session')}) AS session`;
export const from = `FROM ${present} JOIN labeler ON labeler.id = labeler_id`;

/** A new token for the address of a session: 128 random bits. */
export const newSessionToken = (): string => randomBytes(16).toString('base64url');

/** Labeling sessions: labeler, stimuli and progress. */
export class LabelingSessions {
  protected readonly db: Database;

  constructor(database: Database) {
    this.db = database;
  }

  /** Whether anybody has started on the set in this study: on screen, with a kit, or on paper. */
  hasStartedOn(studyId: number, setHash: string): boolean {
    const started = `SELECT 1 FROM labeling_session AS session WHERE study_id = ? AND set_hash = ? AND (
      started_at IS NOT NULL
      OR EXISTS (SELECT 1 FROM labeling_event WHERE session_id = session.id)
      OR EXISTS (SELECT 1 FROM labeling_kit WHERE session_id = session.id)
      OR EXISTS (SELECT 1 FROM labeling_paper WHERE session_id = session.id))`;
    return this.db.get(started, studyId, setHash) !== undefined;
  }

  get(id: number): SessionRecord | undefined {
    return this.db.get<SessionRecord>(`SELECT ${columns} ${from} WHERE session.id = ?`, id);
  }

  byToken(token: string): SessionRecord | undefined {
    return this.db.get<SessionRecord>(`SELECT ${columns} ${from} WHERE token = ?`, token);
  }

  /** The labeler's session; a labeler has one at most. */
  findByLabeler(labelerId: number): SessionRecord | undefined {
    return this.db.get<SessionRecord>(`SELECT ${columns} ${from} WHERE labeler_id = ?`, labelerId);
  }

  /** In order of creation. */
  ofStudy(studyId: number): SessionRecord[] {
    return this.db.all<SessionRecord>(
      `SELECT ${columns} ${from} WHERE session.study_id = ? ORDER BY session.place`,
      studyId,
    );
  }

  /** Whether anybody was last seen labeling on a screen between two times. */
  isAnyActiveBetween(from: number, to: number): boolean {
    const sql = `SELECT 1 FROM ${present} WHERE state = 'active' AND last_seen_at BETWEEN ? AND ?`;
    return this.db.get(sql, from, to) !== undefined;
  }

  /** Whether a plan of sessions is saved. */
  hasPlan(studyId: number): boolean {
    return this.db.get('SELECT 1 FROM labeling_plan WHERE study_id = ?', studyId) !== undefined;
  }
}
