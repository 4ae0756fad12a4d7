import { createHmac, randomUUID } from 'node:crypto';
import { truncateSync } from 'node:fs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { parser } from '../../../main/files/limits.ts';
import { removeUnfinishedImports } from '../../../main/services/tools/hidden-import.ts';
import { parsedHere } from '../../parsed-here.ts';
import { rowCounts } from '../../contributions/archives/archive-helper.ts';
import { openLab, type TestLab } from '../lab/lab-helper.ts';
import { addStimuli, makeSessions, singleLabels, studyName, upload } from './labeling-helper.ts';

/** Characters of JSON that the host may parse of a hostile file: nothing that takes long. */
const harmless = 2 ** 16;

/** What was refused, and the longest text that this process parsed meanwhile. */
async function refusal(work: () => Promise<unknown>): Promise<{ longest: number; data: unknown }> {
  const { longest, outcome } = await parsedHere(() =>
    work().then(
      () => undefined,
      (reason: unknown) => reason,
    ),
  );
  return { longest, data: outcome instanceof Error && 'data' in outcome ? outcome.data : outcome };
}

async function withSession(): Promise<{ it: TestLab; payload: (sittings: string) => string; key: Buffer }> {
  const it = openLab();
  const { storage } = it.lab.workbench;
  addStimuli(storage);
  const [session] = await makeSessions(it, 1, {}, 'kit');
  if (!session) throw new Error('no session');
  const [kit, key] = [randomUUID(), Buffer.alloc(32, 1)];
  storage.labeling.kits.add({ kit, sessionId: session.id, key }, 1);
  const head = { kit, session: session.token, pseudonym: session.pseudonym, finished: false, consented: false };
  return { it, key, payload: (sittings) => `${JSON.stringify(head).slice(0, -1)},"sittings":${sittings}}` };
}

const resultFile = (payload: string, signature: string): string =>
  JSON.stringify({ schema: 'boundary-workbench/labeling-kit-result/2', payload, signature });

/** JSON that takes much more memory than space. */
const nested = (mebibytes: number): string => `[${'{"a":[]},'.repeat((mebibytes * 2 ** 20) / 9)}{}]`;

test('a large result with a wrong signature is refused without being parsed, and holds nobody up', async () => {
  const { it, payload } = await withSession();
  const file = await upload(it, 'big.json', resultFile(payload(nested(25)), '0'.repeat(64)));
  const { longest, data } = await refusal(() => it.client.labeling.kit.inspect({ study: studyName, upload: file }));
  expect(data).toMatchObject({ code: 'labeling.kit-file', what: expect.stringContaining('signature') });
  expect(longest).toBeLessThan(harmless);
});

test('a signed result that is damaged, too long or too large is refused, whatever is in it', async () => {
  const { it, key, payload } = await withSession();
  const signed = (text: string) => resultFile(text, createHmac('sha256', key).update(text).digest('hex'));
  const inspect = async (text: string, size = text.length) => {
    const file = await upload(it, 'x.json', text);
    if (size !== text.length) truncateSync(it.lab.uploads.get(file).path, size);
    return refusal(() => it.client.labeling.kit.inspect({ study: studyName, upload: file }));
  };
  const damaged = await inspect(signed(payload(nested(10))));
  expect(damaged.data).toMatchObject({ what: 'This result file is damaged' });
  expect(damaged.longest).toBeLessThan(harmless);
  expect((await inspect('{}', 65 * 2 ** 20)).data).toMatchObject({ what: expect.stringContaining('at most 64 MiB') });
  // Its head says another kit than its content.
  const twice = payload('[]').replace('{', `{"kit":"${randomUUID()}",`);
  expect((await inspect(signed(twice))).data).toMatchObject({ what: 'This file comes from an unknown kit' });
});

test('labels.json that needs too much memory ends the process that reads it, and the next file is read', async () => {
  const { heap } = parser;
  onTestFinished(() => {
    parser.heap = heap;
  });
  parser.heap = 128 * 2 ** 20;
  const it = openLab();
  parser.heap = heap;
  addStimuli(it.lab.workbench.storage);
  const inspect = (file: string) =>
    it.client.labeling.tables.inspect({ study: studyName, upload: file, kind: 'single', mapping: null });
  const bad = await upload(it, 'labels.json', `{"sessions":${nested(30)}}`);
  const { longest, data } = await refusal(() => inspect(bad));
  expect(data).toMatchObject({ code: 'labeling.unreadable', what: expect.stringContaining('memory') });
  expect(data).toMatchObject({ where: 'labels.json', remedy: expect.stringMatching(/^Nothing was stored/) });
  expect(longest).toBeLessThan(harmless);
  const good = await upload(it, 'a.csv', 'image,labeler,label\n0,P1,1\n');
  expect(await inspect(good)).toMatchObject({ rows: 1, reading: { answers: 1 } });
});

test('a table of many labels is stored beside other work, hidden until it is complete; cut off, nothing stays', async () => {
  const it = openLab();
  const { storage } = it.lab.workbench;
  const setHash = addStimuli(storage, 667);
  const images = Array.from({ length: 2001 }, (_, image) => image);
  const rows = ['P1', 'P2'].flatMap((pseudonym) =>
    images.map((imageId) => ({ imageId, pseudonym, label: imageId % 3 })),
  );
  const before = rowCounts(storage.folder);
  const steps = storage.responses.importTableSteps({ setHash, source: 'csv:1', simulated: false, rows }, 1);
  for (let step = 0; step < 3000; step++) steps.next();
  expect(storage.studies.list().map(({ name }) => name)).toEqual([studyName]);
  await removeUnfinishedImports(it.lab.workbench);
  expect(rowCounts(storage.folder)).toEqual(before);

  const people = Array.from({ length: 20 }, (_, person) => `P${person}`);
  const lines = people.flatMap((person) => images.map((image) => `${image},${person},${image % 3}`));
  const table = await upload(it, 'a.csv', `image,labeler,label\n${lines.join('\n')}\n`);
  const turns: number[] = [];
  const timer = setInterval(() => turns.push(storage.labelers.ofStudy(1).length), 5);
  const { data } = await refusal(() =>
    it.client.labeling.tables.import({
      study: studyName,
      upload: table,
      names: 'keep',
      mapping: singleLabels({ 0: 0, 1: 1, 2: 2 }),
    }),
  );
  clearInterval(timer);
  expect(data).toBeUndefined();
  // None of them, then all of them.
  expect(turns.filter((count) => count !== 0 && count !== 20)).toEqual([]);
  expect(turns.filter((count) => count === 0).length).toBeGreaterThan(10);
  expect(storage.labelers.ofStudy(1)).toHaveLength(20);
  expect(rowCounts(storage.folder)).toMatchObject({ response: lines.length, study: 1, labeler: 20 });
});

test('of people who are known, only labels that change are stored at once', () => {
  const { storage } = openLab().lab.workbench;
  const setHash = addStimuli(storage);
  const rows = (changed: number) =>
    ['P1', 'P2'].flatMap((pseudonym) =>
      [0, 1, 2].map((imageId) => ({ imageId, pseudonym, label: imageId === 1 && pseudonym === 'P2' ? changed : 0 })),
    );
  const table = { setHash, source: 'csv:1', simulated: false };
  const ids = storage.responses.importTable({ ...table, rows: rows(1) }, 1);
  const labels = () => ids.map((id) => storage.responses.current(setHash, id).map(({ label }) => label));
  const steps = storage.responses.importTableSteps({ ...table, rows: rows(2) }, 1);
  const stored = vi.spyOn(storage.responses, 'addIfNew');
  let next = steps.next();
  while (next.done !== true) next = steps.next();
  expect(labels()).toEqual([
    [0, 0, 0],
    [0, 1, 0],
  ]);
  expect(next.value()).toEqual(ids);
  expect(labels()[1]).toEqual([0, 2, 0]);
  expect(stored).toHaveBeenCalledTimes(1);
});
