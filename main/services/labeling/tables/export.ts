import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { ExportFormat } from '../../../contract/labeling/tables.ts';
import type { LabelingDesk } from '../desk.ts';
import { dictionaryOf } from './dictionary.ts';
import { countRows, humansRows } from './label-tables.ts';
import { eventRows, labelsJson, modelVsHumanRows } from './session-tables.ts';
import type { TableSource } from './sources.ts';
import { tableSource } from './sources.ts';

const makers: Record<ExportFormat, (source: TableSource) => Generator<string>> = {
  humans: humansRows,
  events: eventRows,
  json: labelsJson,
  'model-vs-human': modelVsHumanRows,
  counts: countRows,
};

const fileNames: Record<ExportFormat, string> = {
  humans: 'humans.csv',
  events: 'labeling-events.csv',
  json: 'labels.json',
  'model-vs-human': 'model-vs-human.csv',
  counts: 'label-counts.csv',
};

/** Bytes of a piece: others get their turn after each. */
const pieceBytes = 1 << 18;

/**
 * Offers a table and its data dictionary. The table is read from the store while it is fetched: what was withdrawn by
 * then is not in it.
 * @throws UserError `study.not-found`, `labeling.no-stimuli`
 */
export function exportTable(
  desk: LabelingDesk,
  studyName: string,
  format: ExportFormat,
): { name: string; address: string; bytes: number | null }[] {
  const source = tableSource(desk.bench, studyName);
  const [name, type] = [fileNames[format], format === 'json' ? 'application/json' : 'text/csv; charset=utf-8'];
  const table = desk.downloads.offer({
    ...{ name, type },
    content: { stream: () => Readable.from(tableText(desk, studyName, format)) },
  });
  const dictionary = dictionaryOf(format, source.set.classes);
  const bytes = Buffer.from(dictionary.text);
  const dictionaryName = `${name.replace(/\.\w+$/, '')}-${dictionary.name}`;
  const beside = desk.downloads.offer({ name: dictionaryName, type, content: { bytes } });
  return [
    { name, address: table, bytes: null },
    { name: dictionaryName, address: beside, bytes: bytes.length },
  ];
}

/** The table's bytes, in pieces. */
export async function* tableText(
  { bench }: Pick<LabelingDesk, 'bench'>,
  studyName: string,
  format: ExportFormat,
): AsyncGenerator<Buffer> {
  let piece = '';
  for (const text of makers[format](tableSource(bench, studyName))) {
    piece += text;
    if (piece.length < pieceBytes) continue;
    yield Buffer.from(piece);
    piece = '';
    await setImmediate();
  }
  yield Buffer.from(piece);
}
