import { formatFixed } from '../../main/domain/numbers/format.ts';
import { describe, expect, it } from 'vitest';
import { dataSetSchema, folderSourceSchema, type Study } from '../../main/contract/studies/study.ts';
import { classifierRecipeSchema } from '../../main/contract/recipes/recipes.ts';
import { modelsCsv } from '../../main/reports/tables.ts';
import { renderReport } from '../../main/reports/render.ts';
import type { ReportData } from '../../main/exhibits/report-data.ts';
import { figuresOf, frameOf, textOf, valuesOf } from './page.ts';
import { renamePeople, sampleData } from './sample.ts';
import { labelersOf } from '../../main/analysis/labels/answers.ts';

const hostile = `<script>alert("x")</script><img src=x onerror='alert(1)'>\u202E&amp;`;

describe('numbers in a report', () => {
  const data = sampleData({ targets: [97.5, 98, 98.5], repeats: 2 });
  const page = renderReport(data);
  const { analysis } = data;
  if (!analysis) throw new Error('the sample has an analysis');

  it('are the counts of the analysis, in Table 1', () => {
    for (const [target, { types }] of Object.entries(analysis.diverse)) {
      if (!types) throw new Error('nine networks have types');
      const table =
        frameOf(page, 'table-1')
          .split('<table')
          .find((part) => part.includes(`${target} % ·`)) ?? '';
      const ours = [...table.matchAll(/<b><data value="(\d+)">/g)].map((match) => Number(match[1]));
      const { type_a, both_disagree, both_agree, type_c } = types.counts;
      expect(ours).toEqual([type_a, both_disagree, both_agree, type_c]);
      expect(table).toContain(`exceptions: <data value="${types.n_exception}">`);
    }
  });

  it('without an interval say why in Table 1, where others of it have one', () => {
    const few = sampleData({ targets: [97.5], repeats: 0 });
    const intervals = few.analysis?.diverse['97.5']?.intervals;
    if (!intervals?.both_disagree_pct) throw new Error('the sample has intervals');
    intervals.both_disagree_pct = { ...intervals.both_disagree_pct, lo: null, hi: null, reason: 'few_pairs' };
    const table = frameOf(renderReport(few), 'table-1');
    expect(table.match(/class="interval"/g)).toHaveLength(4);
    expect(textOf(table)).toContain('(1) Fewer than five pairs of classes have such an image.');
  });

  it('are the exact values of the analysis, in Tables 2 to 5', () => {
    const held = (id: string, ...expected: (number | null | undefined)[]): void => {
      const values = valuesOf(frameOf(page, id));
      for (const value of expected) expect(values, id).toContain(value);
    };
    for (const { table2, table4, types } of Object.values(analysis.diverse)) {
      held('table-2', table2.misclassified_per_model_pct.mean, table2.misclassified_per_model_pct.std);
      held('table-2', table2.misclassified_across_pct, table2.all_disagree_pct, table2.pairwise_disagreement_pct.mean);
      held('table-3', types?.nn_disagree_pct, types?.type_a_pct, types?.type_c_pct);
      held('table-4', table4.type_a.mean, table4.type_a.std, table4.both_agree.mean);
    }
    held('table-2', analysis.humans.disagree_pct, analysis.humans.pairwise_disagreement_pct.mean);
    for (const rows of Object.values(analysis.table5)) {
      for (const cells of Object.values(rows)) held('table-5', cells['100']?.mean, cells['100']?.std);
    }
  });

  it('come with the study as declared, without folders of the computer', () => {
    const own = sampleData({ targets: [97.5], repeats: 0 });
    const size = { channels: 1, width: 28, height: 28 } as const;
    for (const path of [
      '/home/lovelace/photos/shapes',
      'C:\\Users\\lovelace\\photos\\shapes',
      '\\\\server\\lovelace\\shapes.zip',
      '../lovelace/shapes',
    ]) {
      const folder = folderSourceSchema.parse({ source: 'folder', name: 'Shapes', path, ...size });
      const files = { trainImages: path, trainLabels: path, testImages: path, testLabels: path };
      const idx = dataSetSchema.parse({ source: 'idx', name: 'Shapes', classes: ['0', '1'], ...files });
      for (const dataSet of [folder, idx]) {
        const study: Study = {
          ...own.study,
          dataSet,
          stimuli: { source: 'imported', path },
          labelers: { source: 'csv', path },
        };
        const shown = renderReport({ ...own, study });
        expect(shown.match(/: &quot;shapes(\.zip)?&quot;/g)).toHaveLength(dataSet === folder ? 3 : 6);
        expect(shown).not.toContain('lovelace');
      }
    }
    const uploaded = {
      ...folderSourceSchema.parse({ source: 'folder', name: 'Shapes', path: 'x', ...size }),
      path: `uploaded:${'a'.repeat(12)}/s.zip`,
    };
    expect(renderReport({ ...own, study: { ...own.study, dataSet: uploaded } })).toContain(uploaded.path);
  });

  it('come with whether networks trained on test images that are the stimuli', () => {
    const own = sampleData({ targets: [97.5], repeats: 0 });
    const stimuli = { ...own.stimuli, source: 'test-images' as const, made: null, chosen: { kind: 'all' as const } };
    const methods = (recipes: ReportData['recipes']): string => textOf(renderReport({ ...own, stimuli, recipes }));
    const landing = ', but their accuracy on that part decides when networks are stopped.';
    expect(methods(own.recipes)).toContain(`No network trains on them${landing}`);
    const [pixels, targets] = ['a'.repeat(64), 'b'.repeat(64)];
    const taught = own.recipes.map((of) => ({
      ...of,
      targets: ['epochs 1' as const],
      recipe: { ...of.recipe, softLabels: { pixels, targets, share: 0.5 } },
    }));
    expect(methods(taught)).toContain('not held out of them, and these count in their test accuracies.');
    expect(methods(taught)).toMatch(/ 1 epoch none \d+ /);
    expect(methods([...own.recipes, ...taught])).toContain(
      `these count in their test accuracies; no other network trains on them${landing}`,
    );
  });

  it('say in each caption of how many people and networks they are', () => {
    const own = page.match(/<figure id="[^"]*"/g)?.map((tag) => frameOf(page, tag.slice(12, -1))) ?? [];
    const captions = own.map((frame) => textOf(frame.slice(0, frame.indexOf('</figcaption>'))));
    const people = `${labelersOf(data.labelers?.people).length} simulated labelers`;
    const of = (title: string): string => captions.find((caption) => caption.includes(title)) ?? '';
    expect(of('Table 2')).toContain(`n = ${people}; 9 networks at each of 97.5, 98, 98.5 %`);
    expect(of('Figure 4')).toContain(`n = ${people}; 9 networks at`);
    expect(of('Figure 2')).toMatch(new RegExp(`n = ${people}; \\d+ networks in seed groups`));
    const without = captions.filter((caption) => !caption.includes('n ='));
    expect(without.filter((caption) => /^(Table [1-5]|Figure [1-4])/.test(caption))).toEqual([]);
  });

  it("stand above the paper's", () => {
    const table3 = textOf(frameOf(page, 'table-3'));
    expect(table3).toMatch(/98 % .*paper: 21\.8 %.*paper: 11\.5 %.*paper: 9\.1 %/);
    expect(textOf(frameOf(page, 'table-5'))).toContain('paper: 81.7 ± 5.6');
    expect(textOf(frameOf(page, 'table-5'))).toMatch(/Images (\d+ )+/);
    expect(textOf(frameOf(page, 'table-5'))).not.toMatch(/Images \d+\.0/);
    expect(textOf(frameOf(page, 'table-1'))).toContain('paper: 22 · 13.3 %');
  });

  it('are drawn for each architecture and target', () => {
    const figure = frameOf(page, 'figure-2');
    for (const [architecture, targets] of Object.entries(analysis.fig2)) {
      for (const [target, cell] of Object.entries(targets)) {
        const { mean, std } = cell.type_a_pct;
        const ends = [-1, 1].map((side) => formatFixed((mean ?? 0) + side * (std ?? 0), 1));
        expect(figure).toContain(`${architecture}, ${target}: ${formatFixed(mean ?? 0, 1)} [${ends.join(' to ')}]`);
      }
    }
    const map = frameOf(page, 'figure-4');
    const blue = analysis.diverse['97.5']?.fig4.category.filter((category) => category === 'blue').length;
    expect(map).toContain(`97.5 %, 9 networks: ${blue} type A`);
    expect(frameOf(page, 'figure-4-seeds').match(/<svg/g)).toHaveLength(9);
  });

  it('list every network, and every target that was missed with the nearest accuracy and why', () => {
    const why = 'The epoch limit (40) came first.';
    const missed = {
      name: 'ViT1',
      architecture: 'ViT',
      repeat: null,
      seed: 31,
      target: 98.5,
      nearestAccuracy: 98.27,
      why,
    };
    const withMissed = renderReport({ ...data, missed: [missed, { ...missed, name: 'ViT2', nearestAccuracy: null }] });
    for (const model of data.models.filter(({ group }) => group === 'diverse')) {
      expect(valuesOf(frameOf(page, 'models-table'))).toContain(model.accuracy);
      expect(textOf(frameOf(page, 'models-table'))).toContain(model.name);
      if (model.trend.accuracy !== null)
        expect(valuesOf(frameOf(page, 'models-table'))).toContain(model.trend.accuracy);
      else expect(frameOf(page, 'models-table')).toContain(model.trend.undefined);
    }
    const table = textOf(frameOf(withMissed, 'missed'));
    expect(table).toMatch(/2 snapshots not in any number.*ViT1 ViT 31 98\.5 98\.27 The epoch limit/);
    expect(table).toContain('never evaluated its accuracy');
    expect(page).toContain('Every network reached each of its targets');
  });

  it('says which accuracy is of test images where validation images decided', () => {
    const data = sampleData();
    const [first, ...others] = data.recipes;
    const [model, ...models] = data.models;
    if (!first || !model) throw new Error('the sample has no networks');
    const recipe = { ...first.recipe, landing: 'validation' as const };
    const page = renderReport({
      ...data,
      recipes: [{ ...first, recipe }, ...others],
      models: [{ ...model, validation: 97.52 }, ...models],
    });
    expect(textOf(frameOf(page, 'models-table'))).toMatch(/97\.55 \(validation 97\.52 ?\)/);
    expect(textOf(frameOf(page, 'models-table'))).toMatch(/the target is of the validation images/);
    expect(textOf(page)).toMatch(/±0\.05 on validation images/);
    expect(page).toContain('targets decided by validation images, not by the first step within the tolerance');
    expect(page).toContain('their test images were evaluated at the snapshots only');
    const usual = renderReport(data);
    expect(usual).not.toContain('hold out every sixth');
    expect(modelsCsv({ ...data, models: [{ ...model, validation: 97.52 }] })).toMatch(
      /,validation_accuracy\n.*,97\.52\n$/,
    );
  });
});

describe('a report', () => {
  it('is the same bytes for the same data', () => {
    expect(renderReport(sampleData({ repeats: 2 }))).toBe(renderReport(sampleData({ repeats: 2 })));
  });

  it('holds all images and needs nothing from anywhere', () => {
    const page = renderReport(sampleData());
    expect(page).toContain('default-src &#39;none&#39;');
    expect(page).not.toMatch(/<script|<link|url\(|@import|<iframe| style="/);
    for (const [, address] of page.matchAll(/(?:src|href)="([^"]*)"/g))
      expect(address).toMatch(/^(data:image\/png;base64,|#)/);
    expect(frameOf(page, 'figure-3').match(/<img/g)).toHaveLength(165);
    for (const [, id] of page.matchAll(/href="#([^"]*)"/g)) expect(page).toContain(`id="${id}"`);
  });

  it('escapes every text that somebody else wrote', () => {
    const data = sampleData({ classes: Array.from({ length: 10 }, (_, index) => `${index} ${hostile}`) });
    const { study } = data;
    const everywhere: ReportData = {
      ...data,
      study: { ...study, title: hostile, question: hostile },
      dataSet: { ...data.dataSet, name: hostile },
      labelers: data.labelers && renamePeople(data.labelers, (name) => `${hostile} ${name}`),
      models: data.models.map((model) => ({ ...model, name: hostile, architecture: hostile, engine: hostile })),
      missed: [
        {
          name: hostile,
          architecture: hostile,
          repeat: null,
          seed: 1,
          target: 98,
          nearestAccuracy: null,
          why: hostile,
        },
      ],
      runs: data.runs.map((run) => ({ ...run, name: hostile, machine: hostile, recipe: { note: hostile } })),
      warnings: [hostile],
      product: { version: hostile, commit: hostile },
    };
    const page = renderReport(everywhere);
    expect(page).not.toContain('<script');
    expect(page).not.toContain('<img src=x');
    expect(page).not.toContain('\u202E');
    expect(page).toContain('&lt;script&gt;');
    expect(page).toContain('&amp;amp;');
  });

  it('says what distinguishes a quick study from the paper', () => {
    expect(textOf(renderReport(sampleData()))).toContain('must not be read as the paper’s');
    expect(textOf(renderReport(sampleData({ networks: 7 })))).toContain('7 networks at 97.5 %, not 9');
    expect(textOf(renderReport(sampleData()))).toMatch(/small 28 × 28 generator .* and the labelers are simulated/);
    const published = sampleData({ labelers: 'real' });
    const recipe = { ...published.generator!.recipe, kind: 'dcgan64' as const };
    expect(renderReport({ ...published, generator: { ...published.generator!, recipe } })).not.toContain(
      'not-the-paper',
    );
  });

  it('says nothing of the paper where its numbers are of something else', () => {
    const data = sampleData({ targets: [97.5], repeats: 2 });
    const files = { trainImages: 'a', trainLabels: 'b', testImages: 'c', testLabels: 'd' };
    const letters = { source: 'idx' as const, name: 'letters', classes: [...'abcdefghij'], ...files };
    const twoDigits = { kind: 'listed' as const, pairs: [[4, 9] as [number, number]] };
    const { stimuli } = data.study;
    if (stimuli.source !== 'generated') throw new Error('the sample is generated');
    for (const study of [
      { ...data.study, dataSet: letters },
      { ...data.study, stimuli: { ...stimuli, design: twoDigits } },
    ]) {
      const page = renderReport({ ...data, study });
      expect(page).not.toContain('class="paper"');
      expect(page).not.toContain('not-the-paper');
      expect([...page.matchAll(/href="#([^"]+)"/g)].filter(([, id]) => !page.includes(`id="${id}"`))).toEqual([]);
    }
    expect(renderReport(data)).toContain('class="paper"');
  });

  it('says of a generator that came with the product where it comes from and what it is worth', () => {
    const page = textOf(renderReport(sampleData({ shipped: true })));
    for (const words of [
      'the generator was not trained in it, but came with the product (5 epochs)',
      'It was not trained in this study: mnist-dcgan64 comes with the product, trained by version 0.0.9 on MNIST for 5 epochs',
      'A classifier of 98.5 % test accuracy (MLP, hidden 500–500) is sure (softmax above 0.95) of 75.0 % of 2,000 of its samples',
      'and of 89.0 % of real test images; the rarest class, 0, has 155.',
    ])
      expect(page.replaceAll('\u00a0', ' ')).toContain(words);
    expect(textOf(renderReport(sampleData()))).not.toContain('comes with the product');
  });

  it('says so of recipes, tolerances, seed groups and generators that are not the paper’s', () => {
    const data = sampleData({ labelers: 'real' });
    const generator = {
      ...data.generator!,
      recipe: { ...data.generator!.recipe, kind: 'dcgan64' as const, features: 32 },
    };
    const [mlp, ...others] = data.recipes;
    const hidden = { kind: 'mlp' as const, hidden: [20] };
    const small = { ...mlp!, recipe: { ...mlp!.recipe, architecture: hidden, tolerance: 1 } };
    const seeds = { ...mlp!, name: 'MLP', group: 'seeds' as const, groups: [5, 5] };
    const page = textOf(renderReport({ ...data, recipes: [small, ...others, seeds], generator }));
    for (const words of [
      'the generator’s feature map size is 32',
      'other recipes than the paper’s: MLP1',
      'snapshots up to 1 points from their target, not 0.05',
      '2 seed groups of 5 networks, not 10 of 10',
    ])
      expect(page).toContain(words);
    // The paper augments its third CNN, but mirrors no digits.
    const augmented = (augmentation: object) => {
      const recipe = classifierRecipeSchema.parse({ architecture: { kind: 'cnn' }, targets: [97.5], augmentation });
      return textOf(renderReport({ ...data, recipes: [{ ...mlp!, name: 'CNN3', recipe }] }));
    };
    expect(augmented({})).not.toContain('other recipes');
    expect(augmented({ flip: true })).toContain('other recipes than the paper’s: CNN3');
  });

  it('says what became of labeling sessions: the lock, who is left out and why, who withdrew', () => {
    const data = sampleData({ labelers: 'real' });
    const excluded = [{ name: 'P-7KQM', reason: `slept <b>twice</b>` }];
    const lock = { hash: 'c'.repeat(64), lockedAt: '2026-01-01T10:00:00.000Z' };
    const none = { lock: null, excluded: [], unfinished: 0, withdrawn: 0, cannotTell: 0, timedOut: 0 };
    const page = textOf(renderReport({ ...data, labeling: { ...none, lock, excluded, unfinished: 2, withdrawn: 1 } }));
    for (const words of [
      lock.hash,
      'P-7KQM (slept &lt;b&gt;twice&lt;/b&gt;)',
      '1 person withdrew',
      '2 sessions not finished',
    ])
      expect(page.replaceAll('\u00a0', ' ')).toContain(words);
    const open = textOf(renderReport({ ...data, labeling: none }));
    expect(open).toContain('The labels are not locked');
    expect(textOf(renderReport(data))).not.toContain('locked');
  });

  it("leaves the paper's numbers away for another data set", () => {
    const data = sampleData({ labelers: 'real' });
    const source = {
      source: 'idx' as const,
      name: 'fashion',
      classes: [],
      trainImages: 'a',
      trainLabels: 'b',
      testImages: 'c',
      testLabels: 'd',
    };
    const page = renderReport({ ...data, study: { ...data.study, dataSet: source } });
    expect(page).not.toContain('class="paper"');
    expect(renderReport(data)).toContain('class="paper"');
  });

  it('names the anchors that are no clear examples of their class', () => {
    const data = sampleData();
    expect(textOf(frameOf(renderReport(data), 'anchors'))).not.toContain('Not clear');
    const anchors = data.anchors.map((anchor, k) => (k === 3 || k === 5 ? { ...anchor, confidence: 0.6 } : anchor));
    expect(textOf(frameOf(renderReport({ ...data, anchors }), 'anchors'))).toContain(
      'Not clear (below 0.95): 3 and 5.',
    );
  });

  it('shows imported images without pairs in plain rows, and says how many are not drawn of very many', () => {
    const data = sampleData();
    const loose = data.stimuli.items.map((item) => ({ ...item, pairI: null, pairJ: null, alpha: null }));
    const plain = renderReport({ ...data, stimuli: { ...data.stimuli, items: loose } });
    expect(frameOf(plain, 'figure-3').match(/<img/g)).toHaveLength(165);
    expect(frameOf(plain, 'figure-3').match(/<tr>/g)).toHaveLength(11);
    const many = Array.from({ length: 3000 }, (_, id) => ({ ...loose[0]!, id }));
    const alone = { ...data, labelers: null, analysis: null, predictions: [] };
    const cut = renderReport({ ...alone, stimuli: { ...data.stimuli, items: many } });
    expect(textOf(frameOf(cut, 'figure-3'))).toMatch(/2,850 more images are not drawn/);
  });
});

describe('a rehearsal', () => {
  it('wears the mark at the top and on every table and figure that labels went into', () => {
    const page = renderReport(sampleData({ targets: [97.5, 98], repeats: 2 }));
    const withPeople = [1, 2, 3, 4, 5]
      .map((n) => `table-${n}`)
      .concat(['figure-1', 'figure-2', 'figure-3', 'figure-4', 'figure-4-seeds']);
    for (const id of withPeople) {
      expect(frameOf(page, id), id).toMatch(/^<figure id="[^"]*" class="frame rehearsal"/);
      expect(textOf(frameOf(page, id)), id).toContain('Rehearsal');
    }
    const unmarked = figuresOf(page).filter((tag) => !tag.includes('rehearsal'));
    expect(unmarked.map((tag) => /id="([^"]*)"/.exec(tag)?.[1])).toEqual([
      'anchors',
      'models-table',
      'seeds-table',
      'recipes',
      'runs',
    ]);
    expect(textOf(page.slice(page.indexOf('<body>')))).toMatch(/^Rehearsal/);
    expect(page).toContain('<title>Rehearsal: ');
    expect(textOf(page.slice(page.indexOf('id="found"')))).toMatch(/Findings Rehearsal/);
  });

  it('is not claimed of real labels, nor where nobody labeled', () => {
    for (const labelers of ['real', 'none'] as const) {
      const page = renderReport(sampleData({ labelers }));
      expect(page.slice(page.indexOf('<body>'))).not.toMatch(/rehears|simulated/i);
    }
  });
});

describe('values that are not defined', () => {
  it('are a dash with a reason under the table', () => {
    const page = renderReport(sampleData({ labelers: 'none' }));
    for (const id of ['table-1', 'table-3', 'table-4']) {
      expect(frameOf(page, id), id).toContain('title="Nobody has labeled these images yet."');
      expect(textOf(frameOf(page, id)), id).toMatch(/\(1\) Nobody has labeled these images yet\.$/);
    }
    expect(textOf(frameOf(page, 'table-1'))).toContain('A – (1)');
    expect(page).not.toMatch(/NaN|undefined<|>null</);
    expect(frameOf(page, 'table-2')).toMatch(/data value="[\d.]+">\d+\.\d<\/data>/);
  });

  it('have another reason where there is a single network', () => {
    const page = renderReport(sampleData({ networks: 1 }));
    expect(textOf(frameOf(page, 'table-1'))).toContain('A group needs at least two networks');
    expect(textOf(page)).toMatch(
      /Rehearsal The 10 simulated labelers disagree on .{1,80}\. A group needs at least two networks to agree or disagree\./,
    );
    expect(textOf(frameOf(page, 'table-1'))).toContain('97.5 % · 1 network · 165 images');
  });

  it('are never put down to the networks where it is people that are missing, nor the other way round', () => {
    const noLabels = renderReport(sampleData({ labelers: 'none', networks: 1, repeats: 2 }));
    const cells = frameOf(noLabels, 'table-2').split('<td>');
    expect(cells[3]).toContain('Nobody has labeled');
    expect(cells[4]).toContain('at least two networks');
    expect(frameOf(noLabels, 'table-5')).not.toContain('No image has this human certainty');
    expect(textOf(frameOf(noLabels, 'figure-2'))).toMatch(/Nobody has labeled these images yet\.$/);
  });

  it('come with the number of images where labels are missing', () => {
    const data = sampleData({ labelers: 'real' });
    expect(textOf(frameOf(renderReport(data), 'table-2'))).not.toContain('two labels or more');
    const meta = { ...data.analysis!.meta, n_determined: 150 };
    const page = renderReport({ ...data, analysis: { ...data.analysis!, meta } });
    const words = 'Of the 150 images with two labels or more; where networks differ, of all 165.';
    expect(textOf(frameOf(page, 'table-2'))).toContain(words);
  });

  it('are not hidden by claiming that all reached their target while snapshots are absent', () => {
    const data = sampleData();
    const page = textOf(renderReport({ ...data, models: data.models.slice(0, 7) }));
    expect(page).not.toContain('Every network reached');
    expect(page).toContain('No network missed a target, but 2 of the study’s snapshots are missing so far');
  });

  it('say so where nothing was trained or analyzed yet', () => {
    const data = sampleData({ labelers: 'none' });
    const page = textOf(renderReport({ ...data, models: [], predictions: [], analysis: null, runs: [], anchors: [] }));
    expect(page).toContain('No network has been trained yet.');
    expect(page).toContain('There are no diverse networks to compare at any target yet.');
  });
});
