import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { SessionNote } from '../../../../main/contributions/sessions/contract/volunteer.ts';
import { openedKit, resultFile, sitting } from '../kit-results.ts';
import { answer, studyName, upload } from '../../../services/labeling/labeling-helper.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { focused } from '../../desk/page/sessions.ts';
import { hasBrowser, screenshot, violations } from '../../../renderer/harness.ts';
import { button } from '../../desk/screen/prepare.ts';
import { labelOn, openKit, otherComputer, readIn, savedKit, saveResult } from './computers.ts';

const note = (seq: number, kind: SessionNote['kind'], atMs: number): SessionNote => ({ seq, kind, trial: null, atMs });

test.skipIf(!hasBrowser)(
  'a kit knows the time that was used before it, keeps it over a reload, ends, and its result says so',
  async () => {
    const timeLimit = { imageSeconds: null, sessionMinutes: 1 };
    const change = { practice: 0, repeats: 0, attention: 0, timeLimit };
    const { page, address } = await savedKit(1, change, {
      before: async (it, [session]) => {
        // Of an earlier kit: ten seconds, for one image.
        const kit = openedKit(await it.client.offline.makeKit({ study: studyName, sessions: [session?.id ?? 0] }));
        const [own] = kit.sessions;
        if (!own) throw new Error('no session in the kit');
        const notes = [note(1, 'work-began', 0), note(2, 'working', 10_000)];
        const before = resultFile(kit, own, { sittings: [sitting([answer(0, 0, 2)], undefined, undefined, notes)] });
        await it.client.offline.applyResult({ study: studyName, upload: await upload(it, 'a.json', before) });
      },
    });
    const other = await otherComputer(join(temporaryFolder(), 'profile'));
    await other.clock.install();
    const kit = await openKit(other, address);
    await kit.getByText('Less than a minute left.', { exact: false }).waitFor();
    await button(kit, 'Continue').click();
    await labelOn(kit, 4, () => '1');
    await expect.poll(() => focused(kit)).toBe(4);
    expect(await violations(kit)).toEqual([]);
    await screenshot(kit, 'kit-time-left');
    await kit.reload();
    await button(kit, 'Continue').click();
    await labelOn(kit, 5, () => '3');
    await expect.poll(() => focused(kit)).toBe(5);
    await kit.clock.fastForward(50_000);
    await kit.getByText('The time is up. You are done. Now save the result file.', { exact: false }).waitFor();
    expect(await violations(kit)).toEqual([]);
    await screenshot(kit, 'kit-time-up');
    await kit.reload();
    await kit.getByText('The time is up. You are done. Now save the result file.', { exact: false }).waitFor();
    await readIn(page, await saveResult(kit, 'result.json'));
    const dialog = page.getByRole('dialog');
    await dialog.getByText('ended by the time limit').waitFor();
    await dialog.getByRole('button', { name: 'Import the answers' }).click();
    await page.getByText('Time up, 28 unanswered').waitFor();
    expect(await violations(page)).toEqual([]);
  },
);

test.skipIf(!hasBrowser)(
  'the researcher hears of answers that came after their time, and of impossible dates, before they are taken in',
  async () => {
    const change = { practice: 0, repeats: 0, attention: 0, timeLimit: { imageSeconds: 5, sessionMinutes: null } };
    const [path, misdated] = [join(temporaryFolder(), 'late.json'), join(temporaryFolder(), 'misdated.json')];
    const { page } = await savedKit(1, change, {
      before: async (it, [session]) => {
        const kit = openedKit(await it.client.offline.makeKit({ study: studyName, sessions: [session?.id ?? 0] }));
        const [own] = kit.sessions;
        if (!own) throw new Error('no session in the kit');
        const events = [answer(0, 0, 2), { ...answer(1, 1, 2), atMs: 20_000 }];
        writeFileSync(path, resultFile(kit, own, { sittings: [sitting(events)] }));
        const never = sitting([answer(0, 3, 1)], undefined, '9999-12-31T12:00:00.000Z');
        writeFileSync(misdated, resultFile(kit, own, { sittings: [never] }));
      },
    });
    await readIn(page, path);
    const dialog = page.getByRole('dialog');
    await dialog.getByText('1, stored but not counted').waitFor();
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'kit-late');
    await dialog.getByRole('button', { name: 'Import the answers' }).click();
    await page.getByText(/^Imported 2 new events of P-/).waitFor();
    await readIn(page, misdated);
    await dialog.getByText(/^1 sitting in the file has a date that cannot be right: Dec 31, 9999/).waitFor();
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'kit-misdated');
  },
);
