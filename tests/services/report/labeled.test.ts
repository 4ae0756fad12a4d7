import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { wholeReport } from '../../../main/contract/api/report.ts';
import type { TrialEvent } from '../../../main/contributions/sessions/contract/volunteer.ts';
import { reportLabeling } from '../../../main/services/report/labeled.ts';
import { writeChosenReport } from '../../../main/services/report/write.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { openLab } from '../lab/lab-helper.ts';
import { labelAll, makeSessions } from '../../contributions/desk/make-sessions.ts';
import { addStimuli, answer, screen, studyName } from '../labeling/labeling-helper.ts';

it('answers that are no label are counted by their reason, as the database has them', async () => {
  const at = openLab();
  const { storage } = at.lab.workbench;
  addStimuli(storage);
  const limit = { imageSeconds: 5, sessionMinutes: null };
  for (const { token } of await makeSessions(at, 2, { cannotTell: 'Can’t tell', timeLimit: limit })) {
    const sitting = randomUUID();
    const { trials } = await at.client.desk.volunteer.open({ token, sitting, screen });
    const events = Array.from({ length: trials }, (_, trial): TrialEvent => {
      if (trial % 5 === 1) return { ...answer(trial, trial, null), kind: 'timeout' };
      return answer(trial, trial, trial % 5 === 3 ? -1 : trial % 3);
    });
    await at.client.desk.volunteer.addEvents({ token, sitting, events });
    await at.client.desk.volunteer.finish({ token, sitting, leaveBlank: false });
  }
  const id = storage.studies.byName(studyName)?.id ?? 0;
  const found = reportLabeling(at.lab.workbench, id);
  const database = new DatabaseSync(join(storage.folder, 'workbench.sqlite'), { readOnly: true });
  const missing = Number(database.prepare('SELECT count(*) AS n FROM response WHERE label IS NULL').get()?.n);
  database.close();
  expect(found?.cannotTell).toBeGreaterThan(5);
  expect(found?.timedOut).toBeGreaterThan(5);
  expect((found?.cannotTell ?? 0) + (found?.timedOut ?? 0)).toBe(missing);
});

it('a report of locked labels names their hash, who was excluded, and why', async () => {
  const at = openLab();
  addStimuli(at.lab.workbench.storage);
  const sessions = await makeSessions(at, 3);
  for (const { token } of sessions) await labelAll(at, token);
  const [out] = sessions;
  const { client, lab } = at;
  await client.desk.sessions.exclude({ session: out?.id ?? 0, reason: 'was asleep & <snored>' });
  const { hash } = await client.labeling.lock.set({ study: studyName });
  const folder = join(temporaryFolder(), 'report');
  const printer = { missing: 'nothing prints here', print: () => Promise.reject(new Error('not asked')) };
  await writeChosenReport(lab.workbench, studyName, wholeReport, { archive: null, folder }, printer);
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  expect(page).toContain(`hash ${hash}`);
  expect(page).toContain(`${out?.pseudonym} (was asleep &amp; &lt;snored&gt;)`);
});
