import { createHmac, randomUUID } from 'node:crypto';
import { truncateSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openLab, type TestLab } from '../../services/lab/lab-helper.ts';
import { harmless, nested, refusal } from '../../services/labeling/hostile-helper.ts';
import { makeSessions } from '../desk/make-sessions.ts';
import { addStimuli, studyName, upload } from '../../services/labeling/labeling-helper.ts';
import { offlineTables } from '../../../main/contributions/offline/storage.ts';

async function withSession(): Promise<{ it: TestLab; payload: (sittings: string) => string; key: Buffer }> {
  const it = openLab();
  const { storage } = it.lab.workbench;
  addStimuli(storage);
  const [session] = await makeSessions(it, 1, {}, 'kit');
  if (!session) throw new Error('no session');
  const [kit, key] = [randomUUID(), Buffer.alloc(32, 1)];
  offlineTables(storage).kits.add({ kit, sessionId: session.id, key }, 1);
  const head = { kit, session: session.token, pseudonym: session.pseudonym, finished: false, consented: false };
  return { it, key, payload: (sittings) => `${JSON.stringify(head).slice(0, -1)},"sittings":${sittings}}` };
}

const resultFile = (payload: string, signature: string): string =>
  JSON.stringify({ schema: 'boundary-workbench/labeling-kit-result/2', payload, signature });

test('a large result with a wrong signature is refused without being parsed, and holds nobody up', async () => {
  const { it, payload } = await withSession();
  const file = await upload(it, 'big.json', resultFile(payload(nested(25)), '0'.repeat(64)));
  const { longest, data } = await refusal(() => it.client.offline.inspectResult({ study: studyName, upload: file }));
  expect(data).toMatchObject({ code: 'labeling.kit-file', what: expect.stringContaining('signature') });
  expect(longest).toBeLessThan(harmless);
});

test('a signed result that is damaged, too long or too large is refused, whatever is in it', async () => {
  const { it, key, payload } = await withSession();
  const signed = (text: string) => resultFile(text, createHmac('sha256', key).update(text).digest('hex'));
  const inspect = async (text: string, size = text.length) => {
    const file = await upload(it, 'x.json', text);
    if (size !== text.length) truncateSync(it.lab.uploads.get(file).path, size);
    return refusal(() => it.client.offline.inspectResult({ study: studyName, upload: file }));
  };
  const damaged = await inspect(signed(payload(nested(10))));
  expect(damaged.data).toMatchObject({ what: 'This result file is damaged' });
  expect(damaged.longest).toBeLessThan(harmless);
  expect((await inspect('{}', 65 * 2 ** 20)).data).toMatchObject({ what: expect.stringContaining('at most 64 MiB') });
  // Its head says another kit than its content.
  const twice = payload('[]').replace('{', `{"kit":"${randomUUID()}",`);
  expect((await inspect(signed(twice))).data).toMatchObject({ what: 'This file comes from an unknown kit' });
});
