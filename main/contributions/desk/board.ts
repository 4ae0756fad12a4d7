import { findStudy, type Workbench } from '../../services/workbench/index.ts';
import { iso, isoOrNull } from '../../services/tools/index.ts';
import type { SessionRecord } from '../../storage/labeling/index.ts';
import type { Board, BoardRow } from './contract/board.ts';
import { toSavedPlan } from './plans.ts';
import type { DeskService } from './service.ts';
import type { SessionCounts } from './storage/sessions.ts';
import { deskTables } from './storage/tables.ts';
import { sessionTables } from '../sessions/storage/tables.ts';

/** The plan of the study's sessions and their progress, without labels. @throws UserError `study.not-found` */
export function readBoard(service: DeskService, studyName: string): Board {
  const { workbench, pins } = service;
  const { storage } = workbench;
  const study = findStudy(workbench, studyName);
  const plan = sessionTables(storage).plans.newest(study.id);
  return {
    plan: plan ? toSavedPlan(plan) : null,
    hasPin: pins.has(study.id),
    sessions: boardRows(workbench, study.id),
    withdrawn: storage.labeling.withdrawals.datesOfStudy(study.id).map((at) => ({ at: iso(at) })),
  };
}

export function boardRows({ storage }: Workbench, studyId: number): BoardRow[] {
  return deskTables(storage).sessions.board(studyId).map(toRow);
}

function toRow(session: SessionRecord & SessionCounts): BoardRow {
  const { id, token, pseudonym, medium, state, planVersion, answered, blocks, sittings, focusLost, isUsed } = session;
  return {
    id,
    token,
    pseudonym,
    medium,
    state,
    planVersion,
    answered,
    blocks,
    sittings,
    focusLost,
    isUsed,
    imagesLeft: session.imagesLeft,
    excluded: session.excluded,
    secondWindows: session.secondWindows,
    trials: session.trialCount,
    at: session.at ? { trial: session.atTrial ?? 0, kind: session.at.kind, block: session.at.block } : null,
    createdAt: iso(session.createdAt),
    startedAt: isoOrNull(session.startedAt),
    lastSeenAt: isoOrNull(session.lastSeenAt),
    finishedAt: isoOrNull(session.finishedAt),
  };
}
