import { labelCounts, type LabelCounts } from '../label-counts.ts';
import { missing, type LabelMatrix } from '../labels.ts';

/** Published data that measures are checked with. */

/** A rater a row, a letter or digit an item; a dot is missing. */
export function ratersOf(rows: readonly string[]): LabelMatrix {
  const symbols = [...new Set(rows.join('').replaceAll('.', ''))].sort();
  const values = rows.flatMap((row) => [...row].map((symbol) => (symbol === '.' ? missing : symbols.indexOf(symbol))));
  return { raters: rows.length, images: rows[0]!.length, classes: symbols.length, values: Int16Array.from(values) };
}

/** Counts of each category, an item a row. */
export function countsTable(rows: readonly (readonly number[])[]): LabelCounts {
  return {
    images: rows.length,
    classes: rows[0]!.length,
    counts: Uint32Array.from(rows.flat()),
    present: Uint32Array.from(rows, (row) => row.reduce((a, b) => a + b, 0)),
  };
}

/** Krippendorff 2011, B: two observers, nominal data. */
export const krippendorffTwo = ratersOf(['aabbdcccedda', 'babbbccceddd']);

/** Krippendorff 2011, C: four observers, nominal data, some of it missing. */
export const krippendorffMissing = ratersOf(['123321412...', '1233224125.3', '.3332342251.', '12332441251.']);

/** Three coders, 15 units, much of it missing: the example of Wikipedia's "Krippendorff's alpha" and of its Python package. */
export const krippendorffSparse = ratersOf(['.....34121133.3', '1.213343.......', '..21344.21133.4']);

/** Ten items, 14 raters, five categories: the worked example of Wikipedia's "Fleiss' kappa". */
export const fleissWorked = countsTable([
  [0, 0, 0, 0, 14],
  [0, 2, 6, 4, 2],
  [0, 0, 3, 5, 6],
  [0, 3, 9, 2, 0],
  [2, 2, 8, 1, 1],
  [7, 7, 0, 0, 0],
  [3, 2, 6, 3, 0],
  [2, 5, 3, 2, 2],
  [6, 5, 2, 1, 0],
  [0, 2, 2, 3, 7],
]);

/** Thirty patients, six psychiatrists, five diagnoses (Fleiss 1971; `diagnoses` of R's irr). A patient a row here. */
const diagnoses = [
  ...['444444', '222555', '233335', '555555', '222444', '113333', '333355', '113334', '114444', '555555'],
  ...['144444', '124444', '222333', '144444', '224445', '333335', '111455', '111112', '224444', '133555'],
  ...['555555', '244444', '224555', '114444', '144445', '222224', '111155', '224444', '133333', '555555'],
];
const countPatients = (patients: readonly string[]): LabelCounts =>
  labelCounts(ratersOf(Array.from({ length: 6 }, (_, rater) => patients.map((patient) => patient[rater]).join(''))));
export const fleissDiagnoses = countPatients(diagnoses);

/** The first 15 of them: `distrib.6raters` of R's irrCAC. */
export const firstDiagnoses = countPatients(diagnoses.slice(0, 15));

/** Two raters by their table of counts: row a, column b. */
export function ratersOfTable(table: readonly (readonly number[])[]): LabelMatrix {
  const pairs = table.flatMap((row, a) => row.flatMap((count, b) => new Array<[number, number]>(count).fill([a, b])));
  return {
    raters: 2,
    images: pairs.length,
    classes: table.length,
    values: Int16Array.from([...pairs.map(([a]) => a), ...pairs.map(([, b]) => b)]),
  };
}

/** Two raters of R's irr `anxiety`, raters 2 and 3. */
export const anxiety = ratersOf(['36462424332333221334', '21443216111233113322']);
