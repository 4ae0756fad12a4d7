/** Entropies of people's answers about test images, by hand, and which answers are about the same data set. */
import { beforeEach, expect, test } from 'vitest';
import type { PanelKind } from '../../../main/contributions/answers/contract/responses.ts';
import { answersInStudy, listAnswered } from '../../../main/contributions/answers/disagreement/in-study.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import type { Workbench } from '../../../main/services/workbench/workbench.ts';
import { runAtOnce } from '../../../main/storage/batches.ts';
import { hash, stimulusSet, study } from '../../storage/records.ts';
import { newBench } from '../archives/archive-helper.ts';
import { panelsOf } from '../../../main/contributions/answers/storage/panels.ts';

let bench: Workbench;
const idOf = (name: string): number => findStudy(bench, name).id;

/** Studies of MNIST: `asking`, `labeled` and `other`, the last one with test images of another data set. */
beforeEach(() => {
  bench = newBench();
  const { dataSets, studies, stimulusSets } = bench.storage;
  dataSets.put(
    {
      hash: hash(1),
      name: 'MNIST',
      classes: ['zero', 'one', 'two'],
      width: 28,
      height: 28,
      channels: 1,
      trainCount: 4,
      testCount: 4,
      mean: [0.1],
      std: [0.3],
      source: { source: 'mnist' },
    },
    1,
  );
  for (const [n, dataSet] of [
    [10, 1],
    [20, 2],
  ] as const) {
    const images = [0, 1, 2, 3].map((id) => ({ id, pairI: null, pairJ: null, alpha: null, z: null, truth: 0 }));
    const made = {
      source: 'test-images',
      dataSet: hash(dataSet),
      candidates: hash(3),
      reference: null,
      choose: { kind: 'all' },
    };
    const set = { ...stimulusSet(n), source: 'test-images' as const, original: null, images };
    stimulusSets.put({ ...set, provenance: { ...made, truth: [0, 0, 0, 0], run: 1 } }, 1);
  }
  for (const [name, set] of [
    ['asking', null],
    ['labeled', 10],
    ['other', 20],
  ] as const) {
    const id = studies.put(name, { ...study(name), name }, 1);
    if (set !== null) studies.useStimuli(id, hash(set), 1);
  }
});

/** Each person's labels of images 0, 1, ...; null: none. */
function label(name: string, set: number, people: Record<string, (number | null)[]>, simulated = false): void {
  const { responses, studies } = bench.storage;
  const rows = Object.entries(people).flatMap(([pseudonym, labels]) =>
    labels.flatMap((given, imageId) => (given === null ? [] : [{ imageId, pseudonym, label: given }])),
  );
  const source = simulated ? 'rehearsal:1' : 'csv:1';
  studies.useLabelers(idOf(name), responses.importTable({ setHash: hash(set), source, simulated, rows }, 2), 2);
}

const findings = { rows: 4, images: 3, unknownImages: { count: 0, names: [] }, empty: 0, withdrawn: 0 };
function panel(name: string, set: number, kind: PanelKind, answers: readonly string[]): number {
  const given = { kind, source: `csv:${kind}`, key: hash(9), setHash: hash(set), findings, studyId: idOf(name) };
  const rows = answers.map((text, n) => ({ pseudonym: kind === 'counts' ? null : `P${n}`, amount: 2, answers: text }));
  return runAtOnce(panelsOf(bench.storage).importSteps(given, rows, 3))();
}

const answersOf = (id: number | null, name = 'labeled') =>
  answersInStudy(bench, findStudy(bench, 'asking'), { study: name, panel: id });

// Of shares 2/3 and 1/3: log2(3) - 2/3; of 3/4 and 1/4: 2 - 3/4 log2(3).
const [thirds, quarters] = [Math.log2(3) - 2 / 3, 2 - 0.75 * Math.log2(3)];
const about = (image: number, bits: number) => [image, expect.closeTo(bits, 8)];

test('labels of a study’s labelers have the entropy of their shares, in bits; images without labels none', () => {
  label('labeled', 10, { A: [0, 1, 0, null], B: [0, 0, 1, null], C: [0, null, 0, null] });
  const found = answersOf(null);
  expect(found).toEqual({
    name: 'labeled',
    kind: 'single',
    answers: found.answers,
    reading: {
      people: 3,
      answers: 8,
      findings: { rows: 8, images: 3, empty: 0, withdrawn: 0, unknownImages: { count: 0, names: [] } },
    },
    entropies: [about(0, 0), about(1, 1), about(2, thirds)],
  });
  expect(found.answers).toMatch(/^labels:[0-9a-f]{64}$/);
  // Who gave a label does not matter, which label it is does.
  label('labeled', 10, { D: [0, 0, 1, null], E: [0, 1, 0, null], F: [0, null, 0, null] });
  expect(answersOf(null).answers).toBe(found.answers);
  label('labeled', 10, { D: [0, 0, 1, null], E: [0, 1, 2, null], F: [0, null, 0, null] });
  expect(answersOf(null).answers).not.toBe(found.answers);
});

test('a set of classes is one vote, shared out; counts are votes; who cannot tell gives none; ratings are refused', () => {
  const sets = panel('labeled', 10, 'set', ['[[0,[0,1]],[2,[1]]]', '[[0,[0]],[2,[2,1]]]']);
  expect(answersOf(sets)).toMatchObject({
    name: 'labeled',
    kind: 'set',
    answers: 'csv:set',
    reading: { people: 2, answers: 4, findings },
    entropies: [about(0, quarters), about(2, quarters)],
  });
  const counts = panel('labeled', 10, 'counts', ['[[1,[[0,4],[2,4]]],[3,[[0,2],[1,4]]]]']);
  expect(answersOf(counts)).toMatchObject({
    kind: 'counts',
    reading: { people: null },
    entropies: [about(1, 1), about(3, thirds)],
  });
  const unsure = panel('labeled', 10, 'abstain', ['[[0,1],[1,null]]', '[[0,2],[1,null],[3,0]]']);
  expect(answersOf(unsure)).toMatchObject({ kind: 'abstain', entropies: [about(0, 1), about(3, 0)] });
  const graded = panel('labeled', 10, 'graded', ['[[0,[[0,1]]]]']);
  expect(() => answersOf(graded)).toThrow('These answers are ratings');
  expect(listAnswered(bench, findStudy(bench, 'asking'))).toEqual([
    { study: 'labeled', panel: unsure, text: 'labeled: labels or “can’t tell”, 4 answers of 2 labelers' },
    { study: 'labeled', panel: counts, text: 'labeled: counts of labels, 2 labels' },
    { study: 'labeled', panel: sets, text: 'labeled: sets of labels, 4 answers of 2 labelers' },
  ]);
});

test('only answers of people, about test images of the same data set, count', () => {
  const asking = findStudy(bench, 'asking');
  expect(() => answersOf(null)).toThrow('Nobody has labeled the stimuli of this study');
  expect(() => answersOf(null, 'other')).toThrow('not test images of the same data set');
  expect(() => answersOf(null, 'asking')).toThrow('not test images of the same data set');
  label('labeled', 10, { sim: [0, 1, 2, 0] }, true);
  expect(() => answersOf(null)).toThrow('simulated labelers do not count');
  expect(listAnswered(bench, asking)).toEqual([]);
  label('labeled', 10, { A: [0, 1, 0, null] });
  label('other', 20, { B: [0, 1, 0, null] });
  const elsewhere = panel('other', 20, 'counts', ['[[1,[[0,4]]]]']);
  expect(() => answersOf(elsewhere, 'other')).toThrow('not test images of the same data set');
  // A panel of another set than the study's present one.
  const here = panel('other', 10, 'counts', ['[[1,[[0,4]]]]']);
  expect(answersOf(here, 'other').entropies).toEqual([[1, 0]]);
  expect(listAnswered(bench, asking)).toEqual([
    { study: 'labeled', panel: null, text: 'labeled: labels of 1 labeler' },
    { study: 'other', panel: here, text: 'other: counts of labels, 2 labels' },
  ]);
});
