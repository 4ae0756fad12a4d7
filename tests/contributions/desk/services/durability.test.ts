import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ORPCError } from '@orpc/client';
import { expect, onTestFinished, test } from 'vitest';
import type { TrialEvent } from '../../../../main/contributions/sessions/contract/volunteer.ts';
import { randomStream } from '../../../../main/domain/random/random.ts';
import { openStorage } from '../../../../main/storage/open.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { openLab } from '../../../services/lab/lab-helper.ts';
import { callHost, type CalledHost } from '../../../services/labeling/host-client.ts';
import { makeSessions } from '../make-sessions.ts';
import { addStimuli, answer, screen } from '../../../services/labeling/labeling-helper.ts';
import { sessionTables } from '../../../../main/contributions/sessions/storage/tables.ts';

/** Kills in the suite; BOUNDARY_KILLS=200 for what docs/performance.md reports. */
const kills = Number(process.env.BOUNDARY_KILLS ?? 3);

/** A session in a data folder whose host is not running. */
async function prepared(alphas: number): Promise<{ dataFolder: string; id: number; token: string; trials: number }> {
  const it = openLab(join(temporaryFolder(), 'data'));
  addStimuli(it.lab.workbench.storage, alphas);
  const [session] = await makeSessions(it, 1, { repeats: 20 });
  await it.lab.close();
  if (!session) throw new Error('no session');
  return { dataFolder: it.dataFolder, id: session.id, token: session.token, trials: session.trials };
}

/** How the page names itself. */
interface Page {
  token: string;
  sitting: string;
}

/** What a volunteer's page knows: what was accepted, and the one event whose answer has not come. */
class Volunteer {
  readonly accepted: (number | null)[];
  pending: TrialEvent | null = null;
  told = 0;

  constructor(trials: number) {
    this.accepted = new Array<number | null>(trials).fill(null);
  }

  /** Answers one image after another, and takes one in seven back, until the host is gone or it has done its part of this round. */
  async label(host: CalledHost, page: Page, start: number | null, random: ReturnType<typeof randomStream>) {
    let seq = 0;
    const all = this.accepted.length;
    const end = Math.min(all, (start ?? all) + all / kills);
    for (let trial = start ?? all; trial < end; trial++) {
      const isBack = random.int(7) === 0;
      const said = isBack ? [random.int(3), null, random.int(3)] : [random.int(3)];
      for (const choice of said) {
        this.pending = answer(seq++, trial, choice);
        try {
          await host.client.desk.volunteer.addEvents({ ...page, events: [this.pending] });
        } catch (error) {
          if (error instanceof ORPCError && error.code === 'REFUSED') throw error;
          return;
        }
        this.accepted[trial] = choice;
        this.pending = null;
        this.told += 1;
      }
    }
  }
}

test(`the host killed -9 at ${kills} random moments of a session: every accepted label is there, in its place`, {
  timeout: 60_000 + kills * 10_000,
}, async () => {
  const { dataFolder, id, token, trials } = await prepared(80 * kills);
  const random = randomStream(11, 'kill-labeling');
  const volunteer = new Volunteer(trials);
  let killed = 0;
  for (let round = 0; round < kills; round++) {
    const host = await callHost(dataFolder);
    onTestFinished(() => void host.process.kill('SIGKILL'));
    const page = { token, sitting: randomUUID() };
    const view = await host.client.desk.volunteer.open({ ...page, screen });
    expectAccepted(volunteer, view.answers);
    // Labeled in order, so the image to go on with is the first without a label: one that was taken back, or a new one.
    expect(view.next).toBe(view.answers.indexOf(null));
    const before = volunteer.told;
    const done = volunteer.label(host, page, view.next, random);
    await new Promise((resolve) => setTimeout(resolve, 20 + random.int(150)));
    while (volunteer.told < before + 4 && host.process.exitCode === null) await new Promise((go) => setTimeout(go, 5));
    if (host.process.exitCode === null && host.process.kill('SIGKILL')) killed += 1;
    await Promise.all([host.ended, Promise.race([done, host.ended])]);
    host.close();
  }
  expect(killed).toBe(kills);
  expect(volunteer.told).toBeGreaterThan(kills * 3);
  const storage = openStorage(dataFolder);
  expectAccepted(volunteer, sessionTables(storage).log.choices(id, trials));
  const session = storage.labeling.sessions.get(id);
  expect(session?.answered).toBe(
    sessionTables(storage)
      .log.choices(id, trials)
      .filter((choice) => choice !== null).length,
  );
  storage.close();
});

/** What was accepted is there; the one that was under way may be, or not. */
function expectAccepted(volunteer: Volunteer, answers: readonly (number | null)[]): void {
  const { pending } = volunteer;
  if (pending && answers[pending.trial] === pending.choice) volunteer.accepted[pending.trial] = pending.choice;
  volunteer.pending = null;
  expect(answers).toEqual(volunteer.accepted);
}

test('a clock that jumps changes no time and no order', async () => {
  const it = openLab();
  addStimuli(it.lab.workbench.storage);
  const [session] = await makeSessions(it);
  if (!session) throw new Error('no session');
  const jumps = [1_800_000_000_000, 1_700_000_000_000, 4_000_000_000_000, 1_000_000_000_000];
  const clock = it.lab.workbench as { now: () => number };
  const [token, sitting] = [session.token, randomUUID()];
  for (const [trial, now] of jumps.entries()) {
    clock.now = () => now;
    await it.client.desk.volunteer.open({ token, sitting, screen });
    await it.client.desk.volunteer.addEvents({ token, sitting, events: [answer(trial, trial, 1)] });
  }
  await it.client.desk.volunteer.addEvents({ token, sitting, events: [answer(4, 0, 2)] });
  const events = sessionTables(it.lab.workbench.storage).log.events(session.id);
  expect(events.map(({ atMs, shownMs }) => atMs - shownMs)).toEqual([600, 600, 600, 600, 600]);
  const view = await it.client.desk.volunteer.open({ token, sitting, screen });
  expect(view.answers.slice(0, 5)).toEqual([2, 1, 1, 1, null]);
});
