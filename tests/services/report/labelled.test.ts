import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import type { TrialEvent } from '../../../main/contract/labeling/volunteer.ts';
import { labelingOf } from '../../../main/services/report/labelled.ts';
import { openLab } from '../lab/lab-helper.ts';
import { addStimuli, answer, makeSessions, screen, studyName } from '../labeling/labeling-helper.ts';

it('answers that are no label are counted by their reason, as the database has them', async () => {
  const at = openLab();
  const { storage } = at.lab.bench;
  addStimuli(storage);
  const limit = { imageSeconds: 5, sessionMinutes: null };
  for (const { token } of await makeSessions(at, 2, { cannotTell: 'Can’t tell', timeLimit: limit })) {
    const sitting = randomUUID();
    const { trials } = await at.client.labeling.volunteer.open({ token, sitting, screen });
    const events = Array.from({ length: trials }, (_, trial): TrialEvent => {
      if (trial % 5 === 1) return { ...answer(trial, trial, null), kind: 'timeout' };
      return answer(trial, trial, trial % 5 === 3 ? -1 : trial % 3);
    });
    await at.client.labeling.volunteer.tell({ token, sitting, events });
    await at.client.labeling.volunteer.finish({ token, sitting, leaveBlank: false });
  }
  const id = storage.studies.byName(studyName)?.id ?? 0;
  const found = labelingOf(at.lab.bench, id);
  const database = new DatabaseSync(join(storage.folder, 'workbench.sqlite'), { readOnly: true });
  const missing = Number(database.prepare('SELECT count(*) AS n FROM response WHERE label IS NULL').get()?.n);
  database.close();
  expect(found?.cannotTell).toBeGreaterThan(5);
  expect(found?.timedOut).toBeGreaterThan(5);
  expect((found?.cannotTell ?? 0) + (found?.timedOut ?? 0)).toBe(missing);
});
