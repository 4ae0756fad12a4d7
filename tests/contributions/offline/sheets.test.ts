import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deskOf } from '../../../main/contributions/desk/service.ts';
import { encodePng } from '../../../main/files/png.ts';
import type { LabelingPlan } from '../../../main/contributions/sessions/contract/plan.ts';
import type { PaperSize } from '../../../main/contract/api/report.ts';
import { browserPrinter, type Printer } from '../../../main/services/tools/printer.ts';
import { makePaperSheets } from '../../../main/contributions/offline/sheets.ts';
import { readPdf } from '../../reports/pdf.ts';
import { openLab } from '../../services/lab/lab-helper.ts';
import { labelAll, makeSessions } from '../desk/make-sessions.ts';
import { addStimuli, studyName } from '../../services/labeling/labeling-helper.ts';
import { sessionTables } from '../../../main/contributions/sessions/storage/tables.ts';

const printer = browserPrinter();
const { signal } = new AbortController();

/** The text of a page, of which the file has each piece in a line of its own. */
const inOneLine = (text: string): string => text.replace(/\s+/g, ' ');

/** Two people on paper, one of whom is asked about; a third one has labeled on the screen. */
async function onPaper(by: Printer = printer) {
  const it = openLab();
  addStimuli(it.lab.workbench.storage);
  const [other] = await makeSessions(it, 1);
  const timeLimit = { imageSeconds: null, sessionMinutes: 30 };
  const instructions = 'Look at <each>, please.\nTake your time.';
  const [mine, second] = await makeSessions(
    it,
    2,
    { instructions, timeLimit, consent: 'May we?', cannotTell: 'Can’t tell', size: { unit: 'mm', value: 40 } },
    'paper',
  );
  if (!other || !mine || !second) throw new Error('no sessions');
  await labelAll(it, other.token, () => 2);
  const sheets = async (format: 'pdf' | 'html', paperSize: PaperSize = 'A4') => {
    const { name, address } = await makePaperSheets(
      deskOf(it.lab),
      by,
      { session: mine.id, format, paperSize },
      signal,
    );
    const content = it.lab.downloads.find(address)?.content;
    if (!content || !('bytes' in content)) throw new Error('no sheets');
    return { name, bytes: Buffer.from(content.bytes) };
  };
  return { it, other, mine, second, sheets };
}

describe.skipIf(printer.missing !== null)('sheets as PDF (skipped where there is no browser)', () => {
  test.each([
    ['A4', 595, 842],
    ['Letter', 612, 792],
  ] as const)(
    'on %s: every image in the person’s order, question, signs, pseudonym and number on each page',
    async (paperSize, width, height) => {
      const { mine, sheets } = await onPaper();
      const { name, bytes } = await sheets('pdf', paperSize);
      expect(name).toBe(`sheets-${mine.pseudonym}.pdf`);
      const { pages, sizes } = readPdf(bytes);
      expect(pages.length).toBeGreaterThan(1);
      for (const [page, size] of sizes.entries()) {
        expect(Math.abs(size[0] - width) + Math.abs(size[1] - height)).toBeLessThan(3);
        const text = inOneLine(pages[page] ?? '');
        expect(text).toContain(mine.pseudonym);
        expect(text).toContain(`Page ${page + 1} of ${pages.length} `);
        expect(text).toContain('Which one?');
        expect(text).toMatch(/1 ?Zero.*2 ?One.*3 ?Two.*Can’t tell/);
      }
      const first = inOneLine(pages[0] ?? '');
      expect(first).toContain('May we? I agree. Look at <each>, please. Take your time.');
      expect(first).toMatch(/Write the letter or number of your answer in the box below each image/);
      expect(first).toContain('You have 30 minutes.');
      expect(first).not.toMatch(/Backspace|press|arrow/i);
      // Numbers of the images, in their order over all pages.
      const ofImages = pages.map((text) => text.slice(text.lastIndexOf('Can’t tell')));
      const numbers = ofImages.flatMap((text) => [...text.matchAll(/^(\d+)$/gm)].map(([, number]) => Number(number)));
      expect(numbers).toEqual(Array.from({ length: mine.trials }, (_, index) => index + 1));
    },
  );

  test('say nothing of the aim, pairs, alphas, other people or the study, in its text or elsewhere in the file', async () => {
    const { it, other, second, sheets } = await onPaper();
    const { bytes } = await sheets('pdf');
    const said = `${readPdf(bytes).pages.join('\n')}\n${bytes.toString('latin1')}\n${bytes.toString('utf16le')}`;
    expect(said).not.toMatch(/alpha|pair|boundary|predict|softmax|practice trial|repeat|attention/i);
    for (const secret of [other.pseudonym, second.pseudonym, studyName, it.dataFolder]) {
      expect(said).not.toContain(secret);
    }
    expect(bytes.toString('latin1')).toMatch(/\/Title/);
  });
});

test('as a page for a browser: each image once more, in the person’s order, with nothing to fetch', async () => {
  const { mine, sheets } = await onPaper();
  const { name, bytes } = await sheets('html');
  const page = bytes.toString('utf8');
  expect(name).toBe(`sheets-${mine.pseudonym}.html`);
  expect(page.match(/<img /g)).toHaveLength(mine.trials);
  expect(page).toContain('Look at &lt;each&gt;, please.');
  expect(page).not.toMatch(/alpha|pair|predict|https?:|<script/i);
});

test('where nothing can print, one is told so at once; a printer that fails is told of; a page can be had all the same', async () => {
  const without: Printer = { missing: 'no browser', print: () => Promise.reject(new Error('never')) };
  const none = await onPaper(without);
  await expect(none.sheets('pdf')).rejects.toMatchObject({ code: 'labeling.no-printer', where: 'no browser' });
  expect((await none.sheets('html')).bytes.length).toBeGreaterThan(1000);
  const broken: Printer = { missing: null, print: () => Promise.reject(new Error('out of ink')) };
  const failing = await onPaper(broken);
  await expect(failing.sheets('pdf')).rejects.toMatchObject({ code: 'labeling.print', where: 'out of ink' });
});

/** Sheets over four images of 2 by 4 pixels, as HTML in one line. */
async function sheetPage(change: Partial<LabelingPlan> = {}) {
  const it = openLab();
  const { storage } = it.lab.workbench;
  addStimuli(storage);
  const images = [0, 1, 2, 3].map((id) => ({ id, pairI: 0, pairJ: 1, alpha: id / 3, z: null }));
  const pixels = Uint8Array.from({ length: 32 }, (_, at) => at);
  const set = {
    hash: 'f'.repeat(64),
    width: 2,
    height: 4,
    channels: 1 as const,
    classes: ['a', 'b', 'c'],
    source: 'imported' as const,
  };
  storage.stimulusSets.put({ ...set, provenance: {}, original: null, pixels: storage.blobs.put(pixels), images }, 1);
  storage.studies.useStimuli(storage.studies.byName(studyName)?.id ?? 0, set.hash, 1);
  const bare = { practice: 0, attention: 0, repeats: 0, order: { seed: 5, apart: 1, blocks: 1 } };
  const [row] = await makeSessions(it, 1, { ...bare, ...change }, 'paper');
  const id = row?.id ?? 0;
  const request = { session: id, format: 'html' as const, paperSize: 'Letter' as const };
  const { address } = await makePaperSheets(deskOf(it.lab), printer, request, signal);
  const found = it.lab.downloads.find(address);
  if (!found || !('bytes' in found.content)) throw new Error('no sheets');
  const text = inOneLine(Buffer.from(found.content.bytes).toString('utf8'));
  const order = sessionTables(storage)
    .sessions.trials(id)
    .map(({ image }) => image);
  const pngs = order.map((image) =>
    encodePng({ channels: 1, width: 2, height: 4, pixels: pixels.subarray(image * 8, image * 8 + 8) }),
  );
  return { it, id, text, type: found.type, pngs, pseudonym: row?.pseudonym ?? '' };
}

test('a sheet has the images in their size and order, numbered, with a box each', async () => {
  const { text, type, pngs, pseudonym } = await sheetPage({ size: { unit: 'mm', value: 30 }, interpolation: 'smooth' });
  expect(type).toBe('text/html; charset=utf-8');
  const cells = [
    ...text.matchAll(
      /<li><img style="([^"]*)" src="data:image\/png;base64,([^"]*)" alt="([^"]*)" \/><span>(\d+)<\/span><i><\/i><\/li>/g,
    ),
  ];
  expect(cells.map(([, style, png, alt, place]) => ({ style, png, alt, place }))).toEqual(
    pngs.map((png, at) => ({
      style: 'width:15mm;height:30mm',
      png: Buffer.from(png).toString('base64'),
      alt: `Image ${at + 1}`,
      place: String(at + 1),
    })),
  );
  expect(text).toContain('image-rendering: auto;');
  expect(text).toContain('size: Letter;');
  expect(text).toContain(`content: "${pseudonym}"`);
  expect((await sheetPage({ interpolation: 'pixelated' })).text).toContain('image-rendering: pixelated;');
});

test('a sheet says what the plan asks for, and no more', async () => {
  const bare = await sheetPage({ instructions: '', names: ['1', '2', '3'], cannotTell: null });
  expect(bare.text).not.toMatch(/class="text"|class="tick"|You have|for practice|<b>\d/);
  expect(bare.text).toContain('Write your answer in the box below each image.');
  const signs = ['1', '2', '3'].map((name) => `<span class="sign"><bdi>${name}</bdi></span>`).join(' ');
  expect(bare.text).toContain(signs);
  const full = await sheetPage({
    instructions: 'Look.',
    consent: 'May we?',
    practice: 1,
    names: ['1', '2', 'c'],
    timeLimit: { imageSeconds: null, sessionMinutes: 1 },
  });
  expect(full.text).toContain(
    '<p class="text">May we?</p> <p><i class="tick"></i> I agree.</p> <p class="text">Look.</p>',
  );
  expect(full.text).toContain('Write the letter or number of your answer in the box below each image.');
  expect(full.text).toContain('You have 1 minute. The first image is for practice. It does not count.');
  expect(full.text).toContain('<span class="sign"><b>3</b> <bdi>c</bdi></span>');
  const longer = await sheetPage({ timeLimit: { imageSeconds: null, sessionMinutes: 2 } });
  expect(longer.text).toContain('You have 2 minutes.');
});

test('a printer gets the page in a folder that is gone afterwards', async () => {
  const { it, id, text } = await sheetPage();
  let source = '';
  const printing: Printer = {
    missing: null,
    print: async (from, to, size) => {
      source = from;
      expect([inOneLine(readFileSync(from, 'utf8')), size]).toEqual([text, 'Letter']);
      writeFileSync(to, 'pdf');
    },
  };
  const request = { session: id, format: 'pdf' as const, paperSize: 'Letter' as const };
  const { address } = await makePaperSheets(deskOf(it.lab), printing, request, signal);
  expect(it.lab.downloads.find(address)?.type).toBe('application/pdf');
  expect(source).not.toBe('');
  expect(existsSync(dirname(source))).toBe(false);
});
