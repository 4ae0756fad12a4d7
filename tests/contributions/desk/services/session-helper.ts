import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { deskOf } from '../../../../main/contributions/desk/service.ts';
import type { LabelingPlan, Medium } from '../../../../main/contributions/sessions/contract/plan.ts';
import type { SessionNote, TrialEvent } from '../../../../main/contributions/sessions/contract/volunteer.ts';
import { savePlan } from '../../../../main/contributions/desk/plans.ts';
import { deskTables } from '../../../../main/contributions/desk/storage/tables.ts';
import { createSessions } from '../../../../main/contributions/desk/sessions.ts';
import { openSession } from '../../../../main/contributions/desk/volunteer.ts';
import { openLab } from '../../../services/lab/lab-helper.ts';
import { addStimuli, plan, screen, studyName } from '../../../services/labeling/labeling-helper.ts';

export const start = Date.parse('2026-03-04T05:06:07.008Z');
export const bare = { practice: 0, attention: 0, repeats: 0, order: { seed: 5, apart: 1, blocks: 1 } };

/** A session over three images of each alpha, by default nine, and the clock of the workbench. */
export async function withSession(change: Partial<LabelingPlan> = {}, medium: Medium = 'screen', alphas = 3) {
  const { lab } = openLab();
  const { workbench } = lab;
  const service = deskOf(lab);
  const clock = { now: start };
  Object.assign(workbench, { now: () => clock.now });
  const hash = addStimuli(workbench.storage, alphas);
  savePlan(service, studyName, plan({ ...bare, ...change }));
  const [row] = await createSessions(service, studyName, 1, medium);
  if (!row) throw new Error('no session');
  const stored = { ...workbench.storage.labeling, ...deskTables(workbench.storage) };
  const page = { token: row.token, sitting: randomUUID() };
  return {
    lab,
    workbench,
    service,
    clock,
    hash,
    stored,
    page,
    id: row.id,
    token: row.token,
    studyId: workbench.storage.studies.byName(studyName)?.id ?? 0,
    record: () => {
      const session = stored.sessions.get(row.id);
      if (!session) throw new Error('no session');
      return session;
    },
    open: (sitting = page.sitting, openedMs: number | null = 0) =>
      openSession(service, { token: row.token, sitting }, { screen, openedMs }),
  };
}

export const given = (
  seq: number,
  trial: number,
  choice: number | null,
  shownMs = seq,
  atMs = shownMs,
): TrialEvent => ({
  seq,
  trial,
  kind: choice === null ? 'undo' : 'answer',
  choice,
  shownMs,
  atMs,
});
export const runOut = (seq: number, trial: number, atMs = seq): TrialEvent => ({
  seq,
  trial,
  kind: 'timeout',
  choice: null,
  shownMs: atMs,
  atMs,
});
export const note = (seq: number, kind: SessionNote['kind'], atMs: number): SessionNote => ({
  seq,
  kind,
  trial: null,
  atMs,
});

export const code = (name: string) => expect.objectContaining({ code: `labeling.${name}` });
