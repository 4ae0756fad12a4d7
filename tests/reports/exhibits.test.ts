import { describe, expect, it } from 'vitest';
import { wholeReport } from '../../main/contract/api/report.ts';
import { renderReport } from '../../main/reports/render.ts';
import type { ReportData } from '../../main/exhibits/report-data.ts';
import { cellsOf, files, labeled, rowsOf } from './exhibit-files.ts';
import { frameOf, textOf } from './page.ts';
import { sampleData } from './sample.ts';

describe('targets', () => {
  it('are named in ascending order where the study is told from the paper’s', () => {
    const page = textOf(renderReport(sampleData({ targets: [97.5, 98, 98.5], networks: 4 })));
    expect(page).toMatch(/4 networks at 97\.5 %, not 9, 4 networks at 98 %, not 9, 4 networks at 98\.5 %/);
  });
});

describe('Table 3', () => {
  it('shows how many networks there are at each target, and how many missed it', () => {
    const data = sampleData({ targets: [97.5, 98], labelers: 'real' });
    const miss = { name: 'ViT1', architecture: 'ViT', repeat: null, seed: 1, target: 98, nearestAccuracy: 1, why: 'w' };
    const all = files({ ...data, missed: [miss] });
    const rows = rowsOf(all.get('csv/table-3.csv')).filter((row) => row.Source === 'this study');
    expect(rows.map((row) => [row['Target %'], row.Networks, row.Missed])).toEqual([
      ['97.5', '9', '0'],
      ['98', '9', '1'],
    ]);
    expect(textOf(frameOf(all.get('index.html') ?? '', 'table-3'))).toMatch(/98 % 9 ViT1 missed the target/);
  });
});

describe('reasons for what is not defined', () => {
  const data = sampleData({ targets: [97.5], labelers: 'real' });
  const frames = (of: ReportData, ...ids: string[]): string => {
    const page = renderReport(of);
    return ids.map((id) => textOf(frameOf(page, id))).join(' ');
  };

  it('are not that nobody labeled together where all gave the same label', () => {
    const words = frames(
      labeled(data, 3, () => 4),
      'agreement',
    );
    expect(words).not.toContain('No image was labeled by at least two');
    expect(words).toContain('All labels are the same, so chance alone gives full agreement.');
  });

  it('say that nobody labeled where nobody has, and nothing else', () => {
    const words = frames(sampleData({ labelers: 'none' }), 'certainty');
    expect(words).toContain('Nobody has labeled these images yet.');
    expect(words).not.toContain('No image is of this type');
  });
});

describe('where labels are missing', () => {
  // 100 images are a tie of two, 30 have one label, 35 none.
  const whole = sampleData({ targets: [97.5], labelers: 'real' });
  const data = labeled(whole, 2, (person, image) => (image < 100 ? person : image < 130 && person === 0 ? 3 : -1));
  const group = data.analysis!.diverse['97.5']!;

  it('intervals of a number that a table shows are of that number', () => {
    const all = files(data);
    const rows = cellsOf(all, 'intervals');
    const of = (name: string) => rows.find((row) => String(row.Statistic).startsWith(name))!;
    expect(new Set(rows.map((row) => row.Units))).toEqual(new Set(['10 anchors']));
    const { table2, types, divergence } = group;
    expect(of('Two networks differ').Value).toBeCloseTo(table2.pairwise_disagreement_pct.mean!, 9);
    expect(of('Any networks differ').Value).toBeCloseTo(table2.all_disagree_pct!, 9);
    expect(of('Networks disagree').Value).toBeCloseTo(types!.nn_disagree_pct!, 9);
    expect(of('Jensen').Value).toBeCloseTo(divergence.mean.js_bits!, 9);
    // What analyses of other programs are compared with stays as it is defined.
    expect(group.bootstrap!.image!.js_bits.estimate).not.toBeCloseTo(group.divergence.mean.js_bits!, 3);
  });
});

describe('what figures are drawn from, and what lists list', () => {
  const whole = sampleData({ targets: [97.5, 98], repeats: 1, labelers: 'real' });
  const miss = {
    name: 'ViT9',
    architecture: 'ViT',
    repeat: null,
    seed: 9,
    target: 98,
    nearestAccuracy: 97.9,
    why: 'End.',
  };
  const data = { ...whole, missed: [miss] };
  const all = files(data);
  const humans = data.analysis!.humans;

  it('are files as CSV and as JSON, each of both', () => {
    const named = (ending: string) =>
      [...all.keys()].flatMap((name) => (name.startsWith(`${ending}/`) ? [name.replace(/.*\/|\.\w+$/g, '')] : []));
    expect(named('csv')).toEqual(named('json'));
    const lists = ['entropy', 'recipes', 'missed', 'runs'];
    expect(named('csv')).toEqual(expect.arrayContaining(lists));
  });

  it('entropies are those of the analysis, an image and target each', () => {
    const rows = cellsOf(all, 'entropy');
    expect(rows).toHaveLength(2 * 165);
    expect(rows.slice(0, 165).map((row) => row['Entropy of people, bits'])).toEqual(humans.entropy_bits);
    const { vote_bits: votes, predictive_bits: softmax } = data.analysis!.diverse['98']!.entropy;
    expect(rows.slice(165).map((row) => row['Entropy of votes, bits'])).toEqual(votes);
    expect(rows.slice(165).map((row) => row['Entropy of mean softmax, bits'])).toEqual(softmax);
  });

  it('records are those of the page', () => {
    expect(cellsOf(all, 'recipes').map((row) => row.Name)).toEqual(data.recipes.map(({ name }) => name));
    const some = cellsOf(files(data, { ...wholeReport, targets: [97.5] }), 'recipes');
    expect(new Set(some.map((row) => row['Targets %']))).toEqual(new Set(['97.5']));
    expect(some.map((row) => JSON.parse(String(row['Recipe as JSON'])))).toEqual(data.recipes.map((of) => of.recipe));
    expect(cellsOf(all, 'missed')).toEqual([
      expect.objectContaining({ Network: 'ViT9', 'Nearest %': 97.9, Why: 'End.' }),
    ]);
    const [first] = cellsOf(all, 'runs');
    expect(first).toMatchObject({ Run: data.runs[0]!.name, 'Took, s': 70, Engine: 'tensorflow' });
    expect(JSON.parse(String(first!['Recipe as JSON']))).toEqual(data.runs[0]!.recipe);
  });
});

describe('drawings as files', () => {
  const simulated = files(sampleData({ targets: [97.5, 98], repeats: 2 }));
  const svgs = [...simulated].filter(([name]) => name.startsWith('svg/'));

  it('say in plain sight that labels are simulated, each of them', () => {
    expect(svgs.length).toBeGreaterThan(18);
    for (const [name, svg] of svgs) {
      expect(svg, name).toMatch(/<text class="rehearsal-mark"[^>]*>Rehearsal: simulated labelers<\/text>/);
      const [, width = 0, height = 0] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
      const [, x = 0, y = 0] = /class="rehearsal-mark" x="([\d.]+)" y="([\d.]+)"/.exec(svg) ?? [];
      expect(Number(x), name).toBeLessThan(Number(width));
      expect(Number(y), name).toBeLessThan(Number(height));
    }
    for (const [name, svg] of files(sampleData({ targets: [97.5], labelers: 'real' })))
      if (name.startsWith('svg/')) expect(svg, name).not.toContain('rehearsal-mark"');
  });

  it('have Figures 1 and 3: every image on its place, with the classes named', () => {
    const figure = simulated.get('svg/figure-3-1.svg') ?? '';
    expect(figure.match(/<image href="data:image\/png;base64,/g)).toHaveLength(165);
    expect(figure.match(/class="axis people"/g)).toHaveLength(165);
    expect(figure.match(/class="axis networks"/g)).toHaveLength(165);
    expect(figure).toContain('upper line simulated labelers, lower line networks at 97.5 %.');
    const strip = simulated.get('svg/figure-1-1.svg') ?? '';
    expect(strip.match(/<image /g)).toHaveLength(11);
    expect(strip.match(/<g class="of-people">/g)).toHaveLength(11);
    const nobody = files(sampleData({ targets: [97.5], labelers: 'none' })).get('svg/figure-3-1.svg') ?? '';
    expect(nobody).not.toContain('axis people');
  });
});

describe('texts', () => {
  it('say with which seed, and how often, was drawn', () => {
    const page = renderReport(sampleData({ targets: [97.5] })).replace(/\s+/g, ' ');
    const methods = textOf(page.slice(page.indexOf('<section id="methods"')));
    expect(methods).toContain('mulberry32, which each of them starts with seed 20211213');
    expect(methods).toContain(
      '1,000 resamples for the interval of a crossing, 9,999 patterns of signs for a sign-flip test',
    );
  });

  it('name files only where these were chosen', () => {
    const data = sampleData({ targets: [97.5], repeats: 2 });
    expect(renderReport(data)).toContain('models.csv beside this report');
    const page = renderReport(data, { ...wholeReport, formats: ['html'] });
    expect(page).not.toMatch(/models\.csv|tables\.json|CSV files/);
  });

  it('do not call accuracies equal that are only close', () => {
    const page = textOf(renderReport(sampleData({ targets: [97.5] })));
    expect(page).not.toContain('test accuracy is the same');
    expect(page).toMatch(/9 networks trained to 97\.5 % accuracy, with test accuracies at most 0\.\d\d points apart,/);
  });
});
