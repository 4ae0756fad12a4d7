import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { TrialEvent } from '../../../main/contributions/sessions/contract/volunteer.ts';
import { madeOnce } from '../../made-once.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { hour, openedKit, resultFile, sitting } from '../offline/kit-results.ts';
import { labelAll, makeSessions } from '../desk/make-sessions.ts';
import { addStimuli, answer, screen, studyName, upload } from '../../services/labeling/labeling-helper.ts';
import { openLab } from '../../services/lab/lab-helper.ts';
import type { TestLab } from '../../services/lab/lab-helper.ts';

const secretPin = '493817';

/** A copy of a lab with a study that people labeled in all ways: one of each session there is. */
export async function labeledLab() {
  const dataFolder = join(temporaryFolder(), 'data');
  const sessions = await madeOnce('labeled-study', dataFolder, async (folder) => {
    const it = openLab(folder);
    const made = await labelInAllWays(it);
    await it.lab.close();
    return made;
  });
  return { it: openLab(dataFolder), ...sessions };
}

async function labelInAllWays(it: TestLab) {
  const { client, lab } = it;
  addStimuli(lab.workbench.storage);
  const change = { timeLimit: { imageSeconds: 5, sessionMinutes: null }, cannotTell: 'No idea' };
  const [done, excluded, open, gone, declined, unused] = await makeSessions(it, 6, { ...change, consent: 'Agreed?' });
  if (!done || !excluded || !open || !gone || !declined || !unused) throw new Error('no sessions');
  for (const { token } of [done, excluded, gone]) {
    await agree(it, token, true);
    await labelAll(it, token);
  }
  await client.desk.sessions.exclude({ session: excluded.id, reason: 'fell asleep, twice' });
  await half(it, open.token);
  await agree(it, declined.token, false);
  await client.desk.setPin({ study: studyName, pin: secretPin });
  const kit = await kitSession(it);
  const typed = await paperSession(it);
  await client.desk.sessions.withdraw({ session: gone.id });
  return { done, excluded, open, gone, declined, unused, kit, typed };
}

async function agree({ client }: TestLab, token: string, agrees: boolean) {
  const page = { token, sitting: randomUUID() };
  await client.desk.volunteer.open({ ...page, screen });
  await client.desk.volunteer.consent({ ...page, agrees });
  return page;
}

/** Changes, an undo, a late answer, notes, and a second sitting; not finished. */
async function half(it: TestLab, token: string): Promise<void> {
  const { volunteer } = it.client.desk;
  await agree(it, token, true);
  const events: TrialEvent[][] = [
    [answer(0, 0, 1), answer(1, 0, 2), answer(2, 1, 1), answer(3, 1, null), { ...answer(4, 2, 0), atMs: 30_000 }],
    [answer(1, 5, -1), answer(2, 0, 0)],
  ];
  for (const told of events) {
    const page = { token, sitting: randomUUID() };
    await volunteer.open({ ...page, screen });
    await volunteer.addEvents({ ...page, events: told });
    const note = { kind: 'focus-lost' as const, trial: 1, atMs: 3456.7 };
    await volunteer.addNotes({ ...page, notes: [{ ...note, seq: 10 }] });
  }
}

async function kitSession(it: TestLab) {
  const { client } = it;
  const [row] = await makeSessions(it, 1, { practice: 0, repeats: 0, attention: 0 }, 'kit');
  const kit = openedKit(await client.offline.makeKit({ study: studyName, sessions: [row?.id ?? 0] }));
  const [own] = kit.sessions;
  if (!row || !own) throw new Error('no session in the kit');
  const events = Array.from({ length: 33 }, (_, trial) => answer(trial, trial, 2));
  const later = sitting([answer(0, 3, 1)], randomUUID(), hour(3));
  for (const sittings of [[later], [sitting(events), later]]) {
    const file = await upload(it, 'result.json', resultFile(kit, own, { sittings, finished: sittings.length > 1 }));
    await client.offline.applyResult({ study: studyName, upload: file });
  }
  return { ...row, key: own.key };
}

async function paperSession(it: TestLab) {
  const { client } = it;
  const [row] = await makeSessions(it, 1, { practice: 0, repeats: 0, attention: 0 }, 'paper');
  if (!row) throw new Error('no session on paper');
  for (const pass of [1, 2] as const) {
    const entries = Array.from({ length: 33 }, (_, trial) => {
      return { pass, trial, choice: trial === 4 ? ('blank' as const) : trial % 3 };
    });
    await client.offline.enterPaper({ session: row.id, entries });
  }
  await client.offline.acceptPaper({ session: row.id, leaveBlank: true });
  return row;
}

/** What must be in no archive. */
export const secretsOf = ({ kit, gone, ...rows }: Awaited<ReturnType<typeof labeledLab>>): string[] => [
  ...[secretPin, kit.key, Buffer.from(kit.key, 'base64').toString('hex'), gone.pseudonym, gone.token],
  ...[rows.done, rows.excluded, rows.open, rows.declined, rows.unused, rows.typed, kit].map(({ token }) => token),
];
