import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { PaperSize } from '../../../contract/api/report.ts';
import { encodeGrayPng } from '../../../files/png.ts';
import type { Printer } from '../../tools/printer.ts';
import type { LabelingDesk } from '../desk.ts';
import { paperSession } from '../paper.ts';
import { refusals } from '../../labels/refusals.ts';
import { imageReader, volunteerView } from '../volunteer.ts';
import { sheetPage } from './page.ts';

/** Images that are packed at a time; then others get their turn. */
const piece = 100;

export interface SheetWish {
  session: number;
  /** `html`: a page to be printed from a browser. */
  format: 'pdf' | 'html';
  paperSize: PaperSize;
}

/**
 * Offers a person's sheets as a file: their images in their order, and nothing else of the study.
 * @throws UserError `labeling.no-session`, `labeling.medium`, `labeling.no-printer`, `labeling.print`, `blob.*`
 */
export async function paperSheets(
  desk: LabelingDesk,
  printer: Printer,
  { session: id, format, paperSize }: SheetWish,
  signal: AbortSignal,
): Promise<{ name: string; address: string }> {
  const session = paperSession(desk, id);
  if (format === 'pdf' && printer.missing !== null) throw refusals.noPrinter(printer.missing);
  const view = volunteerView(desk, session);
  const image = imageReader(desk, session);
  const images: Uint8Array[] = [];
  for (const trial of desk.bench.storage.labeling.sessions.trials(id)) {
    images.push(encodeGrayPng({ ...view.image, pixels: image(trial.image) }));
    if (images.length % piece === 0) await setImmediate();
  }
  const page = Buffer.from(sheetPage(view, images, paperSize));
  const [bytes, type] =
    format === 'pdf'
      ? [await printed(printer, page, paperSize, signal), 'application/pdf']
      : [page, 'text/html; charset=utf-8'];
  const name = `sheets-${view.pseudonym}.${format}`;
  return { name, address: desk.downloads.offer({ name, type, content: { bytes } }) };
}

async function printed(printer: Printer, page: Buffer, size: PaperSize, signal: AbortSignal): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'boundary-sheets-'));
  try {
    const [source, pdf] = [join(folder, 'sheets.html'), join(folder, 'sheets.pdf')];
    writeFileSync(source, page);
    await printer.print(source, pdf, size, signal);
    return readFileSync(pdf);
  } catch (error) {
    signal.throwIfAborted();
    throw refusals.print(error instanceof Error ? error.message : String(error));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
