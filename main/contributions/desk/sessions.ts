import { setImmediate } from 'node:timers/promises';
import type { BoardRow } from './contract/board.ts';
import type { Medium, Trial } from '../sessions/contract/plan.ts';
import { layOutTrials } from './analysis/order.ts';
import { newSessionToken, type SessionRecord, sessionSource } from '../../storage/labeling/index.ts';
import type { PlanRecord } from '../sessions/storage/plans.ts';
import type { StimulusSetRecord, StudyRecord } from '../../storage/index.ts';
import type { Workbench } from '../../services/workbench/index.ts';
import { boardRows } from './board.ts';
import {
  addLabeler,
  findSession,
  newPseudonym,
  refuseLocked,
  removeLabeler,
  studyWithStimuli,
  takenNames,
} from '../../services/labels/index.ts';
import type { DeskService } from './service.ts';
import { refuseLockedLabels } from './find.ts';
import { checkAnswers } from './plans.ts';
import { deskRefusals } from './refusals.ts';
import { deskTables } from './storage/tables.ts';
import { sessionTables } from '../sessions/storage/tables.ts';

/**
 * Creates sessions from the newest plan, each with its own pseudonym, address and order.
 * @throws UserError `study.not-found`, `labeling.no-stimuli`, `labeling.no-plan`, `labeling.names`, `labeling.keys`,
 *   `labeling.locked`
 */
export async function createSessions(
  service: DeskService,
  studyName: string,
  count: number,
  medium: Medium,
): Promise<BoardRow[]> {
  const { storage } = service.workbench;
  const { study, set } = studyWithStimuli(service.workbench, studyName);
  const plan = sessionTables(storage).plans.newest(study.id);
  if (!plan) throw deskRefusals.noPlan(studyName);
  // The stimuli may have changed since the plan was saved.
  checkAnswers(plan.plan, set);
  const orders = new Map<number, Trial[]>();
  const order = (place: number): Trial[] => orders.get(place) ?? layOutTrials(set.images, plan.plan, place);
  const first = deskTables(storage).sessions.nextPlace(study.id);
  for (let place = first; place < first + count; place++) {
    orders.set(place, order(place));
    // Long orders take time. Answers of volunteers must be stored meanwhile.
    await setImmediate();
  }
  const created = addSessions(service.workbench, { study, set, plan }, { count, medium, order });
  service.notify(created);
  return boardRows(service.workbench, study.id).filter(({ id }) => created.includes(id));
}

function addSessions(
  workbench: Workbench,
  { study, set, plan }: { study: StudyRecord; set: StimulusSetRecord; plan: PlanRecord },
  { count, medium, order }: { count: number; medium: Medium; order: (place: number) => Trial[] },
): number[] {
  const { storage, now } = workbench;
  return storage.transaction(() => {
    refuseLocked(workbench, study.id);
    const isTaken = takenNames(workbench, study.id);
    const first = deskTables(storage).sessions.nextPlace(study.id);
    return Array.from({ length: count }, (_, index) => {
      const token = newSessionToken();
      const labeler = { pseudonym: newPseudonym(isTaken), simulated: false, source: sessionSource(token) };
      const place = first + index;
      return deskTables(storage).sessions.add(
        {
          studyId: study.id,
          planId: plan.id,
          setHash: set.hash,
          medium,
          place,
          token,
          labelerId: storage.labelers.ensure(labeler, now()),
          trials: order(place),
        },
        now(),
      );
    });
  });
}

/**
 * Removes an unused session. A session with a kit is in use: its key verifies the result file.
 * @throws UserError `labeling.no-session`, `labeling.begun`
 */
export function removeSession(service: DeskService, id: number): void {
  const { storage } = service.workbench;
  storage.transaction(() => {
    const session = findSession(service.workbench, id);
    const use = deskTables(storage).sessions.readUse(id);
    if (use !== null) throw deskRefusals.begun(session.pseudonym, use);
    deskTables(storage).sessions.remove(id);
  });
  service.notify();
}

/** @throws UserError `labeling.no-session`, `labeling.locked` */
export function excludeSession(service: DeskService, id: number, reason: string): void {
  change(service, id, (workbench, session) => {
    deskTables(workbench.storage).sessions.setExcluded(id, reason);
    removeLabeler(workbench, session);
  });
}

/** @throws UserError `labeling.no-session`, `labeling.locked` */
export function includeSession(service: DeskService, id: number): void {
  change(service, id, (workbench, session) => {
    deskTables(workbench.storage).sessions.setExcluded(id, null);
    if (session.state === 'finished') addLabeler(workbench, session);
  });
}

/**
 * A time limit starts again. Who had declined has not begun, and is asked again.
 * @throws UserError `labeling.no-session`, `labeling.locked`, `labeling.not-finished`
 */
export function reopenSession(service: DeskService, id: number): void {
  change(service, id, (workbench, session) => {
    refuseLockedLabels(workbench, session);
    if (session.state !== 'finished' && session.state !== 'declined') throw deskRefusals.notFinished(session.pseudonym);
    const { sessions } = deskTables(workbench.storage);
    sessions.setState(id, session.state === 'declined' ? 'planned' : 'active', workbench.now());
    sessions.restartClock(id);
    removeLabeler(workbench, session);
  });
}

function change(service: DeskService, id: number, work: (workbench: Workbench, session: SessionRecord) => void): void {
  const { workbench } = service;
  const session = findSession(workbench, id);
  refuseLocked(workbench, session.studyId);
  workbench.storage.transaction(() => work(workbench, session));
  service.notifyLabels();
}
