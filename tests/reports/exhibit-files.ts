import { analyze } from '../../main/analysis/groups/analyze.ts';
import { type ReportChoice, wholeReport } from '../../main/contract/api/report.ts';
import { reportBundle } from '../../main/reports/bundle.ts';
import type { ReportData } from '../../main/exhibits/report-data.ts';
import { labeling, labelMatrix } from '../analysis/people.ts';

/** Text files of a report's archive, by name. */
export const files = (data: ReportData, choice: ReportChoice = wholeReport): Map<string, string> =>
  new Map(reportBundle(data, choice).map(({ name, bytes }) => [name, Buffer.from(bytes).toString('utf8')]));

/** Rows of a CSV file without quotes in it, by their header. */
export function rowsOf(text = ''): Record<string, string>[] {
  const [header = [], ...rows] = text
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  return rows.map((cells) => Object.fromEntries(header.map((name, at) => [name, cells[at] ?? ''])));
}

/** Rows of an exhibit's JSON by their columns. */
export function cellsOf(all: Map<string, string>, id: string): Record<string, unknown>[] {
  const { columns, rows } = JSON.parse(all.get(`json/${id}.json`) ?? '') as { columns: string[]; rows: unknown[][] };
  return rows.map((cells) => Object.fromEntries(columns.map((name, at) => [name, cells[at]])));
}

/** The sample with other labels of people: a class for each labeler and image. */
export function labeled(
  data: ReportData,
  labelers: number,
  label: (person: number, image: number) => number,
): ReportData {
  const labels = Array.from({ length: labelers }, (_, person) =>
    data.stimuli.items.map((_item, image) => label(person, image)),
  );
  const names = labels.map((_, person) => `P${person}`);
  const people = labeling(names, labelMatrix(labels, 10));
  const input = {
    images: data.stimuli.items,
    classes: 10,
    people,
    models: data.models,
    modelLabels: Int16Array.from(data.predictions.flatMap((of) => Array.from(of.labels))),
    softmax: Float32Array.from(data.predictions.flatMap((of) => Array.from(of.softmax))),
  };
  const analysis = analyze(input, { parts: data.added?.analysis ?? [] });
  return { ...data, analysis, labelers: { people, simulated: false } };
}
