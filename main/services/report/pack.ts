import { messageOf } from '../../contract/wire/errors.ts';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReportChoice, ReportFile } from '../../contract/api/report.ts';
import { replaceFile, writeFileAtomic } from '../../files/atomic.ts';
import { ZipWriter } from '../../files/zip/writer.ts';
import { type BundleFile, describeFiles, type ManifestHead, manifestFile } from '../../reports/bundle.ts';
import type { Printer } from '../tools/printer.ts';

/** A report, ready to be printed and packed. */
export interface ReportPieces {
  head: ManifestHead;
  files: BundleFile[];
  /** What was asked for and is not among the files, and why. */
  leftOut: readonly string[];
}

export interface PackedReport {
  files: ReportFile[];
  /** What was asked for and could not be made, and why. */
  leftOut: string[];
}

/** The pieces with the PDF and the manifest, where they can be made. */
async function finished(pieces: ReportPieces, printer: Printer, signal: AbortSignal) {
  const { pdf, leftOut: notPrinted } = await printed(pieces, printer, signal);
  const files = [...pieces.files, ...pdf];
  const leftOut = [...pieces.leftOut, ...notPrinted];
  return { files: [...files, manifestFile(pieces.head, files, leftOut)], leftOut };
}

/** Writes a report as one archive: whole, or not at all. @throws UserError `file.*` */
export async function packReport(
  path: string,
  pieces: ReportPieces,
  printer: Printer,
  signal: AbortSignal,
): Promise<PackedReport> {
  const { files, leftOut } = await finished(pieces, printer, signal);
  await replaceFile(path, async (file) => {
    const zip = ZipWriter.toFile(file);
    for (const { name, bytes } of files) await zip.add(name, bytes);
    await zip.end();
  });
  return { files: describeFiles(files), leftOut };
}

/** Writes a report as a folder of files, `index.html` last. @throws UserError `file.*` */
export async function spreadReport(
  folder: string,
  pieces: ReportPieces,
  printer: Printer,
  signal: AbortSignal,
): Promise<PackedReport> {
  const { files, leftOut } = await finished(pieces, printer, signal);
  const ordered = [
    ...files.filter(({ name }) => name !== 'index.html'),
    ...files.filter(({ name }) => name === 'index.html'),
  ];
  for (const { name, bytes } of ordered) writeFileAtomic(join(folder, ...name.split('/')), bytes);
  return { files: describeFiles(files), leftOut };
}

async function printed(
  { head, files }: ReportPieces,
  printer: Printer,
  signal: AbortSignal,
): Promise<{ pdf: BundleFile[]; leftOut: string[] }> {
  if (!wantsPdf(head.choice)) return { pdf: [], leftOut: [] };
  const without = (why: string) => ({
    pdf: [],
    leftOut: [`report.pdf: ${why}. Print index.html from a browser instead.`],
  });
  if (printer.missing !== null) return without(printer.missing);
  const folder = mkdtempSync(join(tmpdir(), 'boundary-pdf-'));
  try {
    const [page, pdf] = [join(folder, 'index.html'), join(folder, 'report.pdf')];
    writeFileSync(page, files.find(({ name }) => name === 'index.html')?.bytes ?? '');
    await printer.print(page, pdf, head.choice.paperSize, signal);
    return { pdf: [{ name: 'report.pdf', bytes: withoutTimes(readFileSync(pdf), head.createdAt) }], leftOut: [] };
  } catch (error) {
    signal.throwIfAborted();
    return without(messageOf(error));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const wantsPdf = ({ formats }: ReportChoice): boolean => formats.includes('pdf');

/** The time of printing is that of the report, so that the same report gives the same bytes; of the same length. */
function withoutTimes(pdf: Buffer, createdAt: string): Buffer {
  const time = `(D:${createdAt.replace(/\D/g, '').slice(0, 14)}+00'00')`;
  const text = pdf.toString('latin1').replace(/(\/(?:CreationDate|ModDate) )\(D:\d{14}\+00'00'\)/g, `$1${time}`);
  return Buffer.from(text, 'latin1');
}
