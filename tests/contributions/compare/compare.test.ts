import { expect, test } from 'vitest';
import { putSmallStudy, testLab, untilIdle } from '../../services/runs/test-lab.ts';
import { onlyMlps, study, trained } from '../../services/runs/trained-mlps.ts';

test('runs are compared by their predictions for the stimuli of their study', { timeout: 240_000 }, async () => {
  const test = testLab();
  putSmallStudy(test, onlyMlps);
  const { client, lab } = test;
  await client.work.start({ study, goal: 'report' });
  await untilIdle(test);
  const { rows } = await client.runs.table({ study });
  expect(rows.map(({ name, group }) => (group === null ? name : ''))).toContain('reference MLP');
  const ids = rows.filter(({ group }) => group !== null).map(({ id }) => id);
  const { stimuli, target } = await client.compare.runs({ study, ids, target: 97 });
  expect(target).toBe(97);
  expect(stimuli).toMatchObject({ count: 7, classes: ['zero', 'one'], predicted: ids.map(() => true) });
  if (!stimuli) throw new Error('no stimuli');
  const weights = ids.map((id) => lab.workbench.storage.runHistory.snapshots(id)[0]?.weights ?? '');
  const setHash = lab.workbench.storage.studies.stimuli(lab.workbench.storage.studies.byName(study)?.id ?? 0) ?? '';
  const said = weights.map((model) => {
    const bytes = lab.workbench.storage.blobs.get(lab.workbench.storage.predictions.get(model, setHash)?.labels ?? '');
    return Array.from({ length: 7 }, (_, image) => bytes.readUInt16LE(2 * image));
  });
  const differ = (a = said[0], b = said[0]): number => (a ?? []).filter((label, image) => label !== b?.[image]).length;
  expect(stimuli.disagreements).toEqual(said.map((a) => said.map((b) => differ(a, b))));
  const split = [0, 1, 2, 3, 4, 5, 6].filter((image) => new Set(said.map((labels) => labels[image])).size > 1);
  expect(stimuli.differing).toBe(split.length);
  expect(stimuli.images.map(({ image }) => image)).toEqual(split);
  for (const { image, labels } of stimuli.images) expect(labels).toEqual(said.map((all) => all[image]));
  // Other things than networks are in the table when they are asked for.
  const kinds = ['generator', 'stimuli', 'predictions'] as const;
  const others = await client.runs.table({ study, filter: { kinds: [...kinds] } });
  expect(new Set(others.rows.map(({ kind }) => kind))).toEqual(new Set(kinds));
  await expect(client.compare.runs({ study, ids: others.ids.slice(0, 2) })).rejects.toMatchObject({
    data: { code: 'compare.not-classifiers' },
  });
});

test('of trained networks: what their recipes differ in, at the highest target that they reached', async () => {
  const { client, first, second } = await trained();
  const comparison = await client.compare.runs({ study, ids: [first.id, second.id] });
  expect(comparison.differences).toEqual([{ key: 'seed', values: ['1', '10'] }]);
  expect(comparison).toMatchObject({ target: Math.max(...comparison.targets.map(Number)), stimuli: null });
});
