import { createHash } from 'node:crypto';
import type { ReportChoice, ReportFile } from '../contract/api/report.ts';
import { drawingFiles, standalone } from './drawings/files.ts';
import { stimulusDrawing } from './drawings/stimulus-grid.ts';
import { stripDrawing } from './sections/strip.ts';
import { reportExhibits, isForReading } from '../exhibits/all.ts';
import { exhibitCsv, exhibitJson } from './formats/as-data.ts';
import { exhibitLatex, latexDocument } from './formats/as-latex.ts';
import { renderView } from './render.ts';
import { isRehearsal, type ReportData } from '../exhibits/report-data.ts';
import { countsCsv, gradedCsv, humansCsv, modelsCsv, setsCsv, tablesJson } from './tables.ts';
import { has, reportView, sampleOf, type View } from '../exhibits/view.ts';

/** A file of a report, by its path within it. */
export interface BundleFile {
  name: string;
  bytes: Uint8Array;
}

const text = (name: string, content: string): BundleFile => ({ name, bytes: Buffer.from(content, 'utf8') });

/**
 * Everything that a choice asks for but the PDF, which is printed from `index.html`, and predictions.csv. The same data
 * and choice give the same bytes.
 */
export function reportBundle(whole: ReportData, choice: ReportChoice): BundleFile[] {
  const view = reportView(whole, choice);
  const { data } = view;
  const page = renderView(view);
  const rehearsal = isRehearsal(data);
  const wants = (format: ReportChoice['formats'][number]): boolean => choice.formats.includes(format);
  const exhibits = wants('csv') || wants('json') || wants('latex') ? reportExhibits(view) : [];
  const readable = exhibits.filter(isForReading);
  return [
    text('index.html', page),
    ...(wants('csv')
      ? [
          ...exhibits.map((exhibit) => text(`csv/${exhibit.id}.csv`, exhibitCsv(exhibit, rehearsal))),
          answersFile(data),
          text('models.csv', modelsCsv(data)),
        ]
      : []),
    ...(wants('json')
      ? [
          ...exhibits.map((exhibit) => text(`json/${exhibit.id}.json`, exhibitJson(exhibit, rehearsal))),
          text('tables.json', tablesJson(data)),
        ]
      : []),
    ...(wants('latex')
      ? [
          ...readable.map((exhibit) =>
            text(`latex/${exhibit.id}.tex`, exhibitLatex(exhibit, rehearsal, sampleOf(view, exhibit.id))),
          ),
          text(
            'latex/all.tex',
            latexDocument(
              data.study.title,
              readable.map(({ id }) => id),
            ),
          ),
        ]
      : []),
    ...(wants('svg')
      ? [...pictures(view), ...drawingFiles(page).map(({ name, svg }) => text(`svg/${name}`, svg))]
      : []),
  ];
}

/** What people answered, as `boundary analyze` reads it. */
function answersFile(data: ReportData): BundleFile {
  const people = data.labelers?.people;
  switch (people?.kind) {
    case 'counts':
      return text('counts.csv', countsCsv(data.stimuli.items, people.counts));
    case 'set':
      return text('sets.csv', setsCsv(data, people));
    case 'graded':
      return text('graded.csv', gradedCsv(data, people));
    default:
      return text('humans.csv', humansCsv(data));
  }
}

/** On the page Figures 1 and 3 are tables of pictures; as a file each is one drawing. */
function pictures(view: View): BundleFile[] {
  if (!has(view, 'images')) return [];
  const simulated = view.data.labelers !== null && view.rehearsal;
  const strip = stripDrawing(view);
  return [
    ...(strip ? [text('svg/figure-1-1.svg', standalone(strip.text, simulated))] : []),
    text('svg/figure-3-1.svg', standalone(stimulusDrawing(view).text, simulated)),
  ];
}

/** Name, size and hash of each file. */
export const describeFiles = (files: readonly BundleFile[]): ReportFile[] =>
  files.map(({ name, bytes }) => ({
    name,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  }));

/** What a manifest says besides its files. */
export interface ManifestHead {
  study: string;
  rehearsal: boolean;
  /** ISO 8601, UTC. */
  createdAt: string;
  product: { version: string; commit: string | null };
  /** Hash of the stimulus set. */
  stimuli: string;
  choice: ReportChoice;
}

export const manifestHead = (data: ReportData, choice: ReportChoice): ManifestHead => ({
  study: data.study.name,
  rehearsal: isRehearsal(data),
  createdAt: data.createdAt,
  product: data.product,
  stimuli: data.stimuli.setHash,
  choice,
});

/** What the archive says of itself: what it is of, with what, the hash of every file beside, and what is not in it. */
export function manifestFile(head: ManifestHead, files: readonly BundleFile[], leftOut: readonly string[]): BundleFile {
  const content = { schema: 'boundary-workbench/report/1', ...head, files: describeFiles(files), leftOut };
  return text('manifest.json', `${JSON.stringify(content, null, 1)}\n`);
}
