import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeKit } from '../../../main/contributions/offline/kit.ts';
import { kitReaderOf } from '../../../main/contributions/offline/kit-reader.ts';
import { applyKitResult } from '../../../main/contributions/offline/kit-result.ts';
import { openedKit, resultFile, sitting } from './kit-results.ts';
import { studyName, upload } from '../../services/labeling/labeling-helper.ts';
import { given, start, withSession } from '../desk/services/session-helper.ts';
import { offlineTables } from '../../../main/contributions/offline/storage.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

/**
 * SHA-256 of this id begins with d9c3f32d: 3,653,497,645. After whole days of 86,400,000 ms, 24,697,645 ms remain, by
 * which this kit's impossible dates lie before all that may be right.
 */
const kit = '0b5e6a52-3c1d-4f7e-9a80-1234567890ab';
const ownOffset = 24_697_645;

test('a sitting keeps a date from a day before its kit to now; others count as now or before all', async () => {
  const { lab, service, stored, workbench, clock, id } = await withSession({}, 'kit');
  const [own] = openedKit(await makeKit(service, studyName, [id])).sessions;
  if (!own) throw new Error('no session in the kit');
  offlineTables(workbench.storage).kits.add(
    { kit, sessionId: id, key: Buffer.from(own.key, 'base64') },
    start + 2 * day,
  );
  clock.now = start + 3 * day;
  const now = clock.now;
  const impossible = start - day - 1 - ownOffset;
  const cases: [at: number, openedAt: number, claimedAt: number | null][] = [
    [start - day, start - day, null],
    [start - day - 1, impossible, start - day - 1],
    [now - 1, now - 1, null],
    [now + 5 * minute, now, null],
    [now + 5 * minute + 1, now, now + 5 * minute + 1],
    [now + day, now, now + day],
    [now + day + 1, impossible, now + day + 1],
    [-1, impossible, 0],
  ];
  const sittings = cases.map(([at], index) =>
    sitting([given(0, index, 1)], randomUUID(), new Date(at).toISOString(), [], 7),
  );
  const file = await upload({ lab }, 'result.json', resultFile({ kit }, own, { sittings }));
  await applyKitResult(service, kitReaderOf(lab), { study: studyName, upload: file });
  const found = new Map(stored.log.sittings(id).map((one) => [one.key, one]));
  expect(sittings.map(({ key }) => [found.get(key)?.openedAt, found.get(key)?.claimedAt])).toEqual(
    cases.map(([, ...dates]) => dates),
  );
  // The clock of a sitting counts only at the date that the file says.
  expect(sittings.map(({ key }) => found.get(key)?.openedMs)).toEqual([7, null, 7, null, null, null, null, null]);
});
