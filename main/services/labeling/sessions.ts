import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { BoardRow } from '../../contract/labeling/board.ts';
import type { Medium } from '../../contract/labeling/plan.ts';
import { layOutTrials } from '../../domain/labeling/order.ts';
import type { Workbench } from '../workbench.ts';
import { boardRows } from './board.ts';
import { countIn, countOut } from './counted.ts';
import type { LabelingDesk } from './desk.ts';
import { findSession, labelledStudy, refuseLocked } from './find.ts';
import { refusals } from './refusals.ts';

/** Letters and digits that nobody takes for one another. */
export const clearSigns = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';

/**
 * Makes sessions from the newest plan, each with a pseudonym, an address and an order of its own.
 * @throws UserError `study.not-found`, `labeling.no-stimuli`, `labeling.no-plan`, `labeling.locked`
 */
export function createSessions(desk: LabelingDesk, studyName: string, count: number, medium: Medium): BoardRow[] {
  const { bench } = desk;
  const { storage, now } = bench;
  const { study, set } = labelledStudy(bench, studyName);
  refuseLocked(bench, study.id);
  const plan = storage.labeling.plans.newest(study.id);
  if (!plan) throw refusals.noPlan(studyName);
  const made = storage.transaction(() => {
    const taken = new Set(storage.labeling.sessions.ofStudy(study.id).map(({ pseudonym }) => pseudonym));
    const first = storage.labeling.sessions.nextPlace(study.id);
    return Array.from({ length: count }, (_, index) => {
      const pseudonym = newPseudonym(taken);
      const labeler = { pseudonym, simulated: false, source: `labeling:${randomUUID()}` };
      const place = first + index;
      return storage.labeling.sessions.add(
        {
          ...{ studyId: study.id, planId: plan.id, setHash: set.hash, medium, place },
          labelerId: storage.labelers.ensure(labeler, now()),
          token: randomBytes(16).toString('base64url'),
          trials: layOutTrials(set.images, plan.plan, place),
        },
        now(),
      );
    });
  });
  desk.tell(made);
  return boardRows(bench, study.id).filter(({ id }) => made.includes(id));
}

/** Says nothing about the person, and not even who came first. */
function newPseudonym(taken: Set<string>): string {
  for (;;) {
    const pseudonym = `P-${Array.from({ length: 4 }, () => clearSigns[randomInt(clearSigns.length)]).join('')}`;
    if (taken.has(pseudonym)) continue;
    taken.add(pseudonym);
    return pseudonym;
  }
}

/** @throws UserError `labeling.no-session`, `labeling.begun` */
export function removeSession(desk: LabelingDesk, id: number): void {
  const { storage } = desk.bench;
  const session = findSession(desk.bench, id);
  if (session.startedAt !== null || storage.labeling.log.events(id).length > 0) throw refusals.begun(session.pseudonym);
  storage.labeling.sessions.remove(id);
  desk.tell();
}

/** @throws UserError `labeling.no-session`, `labeling.locked` */
export function excludeSession(desk: LabelingDesk, id: number, reason: string): void {
  change(desk, id, (bench, session) => {
    bench.storage.labeling.sessions.setExcluded(id, reason);
    countOut(bench, session);
  });
}

/** @throws UserError `labeling.no-session`, `labeling.locked` */
export function includeSession(desk: LabelingDesk, id: number): void {
  change(desk, id, (bench, session) => {
    bench.storage.labeling.sessions.setExcluded(id, null);
    if (session.state === 'finished') countIn(bench, session);
  });
}

/** @throws UserError `labeling.no-session`, `labeling.locked`, `labeling.not-finished` */
export function reopenSession(desk: LabelingDesk, id: number): void {
  change(desk, id, (bench, session) => {
    if (session.state !== 'finished' && session.state !== 'declined') throw refusals.notFinished(session.pseudonym);
    bench.storage.labeling.sessions.setState(id, session.startedAt === null ? 'planned' : 'active', bench.now());
    countOut(bench, session);
  });
}

function change(
  desk: LabelingDesk,
  id: number,
  work: (bench: Workbench, session: ReturnType<typeof findSession>) => void,
): void {
  const { bench } = desk;
  const session = findSession(bench, id);
  refuseLocked(bench, session.studyId);
  bench.storage.transaction(() => work(bench, session));
  desk.tell();
  desk.changes.tell('studies');
}
