import { messageOf } from '../../contract/wire/index.ts';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { PaperSize } from '../../contract/api/index.ts';
import { encodePng } from '../../files/index.ts';
import type { Printer } from '../../services/tools/index.ts';
import type { DeskService } from '../desk/service.ts';
import { paperSession } from './paper.ts';
import { offlineRefusals } from './refusals.ts';
import { imageReader, volunteerView } from '../desk/volunteer.ts';
import type { VolunteerView } from '../desk/contract/view.ts';
import { type Content, html, type Html, trusted } from '../../reports/index.ts';
import { sessionTables } from '../sessions/storage/tables.ts';

/** Images encoded before other work gets a turn. */
const batch = 100;

interface SheetRequest {
  session: number;
  /** `html`: a page to print from a browser. */
  format: 'pdf' | 'html';
  paperSize: PaperSize;
}

/**
 * Offers a person's sheets as a file: their images in order, and nothing else of the study.
 * @throws UserError `labeling.no-session`, `labeling.medium`, `labeling.no-printer`, `labeling.print`, `blob.*`
 */
export async function makePaperSheets(
  service: DeskService,
  printer: Printer,
  { session: id, format, paperSize }: SheetRequest,
  signal: AbortSignal,
): Promise<{ name: string; address: string }> {
  const session = paperSession(service, id);
  if (format === 'pdf' && printer.missing !== null) throw offlineRefusals.noPrinter(printer.missing);
  const view = volunteerView(service, session);
  const image = imageReader(service, session);
  const images: Uint8Array[] = [];
  for (const trial of sessionTables(service.workbench.storage).sessions.trials(id)) {
    images.push(encodePng({ ...view.image, pixels: image(trial.image) }));
    if (images.length % batch === 0) await setImmediate();
  }
  const page = Buffer.from(sheetPage(view, images, paperSize));
  const [bytes, type] =
    format === 'pdf'
      ? [await printPdf(printer, page, paperSize, signal), 'application/pdf']
      : [page, 'text/html; charset=utf-8'];
  const name = `sheets-${view.pseudonym}.${format}`;
  return { name, address: service.downloads.offer({ name, type, content: { bytes } }) };
}

async function printPdf(printer: Printer, page: Buffer, size: PaperSize, signal: AbortSignal): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'boundary-sheets-'));
  try {
    const [source, pdf] = [join(folder, 'sheets.html'), join(folder, 'sheets.pdf')];
    writeFileSync(source, page);
    await printer.print(source, pdf, size, signal);
    return readFileSync(pdf);
  } catch (error) {
    signal.throwIfAborted();
    throw offlineRefusals.print(messageOf(error));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * A person's sheets as one HTML page to print: images in their order at the planned size, a box for the answer below each,
 * and on every page the question, the answers with their keys (many: on the first page), the pseudonym and the page number.
 * @param images PNG of each trial
 */
function sheetPage(view: VolunteerView, images: readonly Uint8Array[], size: PaperSize): string {
  const { pseudonym, question, interpolation } = view;
  // The head of each page has no room for more: they stand on the first page alone, which lies beside the others.
  const hasMany = view.options.length > 30;
  const page = html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'" />
      <title>Sheets of ${pseudonym}</title>
      <style>
        ${trusted(style(size, interpolation))} ${trusted(footer(pseudonym))}
      </style>
    </head>
    <body>
      <table>
        <thead>
          <tr>
            <td><p class="head"><b>${question}</b> ${!hasMany && html`<span>${answers(view)}</span>`}</p></td>
          </tr>
        </thead>
        <tbody>
          <tr>
            <td>
              ${view.consent !== null && consentSection(view.consent)} ${instructionSection(view)}
              ${hasMany && html`<p class="answers">${answers(view)}</p>`}
              <ol>
                ${cells(view, images)}
              </ol>
            </td>
          </tr>
        </tbody>
      </table>
    </body>
  </html>`;
  return `<!doctype html>${page.text}`;
}

const answers = ({ options }: VolunteerView): Content =>
  options.map(
    ({ name, key }) =>
      html`<span class="sign">${key !== '' && key !== name && html`<b>${key}</b> `}<bdi>${name}</bdi></span> `,
  );

const consentSection = (text: string): Html =>
  html`<p class="text">${text}</p>
    <p><i class="tick"></i> I agree.</p>`;

/** The plan's instructions, then how to answer on paper. */
function instructionSection({ instructions, practice, timeLimit, options }: VolunteerView): Html {
  const isSigned = options.some(({ name, key }) => key !== '' && key !== name);
  const sign = options.some(({ key }) => key.length > 1) ? 'the two letters or numbers' : 'the letter or number';
  const limit = timeLimit.sessionMinutes;
  return html`${instructions !== '' && html`<p class="text">${instructions}</p>`}
    <p>
      Write ${isSigned ? `${sign} of your answer` : 'your answer'} in the box below each image. Go row by
      row, from left to right. To change an answer, cross it out. Write the new answer beside the box.
      ${limit !== null && `You have ${limit} ${limit === 1 ? 'minute' : 'minutes'}.`}
      ${practice === 1 && 'The first image is for practice. It does not count.'}
      ${practice > 1 && `The first ${practice} images are for practice. They do not count.`} There are no right or wrong
      answers. Say what you see.
    </p>`;
}

function cells(
  { image: { width, height }, size: { unit, value } }: VolunteerView,
  images: readonly Uint8Array[],
): Content {
  const side = value / Math.max(width, height);
  const shown = trusted(`width:${width * side}${unit};height:${height * side}${unit}`);
  return images.map((png, index) => {
    const source = `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
    const place = index + 1;
    return html`<li><img style="${shown}" src="${source}" alt="Image ${place}" /><span>${place}</span><i></i></li> `;
  });
}

/** Pseudonym and page number in the margin of each page. */
const footer = (pseudonym: string): string => `
@page {
  @bottom-left { content: ${JSON.stringify(pseudonym)}; font: 10pt system-ui, sans-serif; }
  @bottom-right { content: 'Page ' counter(page) ' of ' counter(pages); font: 10pt system-ui, sans-serif; }
}`;

/** The table head repeats on each page. Images lie on gray, as on the screen. */
const style = (size: PaperSize, interpolation: VolunteerView['interpolation']): string => `
@page { size: ${size}; margin: 12mm 12mm 18mm; }
body { margin: 0; font: 11pt/1.4 system-ui, sans-serif; color: #000; background: #fff; }
table { width: 100%; border-collapse: collapse; }
td { padding: 0; }
p { margin: 0 0 3mm; }
.head { display: flex; flex-wrap: wrap; gap: 1mm 6mm; margin: 0 0 4mm; border-bottom: 0.3mm solid #000; padding-bottom: 2mm; }
.sign { display: inline-flex; gap: 1mm; align-items: baseline; max-width: 100%; margin-right: 4mm; }
.sign bdi { min-width: 0; overflow-wrap: anywhere; }
.answers { columns: 4; font-size: 9.5pt; }
.answers .sign { display: flex; margin: 0 0 1mm; break-inside: avoid; }
.sign b { border: 0.2mm solid #000; border-radius: 1mm; padding: 0 1.4mm; }
.text { white-space: pre-line; }
ol { display: flex; flex-wrap: wrap; gap: 5mm; margin: 0; padding: 0; list-style: none; }
li { display: grid; justify-items: center; gap: 1mm; padding: 2mm; background: #808080; break-inside: avoid;
  print-color-adjust: exact; }
img { display: block; image-rendering: ${interpolation === 'pixelated' ? 'pixelated' : 'auto'}; }
li span { font-size: 9pt; line-height: 1; }
i { width: 12mm; height: 9mm; background: #fff; border: 0.2mm solid #000; }
i.tick { display: inline-block; width: 5mm; height: 5mm; vertical-align: middle; }`;
