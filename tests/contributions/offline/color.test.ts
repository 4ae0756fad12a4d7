import { expect, test } from 'vitest';
import { deskOf } from '../../../main/contributions/desk/service.ts';
import { decodePng } from '../../../main/contributions/sets/reading/decode-png.ts';
import { makePaperSheets } from '../../../main/contributions/offline/sheets.ts';
import { kitImage, openedKit } from './kit-results.ts';
import { makeSessions } from '../desk/make-sessions.ts';
import { fetched } from '../../services/labeling/labeling-helper.ts';
import { bare, colorLab, count, imagePixels, size, studyName } from '../../services/stimuli/color-study.ts';
import { sessionTables } from '../../../main/contributions/sessions/storage/tables.ts';

test('people label in color on paper and with a kit', async () => {
  const it = await colorLab();
  const { client, lab } = it;
  const order = (session: number) =>
    sessionTables(lab.workbench.storage)
      .sessions.trials(session)
      .map(({ image }) => image);
  const [onPaper] = await makeSessions(it, 1, bare, 'paper');
  const request = { session: onPaper?.id ?? 0, format: 'html' as const, paperSize: 'A4' as const };
  const printer = { missing: 'none', print: () => Promise.reject(new Error('not asked')) };
  const { address } = await makePaperSheets(deskOf(lab), printer, request, new AbortController().signal);
  const sheet = await fetched(it, address);
  const pictures = [...sheet.matchAll(/src="data:image\/png;base64,([^"]*)"/g)];
  expect(pictures).toHaveLength(count);
  for (const [place, image] of order(onPaper?.id ?? 0).entries()) {
    const read = await decodePng(Buffer.from(pictures[place]?.[1] ?? '', 'base64'), 'sheet', 'as-is');
    expect({ ...read, pixels: [...read.pixels] }).toEqual({ ...size, pixels: [...imagePixels(image)] });
  }

  const [byKit] = await makeSessions(it, 1, bare, 'kit');
  const kit = openedKit(await client.offline.makeKit({ study: studyName, sessions: [byKit?.id ?? 0] }));
  const [session] = kit.sessions;
  expect(session?.view.image).toEqual(size);
  const decrypted = session?.images.map((index) => kitImage(kit, index));
  expect(decrypted).toEqual(order(byKit?.id ?? 0).map((image) => Buffer.from(imagePixels(image))));
});
