import { expect } from 'vitest';
import { frameOf, valuesOf } from '../../reports/page.ts';
import { readPdf } from '../../reports/pdf.ts';
import type { CountedStudy } from './from-database.ts';

type Files = Readonly<Record<string, Uint8Array>>;

const textOf = (files: Files, name: string): string => {
  expect(files[name], name).toBeDefined();
  return Buffer.from(files[name] ?? []).toString('utf8');
};

/** Cells of this study's first row of a table. */
const firstRow = (files: Files, name: string): string[] => textOf(files, name).split('\n')[1]?.split(',') ?? [];

const near = (found: unknown, expected: number): void => expect(Number(found)).toBeCloseTo(expected, 9);

/** Opens every format that is there, and holds its numbers against those of the database. */
export function checkNumbers(files: Files, counted: CountedStudy): void {
  inCsv(files, counted);
  inJson(files, counted);
  inPage(files, counted);
  inLatex(files, counted);
  inSvg(files, counted);
  if (files['report.pdf']) inPdf(files, counted);
}

function inCsv(files: Files, counted: CountedStudy): void {
  const { types, networks, determined } = counted;
  const { type_a, both_disagree, both_agree, type_c, exceptions } = types;
  expect(firstRow(files, 'csv/table-1.csv').slice(2, 9).map(Number)).toEqual([
    networks,
    type_a,
    both_disagree,
    both_agree,
    type_c,
    exceptions,
    determined,
  ]);
  const [, , , perNetwork, , across, pairwise, , any] = firstRow(files, 'csv/table-2.csv');
  near(perNetwork, counted.misclassifiedPerNetwork);
  near(across, counted.misclassifiedByAny);
  near(pairwise, counted.twoNetworksDiffer);
  near(any, counted.anyNetworksDiffer);
  const [people, group] = textOf(files, 'csv/agreement.csv')
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
  near(people?.[2], counted.alphaOfPeople);
  // Its name has a comma in it.
  near(group?.[3], counted.alphaOfNetworks);
  const models = textOf(files, 'models.csv');
  for (const { name, accuracy, errors } of counted.accuracies)
    expect(models).toMatch(new RegExp(`^${name}-[\\d.]+,.*,${String(accuracy).replace('.', '\\.')},${errors},`, 'm'));
}

function inJson(files: Files, { types, determined, peopleDisagree, twoPeopleDiffer, ...counted }: CountedStudy): void {
  const { analysis } = JSON.parse(textOf(files, 'tables.json'));
  expect(analysis.meta).toMatchObject({
    n_images: counted.images,
    n_labelers: counted.people,
    n_determined: determined,
  });
  near(analysis.humans.disagree_pct, peopleDisagree);
  near(analysis.humans.pairwise_disagreement_pct.mean, twoPeopleDiffer);
  const [row] = JSON.parse(textOf(files, 'json/table-3.json')).rows;
  near(row[5], (100 * (types.type_a + types.both_disagree)) / determined);
  near(row[6], (100 * types.type_a) / determined);
  near(row[8], (100 * types.type_c) / determined);
}

function inPage(files: Files, { types, ...counted }: CountedStudy): void {
  const page = textOf(files, 'index.html');
  const ours = [...frameOf(page, 'table-1').matchAll(/<b><data value="(\d+)">/g)].map((match) => Number(match[1]));
  expect(ours).toEqual([types.type_a, types.both_disagree, types.both_agree, types.type_c]);
  const holds = (id: string, value: number): void =>
    expect(
      valuesOf(frameOf(page, id)).some((shown) => Math.abs(shown - value) < 1e-9),
      `${id}: ${value}`,
    ).toBe(true);
  holds('table-2', counted.misclassifiedPerNetwork);
  holds('table-2', counted.twoNetworksDiffer);
  holds('table-2', counted.twoPeopleDiffer);
  holds('table-2', counted.peopleDisagree);
  holds('agreement', counted.alphaOfNetworks);
  for (const { accuracy, errors } of counted.accuracies) {
    holds('models-table', accuracy);
    holds('models-table', errors);
  }
}

function inLatex(files: Files, { types, determined, ...counted }: CountedStudy): void {
  const table2 = textOf(files, 'latex/table-2.tex');
  expect(table2).toContain(`$${counted.misclassifiedPerNetwork.toFixed(1)} \\pm `);
  expect(table2).toContain(`$${counted.anyNetworksDiffer.toFixed(1)}$`);
  expect(textOf(files, 'latex/table-3.tex')).toContain(`$${((100 * types.type_c) / determined).toFixed(1)}$`);
  expect(textOf(files, 'latex/agreement.tex')).toContain(`$${counted.alphaOfPeople.toFixed(3)}$`);
}

function inSvg(files: Files, { types, images }: CountedStudy): void {
  const map = textOf(files, 'svg/figure-4-1.svg');
  const drawn = (name: string): number => [...map.matchAll(new RegExp(`<g class="${name}[ "]`, 'g'))].length;
  expect([drawn('type_a'), drawn('both_disagree'), drawn('both_agree'), drawn('type_c')]).toEqual([
    types.type_a,
    types.both_disagree,
    types.both_agree,
    types.type_c,
  ]);
  expect(textOf(files, 'svg/figure-3-1.svg').match(/<image /g)).toHaveLength(images);
}

function inPdf(files: Files, { types, determined, ...counted }: CountedStudy): void {
  const { pages } = readPdf(Buffer.from(files['report.pdf'] ?? []));
  const all = pages.join('\n').replace(/\s+/g, ' ');
  for (const value of [
    (100 * types.type_a) / determined,
    (100 * types.type_c) / determined,
    counted.misclassifiedPerNetwork,
    counted.twoNetworksDiffer,
    counted.anyNetworksDiffer,
    counted.peopleDisagree,
  ])
    expect(all).toContain(value.toFixed(1));
  expect(all).toContain(counted.alphaOfNetworks.toFixed(3));
}
