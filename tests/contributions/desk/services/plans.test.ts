import { createHash } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import type { LabelingPlan } from '../../../../main/contributions/sessions/contract/plan.ts';
import type { PlanPreview } from '../../../../main/contributions/desk/contract/plan.ts';
import { layOutTrials, smallestDistance } from '../../../../main/contributions/desk/analysis/order.ts';
import { expectedDisagreement } from '../../../../main/contributions/desk/analysis/planner.ts';
import { paperPairs } from '../../../../main/domain/anchors/pair-design.ts';
import type { Pair } from '../../../../main/domain/stimuli/stimulus-set.ts';
import { currentPlan, planner, previewPlan } from '../../../../main/contributions/desk/plans.ts';
import type { Workbench } from '../../../../main/services/workbench/workbench.ts';
import { study } from '../../../storage/records.ts';
import { openLab } from '../../../services/lab/lab-helper.ts';
import { plan, studyName } from '../../../services/labeling/labeling-helper.ts';
import { deskTables } from '../../../../main/contributions/desk/storage/tables.ts';

const bare = { practice: 0, attention: 0, repeats: 0 };

/** A study whose images lie at these alphas of these pairs, with ids from 10. */
function addStudy(
  { storage, now }: Workbench,
  pairs: readonly Pair[],
  alphas: readonly number[],
  name = studyName,
  classes = ['zero', 'one', 'two'],
  anchors: (pair: number) => { anchorI?: string; anchorJ?: string } = () => ({}),
) {
  const images = pairs.flatMap(([pairI, pairJ], pair) =>
    alphas.map((alpha, step) => ({
      id: 10 + pair * alphas.length + step,
      pairI,
      pairJ,
      alpha,
      z: null,
      ...anchors(pair),
    })),
  );
  const hash = createHash('sha256').update(JSON.stringify(images)).digest('hex');
  const id = storage.studies.put(name, { ...study(), name }, now());
  const pixels = storage.blobs.put(new Uint8Array(images.length));
  storage.stimulusSets.put(
    {
      hash,
      width: 1,
      height: 1,
      channels: 1,
      classes,
      source: 'imported',
      provenance: {},
      original: null,
      pixels,
      images,
    },
    now(),
  );
  storage.studies.useStimuli(id, hash, now());
  return { id, hash, images };
}

const steps = (count: number): number[] => Array.from({ length: count }, (_, at) => at / (count - 1));

/** Alphas without the clear ones. */
const middle = (count: number): number[] => steps(count + 2).slice(1, -1);

const threePairs = [[0, 1] as const, [0, 2] as const, [1, 2] as const];

function withStudy(pairs: readonly Pair[], alphas: readonly number[]) {
  const { workbench } = openLab().lab;
  const { images } = addStudy(workbench, pairs, alphas);
  return {
    workbench,
    images,
    /** As on a machine that needs no time. */
    preview: (change: Partial<LabelingPlan>): PlanPreview => {
      const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
      try {
        return previewPlan(workbench, studyName, plan(change));
      } finally {
        clock.mockRestore();
      }
    },
  };
}

test('the proposed plan follows the stimuli: a repeat of every tenth image, at most 20, and practice of at most 5', () => {
  const { workbench } = openLab().lab;
  const { storage } = workbench;
  storage.studies.put('bare', { ...study(), name: 'bare' }, 1);
  expect(currentPlan(workbench, 'bare')).toEqual({ saved: null, proposal: null });
  addStudy(workbench, threePairs, steps(11));
  expect(currentPlan(workbench, studyName)).toEqual({
    saved: null,
    proposal: {
      question: 'What is this?',
      names: ['zero', 'one', 'two'],
      keys: ['z', 'o', 't'],
      cannotTell: null,
      consent: null,
      instructions:
        'You will see some images. Say what you see in each image. If you are not sure, choose the answer that fits best.',
      mode: 'grid',
      grid: { columns: 5, rows: 3 },
      size: { unit: 'mm', value: 40 },
      interpolation: 'smooth',
      fixationMs: 500,
      timeLimit: { imageSeconds: null, sessionMinutes: null },
      // The first four bytes of the SHA-256 of `small`, the last one first.
      order: {
        seed: createHash('sha256').update('small').digest().readUInt32LE(0),
        apart: 3,
        blocks: 1,
        practice: 'different-anchors',
      },
      perPerson: null,
      repeats: 3,
      repeatApart: 20,
      practice: 5,
      attention: 0,
      people: 10,
    },
  });
  const sizes = [3, 39, 40, 199, 200, 210].map((count) => {
    addStudy(workbench, [[0, 1]], steps(count), `s${count}`);
    const { proposal } = currentPlan(workbench, `s${count}`);
    return [proposal?.repeats, proposal?.practice];
  });
  expect(sizes).toEqual([
    ...[
      [0, 3],
      [3, 5],
    ],
    ...[
      [4, 5],
      [19, 5],
    ],
    ...[
      [20, 5],
      [20, 5],
    ],
  ]);
  const other = { ...plan(), question: 'What?' };
  const { id, savedAt } = deskTables(storage).plans.save(storage.studies.byName(studyName)?.id ?? 0, other, 7_000);
  expect(currentPlan(workbench, studyName).saved).toEqual({
    id,
    version: 1,
    texts: { question: 1, labels: 1, instructions: 1, consent: 1 },
    plan: other,
    savedAt: new Date(savedAt).toISOString(),
  });
});

test('a preview counts the trials, estimates the minutes, and shows the first forty of three orders', () => {
  const { preview, images } = withStudy(threePairs, steps(21));
  const change = { repeats: 12, repeatApart: 8, practice: 3, attention: 2, people: 4 };
  const order = (place: number) => layOutTrials(images, plan(change), place).map(({ image }) => image);
  const apart = (place: number) => smallestDistance(order(place), images, 2);
  expect(preview(change)).toEqual({
    trials: { real: 63, repeat: 12, practice: 3, attention: 2 },
    ordersChecked: { checked: 4, of: 4 },
    orders: [0, 1, 2].map((place) => ({ apart: apart(place), first: order(place).slice(0, 40) })),
    perImage: { least: 4, most: 4 },
    minutes: (80 * 1.6) / 60,
    warnings: [],
  });
  expect(preview({ ...bare, people: 2 })).toMatchObject({
    ordersChecked: { checked: 2, of: 2 },
    orders: [{}, {}],
    minutes: (63 * 1.6) / 60,
  });
  expect(preview({ ...bare, people: 1 }).minutes).toBe((63 * 1.6) / 60);
  // One at a time, the cross before each image takes its time.
  expect(preview({ ...bare, people: 1, mode: 'single', fixationMs: 400 }).minutes).toBeCloseTo((63 * 2) / 60, 10);
  expect(preview({ ...bare, people: 3, perPerson: 20 })).toMatchObject({
    trials: { real: 20 },
    perImage: { least: 0, most: 1 },
    warnings: [],
  });
  expect(preview({ ...bare, people: 5, perPerson: 63 }).perImage).toEqual({ least: 5, most: 5 });
  expect(preview({ ...bare, people: 7, perPerson: 10 }).perImage).toEqual({ least: 1, most: 2 });
});

test('a preview checks three orders, then more until a tenth of a second has passed', () => {
  const { workbench } = withStudy(threePairs, steps(4));
  const checked = (...times: number[]) => {
    const clock = vi.spyOn(performance, 'now');
    for (const time of times) clock.mockReturnValueOnce(1000 + time);
    const { ordersChecked } = previewPlan(workbench, studyName, plan({ ...bare, people: 9 }));
    clock.mockRestore();
    return ordersChecked;
  };
  expect(checked(0, 100)).toEqual({ checked: 3, of: 9 });
  expect(checked(0, 99, 99.9, 100)).toEqual({ checked: 5, of: 9 });
  expect(checked(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)).toEqual({ checked: 9, of: 9 });
});

test('a preview warns of neighbors that come too soon, by one position or more', () => {
  const few = withStudy([[0, 1]], steps(3));
  const tooNear = (positions: string) =>
    `Neighboring alphas of a pair can be only ${positions} apart, because there are too few pairs.`;
  expect(few.preview({ ...bare, order: { seed: 5, apart: 3, blocks: 1 } }).warnings).toEqual([tooNear('1 position')]);
  expect(few.preview({ ...bare, order: { seed: 5, apart: 1, blocks: 1 } }).warnings).toEqual([]);
  const some = withStudy(threePairs, steps(3));
  const { orders, warnings } = some.preview({ ...bare, people: 1, order: { seed: 5, apart: 50, blocks: 1 } });
  const nearest = orders[0]?.apart ?? 0;
  expect(nearest).toBeGreaterThan(1);
  expect(warnings).toEqual([tooNear(`${nearest} positions`)]);
  expect(some.preview({ ...bare, people: 1, order: { seed: 5, apart: nearest, blocks: 1 } }).warnings).toEqual([]);
  const single = withStudy(threePairs, [0.5]);
  const lonely = single.preview({ ...bare, people: 1, order: { seed: 5, apart: 3, blocks: 1 } });
  expect([lonely.orders[0]?.apart, lonely.warnings]).toEqual([null, []]);
});

test('a preview warns of missing clear images', () => {
  const clear = withStudy(threePairs, steps(3));
  const attention = (change: Partial<LabelingPlan>) =>
    clear.preview({ ...bare, people: 1, order: { seed: 5, apart: 1, blocks: 1 }, ...change });
  expect(attention({ attention: 6 })).toMatchObject({ trials: { attention: 6 }, warnings: [] });
  expect(attention({ attention: 7 })).toMatchObject({
    trials: { attention: 6 },
    warnings: ['There are 6 clear images (alpha 0 or 1), so only 6 attention trials.'],
  });
  const others = 'There are not enough clear images, so practice also shows other images.';
  expect(attention({ practice: 6 }).warnings).toEqual([]);
  expect(attention({ practice: 7 }).warnings).toEqual([others]);
  const unclear = withStudy(threePairs, middle(3));
  expect(unclear.preview({ ...bare, people: 1, order: { seed: 5, apart: 1, blocks: 1 } }).warnings).toEqual([]);
  const one = unclear.preview({ ...bare, practice: 1, people: 1, order: { seed: 5, apart: 1, blocks: 1 } });
  expect(one.warnings).toEqual([others]);
});

test('a preview warns of few repeats, and of repeats that come too soon in any order', () => {
  const { preview, images } = withStudy(threePairs, steps(5));
  const rules = { ...bare, people: 4, order: { seed: 5, apart: 1, blocks: 1 } };
  const rough = 'With fewer than ten repeats, consistency is only a rough estimate.';
  expect(preview({ ...rules, repeats: 10, repeatApart: 2 }).warnings).toEqual([]);
  expect(preview({ ...rules, repeats: 9, repeatApart: 2 }).warnings).toEqual([rough]);
  expect(preview({ ...rules, repeats: 1, repeatApart: 2 }).warnings).toEqual([rough]);
  expect(preview({ ...rules, repeats: 0, repeatApart: 1000 }).warnings).toEqual([]);
  const wanted = { ...rules, repeats: 12, repeatApart: 1000 };
  /** The smallest distance of an image and its repeat. */
  const distance = (place: number): number => {
    const trials = layOutTrials(images, plan(wanted), place);
    return Math.min(
      ...trials.flatMap(({ image, kind }, at) =>
        kind === 'repeat' ? [at - trials.findIndex((one) => one.kind === 'real' && one.image === image)] : [],
      ),
    );
  };
  const distances = [0, 1, 2, 3].map(distance);
  const least = Math.min(...distances);
  expect(preview(wanted).warnings).toEqual([
    `Repeats can come only ${least} positions after their image, because there are too few images.`,
  ]);
});

test('a preview warns of an image that must appear twice in a row, and of more images a person than there are', () => {
  const { preview } = withStudy([[0, 1]], [0.5]);
  const rules = { ...bare, people: 2, order: { seed: 5, apart: 1, blocks: 1 } };
  const again = preview({ ...rules, repeats: 1, repeatApart: 1 });
  expect(again.trials).toEqual({ real: 1, repeat: 1, practice: 0, attention: 0 });
  expect(again.warnings).toEqual([
    'With fewer than ten repeats, consistency is only a rough estimate.',
    'In some orders, an image appears twice in a row, because there are too few images for the additional trials.',
  ]);
  const two = withStudy([[0, 1]], [0, 1]);
  const only = {
    repeats: 1,
    repeatApart: 1,
    practice: 2,
    attention: 1,
    people: 3,
    order: { seed: 1, apart: 1, blocks: 1 },
  };
  const doubled = [0, 1, 2].map((place) => {
    const ids = layOutTrials(two.images, plan(only), place).map(({ image }) => image);
    return ids.some((id, at) => id === ids[at + 1]);
  });
  expect(new Set(doubled).size).toBe(2);
  expect(two.preview(only).warnings).toContainEqual(expect.stringContaining('In some orders'));
  expect(preview({ ...rules, perPerson: 1 }).warnings).toEqual([]);
  expect(preview({ ...rules, perPerson: 2 }).warnings).toEqual(['There are only 1 images.']);
});

test('a plan has a name of its own for each class', () => {
  const { preview } = withStudy(threePairs, steps(3));
  const wrong = (names: string[], given: number) =>
    expect(() => preview({ names })).toThrow(
      expect.objectContaining({
        code: 'labeling.names',
        message: expect.stringContaining(`The plan names ${given} different answers, but the stimuli have 3 classes`),
      }),
    );
  wrong(['a', 'b'], 2);
  wrong(['a', 'b', 'b'], 2);
  wrong(['a', 'b', 'c', 'd'], 4);
  wrong(['a', 'b', 'c', 'c'], 3);
  expect(preview({ ...bare, names: ['a', 'b', 'c'] }).trials.real).toBe(9);
});

test('the planner counts the labels of people, of two or more, and assumes where there are none', async () => {
  const { workbench } = openLab().lab;
  const { storage } = workbench;
  const { id, hash, images } = addStudy(workbench, [[0, 1]], steps(3));
  const input = { study: studyName, people: 4, images: 30, perPerson: null, secondsPerImage: 2, assumed: 0.3 };
  const disagreement = (counts: number[][], change = {}) =>
    expectedDisagreement({
      stimuli: images,
      counts,
      people: [2, 3, 4],
      images: 30,
      perPerson: null,
      assumed: 0.3,
      ...change,
    });
  const add = (pseudonym: string, labels: readonly (number | null)[], simulated = false): number => {
    const labelerId = storage.labelers.ensure({ pseudonym, simulated, source: `csv:${pseudonym}` }, 1);
    for (const [at, label] of labels.entries()) {
      const imageId = images[at]?.id ?? 0;
      storage.responses.add({ setHash: hash, imageId, labelerId, label, source: 'csv' }, 1);
    }
    return labelerId;
  };
  const assumed = await planner(workbench, input);
  expect(assumed).toEqual({
    points: disagreement([]),
    images: 30,
    labelers: 0,
    minutes: 1,
    assumptions: [
      'Fewer than two people have labeled so far. Some images are assumed to be ambiguous between two answers, with every split equally likely. This is a guess for planning.',
      'There is no interval: it needs two pairs of classes.',
    ],
  });
  const ann = add('ann', [0, 1, 1]);
  storage.studies.useLabelers(id, [ann], 1);
  expect(await planner(workbench, input)).toEqual(assumed);
  const [bob, cy] = [add('bob', [0, 0, null]), add('cy', [0, 2, 1])];
  storage.studies.useLabelers(id, [ann, bob], 1);
  expect(await planner(workbench, input)).toMatchObject({
    labelers: 2,
    points: disagreement([
      [2, 0, 0],
      [1, 1, 0],
      [0, 1, 0],
    ]),
  });
  storage.studies.useLabelers(id, [ann, bob, cy], 1);
  const counts = [
    ...[
      [3, 0, 0],
      [1, 1, 1],
    ],
    [0, 2, 0],
  ];
  const three = await planner(workbench, input);
  expect(three).toMatchObject({ labelers: 3, points: disagreement(counts) });
  expect(three.assumptions).toEqual([
    expect.stringMatching(/^Up to the number of people who have labeled/),
    expect.stringMatching(/^Beyond that number/),
    expect.stringMatching(/^There is no interval/),
  ]);
  const share = { perPerson: 10, images: 30 };
  expect(await planner(workbench, { ...input, ...share })).toMatchObject({
    points: disagreement(counts, share),
    minutes: 20 / 60,
  });
  expect((await planner(workbench, { ...input, perPerson: 40 })).minutes).toBe(1);
  const single = addStudy(workbench, [[0, 1]], [0.5], 'single');
  for (const labelerId of [ann, bob]) {
    storage.responses.add({ setHash: single.hash, imageId: 10, labelerId, label: 1, source: 'csv' }, 1);
  }
  storage.studies.useLabelers(single.id, [ann, bob], 1);
  expect(await planner(workbench, { ...input, study: 'single' })).toMatchObject({
    labelers: 2,
    points: disagreement([[0, 2, 0]], { stimuli: single.images }),
  });
  storage.studies.useLabelers(id, [add('sim', [0, 0, 0], true), add('tom', [1, 1, 1], true)], 1);
  expect(await planner(workbench, input)).toEqual(assumed);
});

test('the planner says for whom its interval holds, and what it assumes', async () => {
  const { workbench } = openLab().lab;
  const { storage } = workbench;
  const { id, hash, images } = addStudy(workbench, paperPairs, steps(11), studyName, [...'0123456789']);
  const input = { study: studyName, people: 3, images: 165, perPerson: null, secondsPerImage: 2, assumed: 0.3 };
  const guess = await planner(workbench, input);
  expect(guess.points[0]).toMatchObject({ low: expect.any(Number), high: expect.any(Number), noInterval: null });
  expect(guess.assumptions.slice(1)).toEqual([
    '95 % interval: for other anchors and pairs of classes drawn in the same way, with people who answer as assumed, saying nothing about how people differ. Sample size: 10 anchors, as images that share an anchor are not independent.',
    'How much pairs differ is also a guess: images of one pair are assumed to correlate by 0.16, as in the paper’s labels, and pairs with a common anchor by 0.15.',
  ]);
  const labelers = ['ann', 'bob'].map((pseudonym) => {
    const labelerId = storage.labelers.ensure({ pseudonym, simulated: false, source: `csv:${pseudonym}` }, 1);
    for (const image of images) {
      storage.responses.add({ setHash: hash, imageId: image.id, labelerId, label: 1, source: 'csv' }, 1);
    }
    return labelerId;
  });
  storage.studies.useLabelers(id, labelers, 1);
  const agreed = await planner(workbench, { ...input, images: 330 });
  // Ten pairs without a common anchor: 1 - 0.05^(1/10).
  expect(agreed.points[0]).toMatchObject({ disagree: 0, low: 0, high: expect.closeTo(0.2589, 4) });
  expect(agreed.assumptions.slice(2)).toEqual([
    '95 % interval: for other anchors and pairs of classes drawn in the same way, with these very people, saying nothing about other people. Sample size: 10 anchors, as images that share an anchor are not independent.',
    'For another number of images, pairs are added or left out, with as many images each as now.',
    'At 0 or 100 % nothing has varied yet. The interval then says how rare the opposite can be among pairs that share no anchor.',
  ]);
});

test('with fresh anchors for every pair the planner counts pairs, and its interval is narrower', async () => {
  const { workbench } = openLab().lab;
  const digits = [...'0123456789'];
  addStudy(workbench, paperPairs, steps(11), studyName, digits);
  addStudy(workbench, paperPairs, steps(11), 'fresh', digits, (pair) => ({ anchorI: `i${pair}`, anchorJ: `j${pair}` }));
  const input = { people: 10, images: 165, perPerson: null, secondsPerImage: 2, assumed: 0.3 };
  const [shared, fresh] = [
    await planner(workbench, { study: studyName, ...input }),
    await planner(workbench, { study: 'fresh', ...input }),
  ];
  expect(fresh.assumptions[1]).toContain('Sample size: 15 pairs, as images of one pair are not independent.');
  const width = ({ points }: typeof fresh) => (points.at(-1)?.high ?? Number.NaN) - (points.at(-1)?.low ?? Number.NaN);
  expect(width(fresh)).toBeLessThan(0.75 * width(shared));
});
