import { setTimeout as wait } from 'node:timers/promises';
import { makeSessions } from '../contributions/desk/make-sessions.ts';
import type { Attack, Step } from './campaign.ts';
import { Host } from './host.ts';
import { acknowledgedBy, copyData, Labeler, labelersOf, openLab, verify } from './world.ts';

const year = 365.25 * 24 * 3600_000;

/** Jumps that happen: a flat battery, a wrong century, a time server that mends an hour. */
const jumps = [0, 3600_000, -3600_000, 26 * 3600_000, -26 * 3600_000, 10 * year, -10 * year, -55 * year, 200 * year];

/** The clock jumps while people label and between starts: every answer stays, in its order, and no time is up by it. */
async function step(step: Step): Promise<void> {
  const { random, tally, short } = step;
  const dataFolder = copyData(step, step.template.data);
  const labelers = [...labelersOf(step, 1), await timedLabeler(step, dataFolder)];
  for (let start = short ? 1 : 3; start > 0; start--) {
    const clock = jumps[random.int(jumps.length)] ?? 0;
    const host = new Host(step, { dataFolder, during: 'clock jumps', clock });
    const client = await host.connect();
    for (const labeler of labelers) tally.lost.push(...(await labeler.open(client)));
    const labeling = labelers.map((labeler) => labeler.label(client, () => host.process.exitCode !== null));
    for (let jump = 0; jump < 4; jump++) {
      host.shiftClock(jumps[random.int(jumps.length)] ?? 0);
      tally.count('jumps');
      const before = acknowledgedBy(labelers);
      while (acknowledgedBy(labelers) < before + 4 && labelers.every(({ refusals }) => refusals.length === 0))
        await wait(2);
      host.during = 'clock jumps, backup';
      if (random.int(3) === 0) await client.machine.backUp({});
      host.during = 'clock jumps, board and overview';
      await client.desk.board({ study: 'small' });
      await client.overview.get({ study: 'small' });
      host.during = 'clock jumps';
    }
    tally.faults.push(...host.defects);
    if (random.int(2) === 0) await host.kill();
    else await host.stop();
    await Promise.race([Promise.all(labeling), wait(50)]);
  }
  for (const { refusals } of labelers)
    for (const code of refusals) tally.faults.push(`after a jump: refused as ${code}`);
  const host = new Host(step, { dataFolder, during: 'after clock jumps' });
  const client = await host.connect();
  for (const labeler of labelers) tally.lost.push(...(await labeler.open(client)));
  await host.stop();
  verify(dataFolder, labelers, tally);
}

/** One whose session has a limit of 30 minutes, of which they use seconds. */
async function timedLabeler(step: Step, dataFolder: string): Promise<Labeler> {
  const { lab, client } = openLab(dataFolder);
  const timeLimit = { imageSeconds: null, sessionMinutes: 30 };
  const [session] = await makeSessions({ client }, 1, { consent: null, repeats: 20, timeLimit });
  await lab.close();
  if (!session) throw new Error('no session was made');
  return new Labeler(session, step.random);
}

export const clocks: Attack = { name: 'clocks', unit: 'jumps', weight: 0.5, obstacle: () => null, step };
