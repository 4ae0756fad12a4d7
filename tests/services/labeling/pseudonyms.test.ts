import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { expect, onTestFinished, test } from 'vitest';
import { openLab } from '../lab/lab-helper.ts';
import { makeSessions } from '../../contributions/desk/make-sessions.ts';
import { addStimuli, studyName } from './labeling-helper.ts';

const real: (min: number, max?: number) => number = crypto.randomInt;

/** Lets chance draw the same four signs once more. */
function drawAgain(): void {
  let left = 4;
  const first: typeof real = (min, max) => (left-- > 0 ? 0 : real(min, max));
  Object.assign(crypto, { randomInt: first });
  syncBuiltinESMExports();
  onTestFinished(() => {
    Object.assign(crypto, { randomInt: real });
    syncBuiltinESMExports();
  });
}

test('a pseudonym is drawn for one person only, be they gone or not', async () => {
  const it = openLab();
  addStimuli(it.lab.workbench.storage);
  drawAgain();
  const [gone] = await makeSessions(it, 1);
  expect(gone?.pseudonym).toBe('P-AAAA');
  await it.client.desk.sessions.withdraw({ session: gone?.id ?? 0 });
  drawAgain();
  const [next] = await it.client.desk.sessions.create({ study: studyName, count: 1, medium: 'screen' });
  expect(next?.pseudonym).toMatch(/^P-(?!AAAA)\w{4}$/);
});
