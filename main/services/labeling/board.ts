import type { Board, BoardRow, Lock } from '../../contract/labeling/board.ts';
import type { LockRecord, SessionCounts, SessionRecord } from '../../storage/index.ts';
import { findStudy } from '../tools/find-study.ts';
import type { Workbench } from '../tools/workbench.ts';
import { peopleOf } from '../labels/people.ts';
import type { LabelingDesk } from './desk.ts';
import { toSaved } from './plans.ts';

/** Who is where, and what the study's labeling rests on. No labels. @throws UserError `study.not-found` */
export function boardOf({ bench, pins }: LabelingDesk, studyName: string): Board {
  const { storage } = bench;
  const study = findStudy(bench, studyName);
  const setHash = storage.studies.stimuli(study.id);
  const plan = storage.labeling.plans.newest(study.id);
  const lock = storage.labeling.locks.current(study.id);
  const sessions = storage.labeling.sessions.board(study.id);
  const own = new Set(sessions.map(({ labelerId }) => labelerId));
  const others = storage.labelers.ofStudy(study.id).filter(({ id }) => !own.has(id));
  return {
    stimuli: setHash === undefined ? null : describe(bench, setHash),
    plan: plan ? toSaved(plan) : null,
    hasPin: pins.has(study.id),
    sessions: sessions.map(toRow),
    withdrawn: storage.labeling.withdrawals.ofStudy(study.id).map((at) => ({ at: iso(at) })),
    lock: lock ? toLock(lock) : null,
    people: peopleOf(bench, study.id).length,
    otherLabelers: {
      people: others.filter(({ simulated }) => !simulated).length,
      simulated: others.filter(({ simulated }) => simulated).length,
    },
  };
}

export function boardRows({ storage }: Workbench, studyId: number): BoardRow[] {
  return storage.labeling.sessions.board(studyId).map(toRow);
}

function describe({ storage: { stimulusSets } }: Workbench, hash: string): Board['stimuli'] {
  const header = stimulusSets.header(hash);
  if (!header) return null;
  const { width, height, classes } = header;
  const { images, ends } = stimulusSets.counts(hash);
  return { hash, images, width, height, classes, clear: ends };
}

function toRow(session: SessionRecord & SessionCounts): BoardRow {
  const { id, token, pseudonym, medium, state, planVersion, answered, blocks, sittings, focusLost, isUsed } = session;
  return {
    ...{ id, token, pseudonym, medium, state, planVersion, answered, blocks, sittings, focusLost, isUsed },
    ...{ imagesLeft: session.imagesLeft, excluded: session.excluded },
    secondWindows: session.secondWindows,
    trials: session.trialCount,
    at:
      state === 'active' && session.at
        ? { trial: session.atTrial ?? 0, kind: session.at.kind, block: session.at.block }
        : null,
    createdAt: iso(session.createdAt),
    startedAt: isoOrNull(session.startedAt),
    lastSeenAt: isoOrNull(session.lastSeenAt),
    finishedAt: isoOrNull(session.finishedAt),
  };
}

export function toLock({ hash, lockedAt, sessions, labels, reason }: LockRecord): Lock {
  return { hash, lockedAt: iso(lockedAt), sessions, labels, reason };
}

export const iso = (at: number): string => new Date(at).toISOString();
export const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));
