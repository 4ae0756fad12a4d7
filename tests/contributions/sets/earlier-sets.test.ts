import { ORPCError } from '@orpc/client';
import { expect, test } from 'vitest';
import { labelAll, makeSessions } from '../desk/make-sessions.ts';
import { addStimuli, studyName as study } from '../../services/labeling/labeling-helper.ts';
import { openLab, type TestLab } from '../../services/lab/lab-helper.ts';

const refusal = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'nothing was refused',
    (error: unknown) => (error instanceof ORPCError ? (error.data as { code?: string } | undefined)?.code : error),
  );

/** Labels of two labelers for the first image of a set, who become the study's. */
function addLabels({ lab }: TestLab, setHash: string, simulated: boolean): number[] {
  const { storage } = lab.workbench;
  const rows = ['a', 'b'].map((pseudonym) => ({ imageId: 0, pseudonym, label: 0 }));
  const ids = storage.responses.importTable({ setHash, source: `csv:${simulated}`, simulated, rows }, 1);
  storage.studies.useLabelers(storage.studies.byName(study)?.id ?? 0, ids, 1);
  return ids;
}

test('an earlier set is used again with its declaration, labels and sessions, and so is the one after it', async () => {
  const it = openLab();
  const { storage } = it.lab.workbench;
  const { stimuli, sets, labeling } = it.client;
  const first = addStimuli(storage);
  const id = storage.studies.byName(study)?.id ?? 0;
  const declared = storage.studies.byName(study)?.spec;
  if (!declared) throw new Error('no study');
  const simulated = addLabels(it, first, true);
  const second = addStimuli(storage, 5);
  storage.studies.put(study, { ...declared, stimuli: { source: 'imported', path: 'other.zip' } }, 2);
  storage.studies.useLabelers(id, [], 2);
  expect(await sets.list({ study })).toMatchObject({
    sessions: 0,
    earlier: [{ hash: first, images: 33, pairs: 3, source: 'imported', labelers: 2, simulated: true, sessions: 0 }],
  });

  // A job would replace it again by the images of its own declaration.
  const job = it.lab.jobs.add({ kind: 'study', title: 'Run the study', study, link: null, goal: 'report' });
  expect(await refusal(sets.useAgain({ study, set: first }))).toBe('stimuli.being-made');
  job.end('stopped');
  await sets.useAgain({ study, set: first });
  expect((await stimuli.state({ study })).frozen).toMatchObject({ hash: first, labelers: 2, simulated: true });
  expect(storage.studies.byName(study)?.spec).toEqual(declared);
  expect(storage.labelers.ofStudy(id).map((labeler) => labeler.id)).toEqual(simulated);
  expect((await sets.list({ study })).earlier).toMatchObject([{ hash: second, images: 15, labelers: 0 }]);

  // People label the first set; those of them who finished come back with it, and simulated labelers do not.
  const rows = await makeSessions(it, 3);
  for (const { token } of rows.slice(0, 2)) await labelAll(it, token);
  await it.client.desk.sessions.exclude({ session: rows[1]?.id ?? 0, reason: 'asleep' });
  expect((await sets.list({ study })).sessions).toBe(3);
  await sets.useAgain({ study, set: second });
  expect((await labeling.state({ study })).people).toBe(0);
  expect((await sets.list({ study })).earlier).toMatchObject([
    { hash: first, labelers: 1, simulated: false, sessions: 3 },
  ]);
  await sets.useAgain({ study, set: first });
  expect((await labeling.state({ study })).people).toBe(1);
  expect((await stimuli.state({ study })).frozen).toMatchObject({ hash: first, labelers: 1, simulated: false });

  // Nothing changes under a lock, while somebody labels, or for a set of another study.
  await it.client.desk.sessions.remove({ session: rows[2]?.id ?? 0 });
  await labeling.lock.set({ study });
  expect(await refusal(sets.useAgain({ study, set: second }))).toBe('labeling.locked');
  await labeling.lock.open({ study });
  await it.client.desk.sessions.reopen({ session: rows[0]?.id ?? 0 });
  expect(await refusal(sets.useAgain({ study, set: second }))).toBe('labeling.active');
  expect(await refusal(sets.useAgain({ study, set: 'a'.repeat(64) }))).toBe('stimuli.unknown-set');
  expect((await stimuli.state({ study })).frozen?.hash).toBe(first);
  expect(it.defects).toEqual([]);
});
