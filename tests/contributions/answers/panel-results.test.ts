import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { imageCounts, type LabelCounts, labelCounts, takeRaters, tally } from '../../../main/analysis/labels/labels.ts';
import { mostCurvePoints } from '../../../main/contributions/subsampling/analysis/rarefaction.ts';
import type { LabelSet } from '../../../main/analysis/labels/answers.ts';
import { analyzeCounts } from '../../../main/contributions/folders/counted-responses.ts';
import { analyzeRatings } from '../../../main/contributions/folders/rated-responses.ts';
import { analyzeSets } from '../../../main/contributions/folders/set-responses.ts';
import { byName, spread } from '../../../main/analysis/statistics/spread.ts';
import { wholeReport } from '../../../main/contract/api/report.ts';
import type { Group } from '../../../main/contract/results/exhibit.ts';
import { quantityAt } from '../../../main/domain/results/exhibits.ts';
import { choosePanel } from '../../../main/contributions/answers/panels/panels.ts';
import { writeChosenReport } from '../../../main/services/report/write.ts';
import { importResponses } from '../../../main/contributions/answers/study-tables.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { openResults } from '../../services/results/people.ts';
import { curvesOf } from '../subsampling/curves-of.ts';
import { asking, matrixOf, tableOf, tablesOf } from '../../services/results/section-tables.ts';
import answers from '../../../main/contributions/answers/results.ts';
import { alongAlone } from '../along/with-along.ts';
import { consistencyAlone } from '../consistency/with-consistency.ts';
import { subsamplingAlone } from '../subsampling/with-subsampling.ts';
import { withLabels } from '../../analysis/people.ts';

const group: Group = { kind: 'diverse', target: 97.5 };
const people = { study: 'sample', labelers: null };
const view = { ...people, group };

/** The sample study, and its people's labels. */
async function openPanels() {
  const { workbench, results } = await openResults(
    new Map([['answers', answers], ...alongAlone, ...consistencyAlone, ...subsamplingAlone]),
  );
  const source = results.source('sample');
  const images = source.images.map(({ id }) => id);
  const { labels: given } = withLabels(source.people);
  const countLabels = (raters: readonly number[]): LabelCounts => labelCounts(takeRaters(given, raters));
  const everybody = [...source.labelers.keys()];
  const importKind = (
    kind: 'counts' | 'abstain' | 'set' | 'graded',
    rows: readonly (readonly (string | number)[])[],
  ) => {
    const path = join(temporaryFolder(), `${kind}.csv`);
    writeFileSync(path, rows.map((row) => `${row.join()}\n`).join(''));
    return importResponses(workbench, 'sample', path, { kind, total: null });
  };
  const importCounts = (counts: LabelCounts) =>
    importKind('counts', [
      ['image', ...Array.from({ length: 10 }, (_, k) => `count_${k}`)],
      ...images.map((id, image) => [id, ...imageCounts(counts, image)]),
    ]);
  const askAll = () => ({
    people: results.people(people),
    tables: byName(sections, (section) => results.tables(asking(section, view))),
    images: results.images(view),
  });
  const members = source.models.flatMap(({ input }, at) =>
    input.repeat === null && input.target === 97.5 ? [at] : [],
  );
  const labels = takeRaters(
    {
      raters: source.models.length,
      images: images.length,
      classes: 10,
      values: Int16Array.from(source.models.flatMap((model) => [...model.labels])),
    },
    members,
  );
  const names = members.map((at) => source.models[at]!.input.name);
  const networks = { members, names, labels, votes: tally(labels) };
  return {
    workbench,
    results,
    source,
    images,
    group: networks,
    countLabels,
    everybody,
    importKind,
    importCounts,
    askAll,
  };
}

/** Sections with tables of people or of networks. */
const sections = ['types', 'softmax', 'certainty', 'along', 'agreement'] as const;

describe('a study whose figures use a panel', () => {
  it('of the same labels as counts has the same shares, and knows nobody', async () => {
    const { results, images, countLabels, everybody, importCounts, askAll } = await openPanels();
    const before = askAll();
    const ten = countLabels(everybody);
    await importCounts(ten);
    expect(results.overview({ study: 'sample' })).toMatchObject({
      rehearsal: false,
      labelers: 10,
      counted: { least: 10, most: 10 },
      people: [],
      determined: 165,
    });
    const found = askAll();
    expect(found.people.leaveOneOut).toEqual([]);
    const typesOf = ({ tables }: typeof found) => tableOf(tables.types, 'table-1');
    for (const type of ['type_a', 'both_disagree', 'both_agree', 'type_c'] as const)
      expect(quantityAt(typesOf(found), 0, type)?.value).toBe(quantityAt(typesOf(before), 0, type)!.value);
    expect(found.images.rows).toEqual(before.images.rows);
    const image = results.image({ ...people, image: images[3]! });
    expect(image).toMatchObject({ labels: [], people: [...imageCounts(ten, 3)] });
  });

  it('has what the folder analysis of the same counts has, types at a number of people, and a report that says so', async () => {
    const { workbench, results, images, group: networks, countLabels, everybody, importCounts } = await openPanels();
    const own = countLabels([...everybody, ...everybody.slice(0, 4)]);
    await importCounts(own);
    const votes = results.images(view).rows.map((row) => row.votes);
    expect(votes).toEqual(images.map((_, image) => [...imageCounts(labelCounts(networks.labels), image)]));
    const direct = analyzeCounts(own, networks, [10]);
    const { raters } = matrixOf(results.tables({ ...asking('matrix', view), measure: 'errors' }));
    const [coefficients, pooled] = tablesOf(results.tables(asking('agreement', view)), 'agreement', 'pooled');
    expect(raters.map(({ of }) => of)).toEqual(networks.members.map(() => 'model'));
    expect(quantityAt(coefficients!, 0, 'krippendorff')?.value).toBe(direct.krippendorff_alpha);
    expect(quantityAt(coefficients!, 0, 'errors')?.undefined).toContain('not who gave which');
    expect(quantityAt(pooled!, 1, 'kappa')?.value).toBeCloseTo(direct.human_model_pooled_kappa.mean!, 12);
    const typesAt = (asked: number, of = view) => results.tables({ ...asking('types', of), asked });
    const table = tableOf(typesAt(10), 'types-at');
    expect(quantityAt(table, 0, 'type_a_pct')?.value).toBeCloseTo(direct.rarefaction['10']!.type_a_pct!, 9);
    expect(quantityAt(table, 1, 'type_a_pct')?.value).toBe(direct.types!.type_a_pct);
    const ofOthers = tableOf(
      results.tables({ ...asking('types', { ...view, claim: 'networks' }), asked: 10 }),
      'types-at',
    );
    expect(quantityAt(ofOthers, 0, 'exception_pct')?.interval?.claim).toBe('networks');
    expect(typesAt(14).tables.map(({ exhibit }) => exhibit.id)).toEqual(['table-1', 'table-2', 'table-3']);
    const typeA = curvesOf(results.tables(asking('subsampling', view))).find(
      ({ name, along }) => name === 'type a' && along === 'labelers',
    )!;
    expect(typeA.points.map(({ x }) => x)).toEqual(Array.from({ length: 13 }, (_, at) => at + 2));
    expect(typeA.points[8]!.y).toBeCloseTo(direct.rarefaction['10']!.type_a_pct!, 9);

    const folder = await report(workbench);
    expect(readFileSync(join(folder, 'index.html'), 'utf8')).toContain('14 an image; 2,310 labels in all');
    expect(JSON.parse(readFileSync(join(folder, 'tables.json'), 'utf8'))).toMatchObject({
      rehearsal: false,
      analysis: { meta: { response: 'counts', labelers: [], n_labelers: 14 } },
    });
  });

  it('takes “can’t tell” for a missing label of a known labeler', async () => {
    const { workbench, results, images, importKind } = await openPanels();
    const rows = images.flatMap((id, image) => [
      [id, 'Ada', image === 0 ? '?' : 1],
      [id, 'Ben', 1],
    ]);
    await importKind('abstain', [['image', 'labeler', 'label'], ...rows]);
    const overview = results.overview({ study: 'sample' });
    expect(overview).toMatchObject({ labelers: 2, counted: null, determined: 164, unsaid: { cannotTell: 1 } });
    expect(overview.people.map(({ pseudonym }) => pseudonym)).toEqual(['Ada', 'Ben']);
    const { undetermined } = results.people(people);
    const ofKind = () => results.tables(asking('types', view));
    const cannotTell = tableOf(ofKind(), 'cannot-tell');
    expect(undetermined).toEqual([images[0]]);
    const found = (row: number) => ['labels', 'strict'].map((key) => quantityAt(cannotTell, row, key)?.value ?? null);
    // One of 330 answers; on the image of which they differ only with it.
    expect([found(0), found(1)]).toEqual([
      [null, expect.closeTo(100 / 330, 9)],
      [0, expect.closeTo(100 / 165, 9)],
    ]);
    choosePanel(workbench, 'sample', null);
    expect(ofKind().tables.map(({ exhibit }) => exhibit.id)).toEqual(['table-1', 'table-2', 'table-3']);
  });

  it('of images with very many labels has curves that end, and says so', async () => {
    const { results, images, importCounts } = await openPanels();
    const counts = Uint32Array.from(images.flatMap(() => new Array<number>(10).fill(0).with(1, 30_000).with(2, 300)));
    await importCounts({
      images: images.length,
      classes: 10,
      counts,
      present: new Uint32Array(images.length).fill(30_300),
    });
    const { labelers, figures } = results.tables(asking('subsampling', view));
    expect(labelers).toBe(30_300);
    expect(Math.max(...curvesOf({ figures }).map(({ points }) => points.at(-1)!.x))).toBe(mostCurvePoints);
    expect(figures[0]!.notes.join(' ')).toContain(`curves end at ${mostCurvePoints}`);
    expect(tableOf(results.tables({ ...asking('types', view), asked: 10 }), 'types-at').rows).toHaveLength(2);
  });

  it('of sets has what the folder analysis of the same sets has, and says what is undefined', async () => {
    const { workbench, results, images, group: direct, importKind, askAll } = await openPanels();
    const before = askAll();
    const sets = (image: number): LabelSet[] => [[image % 10], image % 3 === 0 ? [1, 7] : [image % 10]];
    const rows = images.flatMap((id, image) => sets(image).map((set, at) => [id, ['Ada', 'Ben'][at]!, set.join('|')]));
    await importKind('set', [['image', 'labeler', 'labels'], ...rows]);
    const own = analyzeSets(
      images.map((_, image) => sets(image)),
      10,
      direct,
      [2],
    );
    expect(results.overview({ study: 'sample' })).toMatchObject({ response: 'set', labelers: 2, determined: 165 });
    const [ofKind, table3] = tablesOf(
      results.tables(asking('types', { ...view, claim: 'people' })),
      ...['sets', 'table-3'],
    );
    expect(quantityAt(table3!, 0, 'type_a_pct')).toMatchObject({ value: expect.closeTo(own.type_a_pct!, 9), n: 165 });
    expect(quantityAt(ofKind!, 2, 'value')?.value).toBe(own.krippendorff_jaccard);
    expect(quantityAt(ofKind!, 3, 'value')?.value).toBeCloseTo(spread(own.covered_pct).mean!, 9);
    const found = results.images(view).rows;
    expect(found.map(({ peopleEntropy }) => peopleEntropy)).toEqual(
      own.entropy_bits.map((bits) => expect.closeTo(bits!, 9)),
    );
    expect(found[3]!.people[1]).toBe(0.5);
    const { raters } = matrixOf(results.tables({ ...asking('matrix', view), measure: 'cohen' }));
    const agreement = results.tables(asking('agreement', view));
    const coefficients = tableOf(agreement, 'agreement');
    expect(quantityAt(coefficients, 0, 'krippendorff')?.undefined).toContain('sets of labels');
    expect(agreement.tables.map(({ exhibit }) => exhibit.id)).not.toContain('pooled');
    expect(raters.map(({ of }) => of)).toEqual(direct.members.map(() => 'model'));
    expect(results.image({ ...people, image: images[3]! }).labels[1]).toMatchObject({
      pseudonym: 'Ben',
      label: null,
      named: [{ label: 1 }, { label: 7 }],
    });
    const folder = await report(workbench);
    expect(readFileSync(join(folder, 'index.html'), 'utf8')).toContain('Sets of labels (2 labelers');
    expect(readFileSync(join(folder, 'sets.csv'), 'utf8')).toContain(`${images[3]},Ben,1|7`);
    choosePanel(workbench, 'sample', null);
    expect(askAll()).toEqual(before);
  });

  it('of ratings has what the folder analysis of the same ratings has, and no shares', async () => {
    const { workbench, results, source, images, group: direct, importKind } = await openPanels();
    const ratings = images.flatMap((_, image) =>
      [0, 1, 2].map((labeler) => ({
        image,
        labeler,
        ratings: [source.images[image]!.pairI!, source.images[image]!.pairJ!].map((label, at) => ({
          label,
          rating: at === 0 ? 5 : (image + 4 * labeler) % 11,
        })),
      })),
    );
    const rows = ratings.flatMap(({ image, labeler, ratings: of }) =>
      of.map(({ label, rating }) => [images[image]!, ['Ada', 'Ben', 'Cy'][labeler]!, label, rating]),
    );
    await importKind('graded', [['image', 'labeler', 'label', 'rating'], ...rows]);
    const own = analyzeRatings(ratings, source.images, 10, null);
    const table1 = tableOf(results.tables(asking('types', view)), 'table-1');
    const ofKind = tableOf(results.tables(asking('types', view)), 'ratings');
    expect(quantityAt(ofKind, 0, 'labels')?.value).toBe(own.preferred.krippendorff_alpha);
    expect(quantityAt(ofKind, 0, 'ratings')?.value).toBe(own.krippendorff_interval);
    const typed = own.preferred.status.filter(
      (status, image) => status === 'agree' && direct.votes.distinct[image]! > 1,
    );
    expect(quantityAt(table1, 0, 'type_a')?.value).toBe(typed.length);
    const flips = tableOf(results.tables(asking('along', people)), 'flip-points');
    const crossings = flips.rows.map((_, row) => quantityAt(flips, row, 'cross')!.value);
    expect(crossings).toEqual(Object.values(own.alpha_cross).map(({ alpha_cross: alpha }) => alpha));
    const { raters } = matrixOf(results.tables({ ...asking('matrix', view), measure: 'cohen' }));
    expect(raters.filter(({ of }) => of === 'person')).toHaveLength(3);
    const folder = await report(workbench);
    expect(readFileSync(join(folder, 'index.html'), 'utf8')).toContain('Ratings (3 labelers');
    expect(readFileSync(join(folder, 'graded.csv'), 'utf8').split('\n')).toHaveLength(2 * ratings.length + 2);
  });
});

/** Writes a report; gives its folder. */
async function report(workbench: Parameters<typeof writeChosenReport>[0]): Promise<string> {
  const folder = join(temporaryFolder(), 'report');
  const printer = { missing: 'nothing prints here', print: () => Promise.reject(new Error('not asked')) };
  await writeChosenReport(workbench, 'sample', wholeReport, { archive: null, folder }, printer);
  return folder;
}
