/** Kits and results that earlier versions made: `tests/kept` says which. They stay as they are. */
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kitPayloadSchema } from '../../../main/contributions/offline/kit-format.ts';
import { repository } from '../../architecture/tools.ts';
import { openLab } from '../../services/lab/lab-helper.ts';
import { studyName, upload } from '../../services/labeling/labeling-helper.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { kitImage } from './kit-results.ts';

const kept = join(repository, 'tests', 'kept');
const keptText = (...path: string[]): string => readFileSync(join(kept, ...path), 'utf8');

function openKept(name: string) {
  const folder = join(temporaryFolder(), 'data');
  cpSync(join(kept, name, 'data'), folder, { recursive: true });
  return openLab(folder);
}

test('the result of a kit of 0.1.0 is imported', async () => {
  const opened = openKept('0.1.0');
  const { client } = opened;
  const before = (await client.desk.board({ study: studyName })).sessions;
  const kit = before.find(({ medium, state }) => medium === 'kit' && state !== 'finished');
  const file = await upload(opened, 'kit-result.json', keptText('0.1.0', 'kit-result.json'));
  const { session, newEvents } = await client.offline.applyResult({ study: studyName, upload: file });
  expect(session).toBe(kit?.id);
  expect(newEvents).toBeGreaterThan(33);
  const after = (await client.desk.board({ study: studyName })).sessions.find(({ id }) => id === session);
  expect(after).toMatchObject({ state: 'finished', answered: newEvents });
});

test('the first kit in color gives the same images, and its result the same labels', async () => {
  const pixels = Uint8Array.from({ length: 6 * 36 }, (_, at) => (at * 37 + 11) % 256);
  const opened = openKept('color');
  const payload = kitPayloadSchema.parse(JSON.parse(keptText('color', 'kit.json')));
  expect(payload.session?.view.image).toEqual({ width: 4, height: 3, channels: 3 });
  const shown = payload.session?.images.map((index) => kitImage(payload, index)) ?? [];
  expect(shown.map((image) => Buffer.from(image).toString('hex')).sort()).toEqual(
    Array.from({ length: 6 }, (_, at) => Buffer.from(pixels.slice(at * 36, at * 36 + 36)).toString('hex')).sort(),
  );
  const file = await upload(opened, 'kit-result.json', keptText('color', 'kit-result.json'));
  expect((await opened.client.offline.applyResult({ study: studyName, upload: file })).newEvents).toBe(6);
});
