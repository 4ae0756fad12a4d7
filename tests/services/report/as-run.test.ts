import { expect, it, onTestFinished } from 'vitest';
import { wholeReport } from '../../../main/contract/api/report.ts';
import { type Study, studySchema } from '../../../main/contract/studies/study.ts';
import { renderReport } from '../../../main/reports/render.ts';
import { buildReport } from '../../../main/services/report/build.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import type { Workbench } from '../../../main/services/workbench/workbench.ts';
import { frameOf, textOf } from '../../reports/page.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { openSample, sampleFolder } from './sample-lab.ts';
import { withLabels } from '../../analysis/people.ts';

async function sample(): Promise<Workbench> {
  const workbench = openSample(await sampleFolder(temporaryFolder()));
  onTestFinished(() => workbench.storage.close());
  return workbench;
}

/** Declares the study anew, as its screens do: nothing is run. */
function declare(workbench: Workbench, change: (spec: Study) => Study): void {
  const { spec } = findStudy(workbench, 'sample');
  workbench.storage.studies.put('sample', studySchema.parse(change(spec)), 1);
}

/** Without what stands there as the declaration. */
const written = (workbench: Workbench, choice = wholeReport): string => {
  const page = renderReport(buildReport(workbench, 'sample'), choice).replaceAll('\u00a0', ' ');
  return page.slice(0, page.indexOf('id="study-heading"'));
};

it('methods say what was run, whatever is declared by now', async () => {
  const workbench = await sample();
  const before = written(workbench);
  declare(workbench, (spec) => ({
    ...spec,
    generator: { recipe: { kind: 'dcgan28', steps: 1 }, seed: 5, checkpoint: 77 } as unknown as Study['generator'],
    stimuli: { ...spec.stimuli, interpolation: 'spherical', alphas: 5, samples: 777, seed: 9 } as Study['stimuli'],
    models: spec.models.map((models) => ({
      ...models,
      recipe: { ...models.recipe, targets: [91], tolerance: 3, maxEpochs: 999, batch: 7 },
    })),
  }));
  expect(written(workbench)).toBe(before);
  const methods = textOf(before.slice(before.indexOf('id="methods"')));
  const search = workbench.storage.studyRuns.get(findStudy(workbench, 'sample').id, 'candidates');
  const task = search && workbench.storage.runs.get(search.runId)?.task;
  if (task?.kind !== 'candidates' || !('generator' in task)) throw new Error('the sample has its search');
  expect(methods).toContain(
    `10 candidates among ${task.samples.toLocaleString('en')} samples (seed ${task.seed}). Linear interpolation`,
  );
  expect(methods).toContain('at 11 values of α from 0 to 1');
  expect(methods).toContain('of a target (97.5 %)');
});

it('anchors that were given by hand are not said to be chosen among samples', async () => {
  const workbench = await sample();
  const data = buildReport(workbench, 'sample');
  const made = { ...data.stimuli.made!, proposed: 7, given: 3, givenFrom: 1 };
  const page = textOf(renderReport({ ...data, stimuli: { ...data.stimuli, made } }));
  const at = page.indexOf('One anchor for each class');
  expect(page.slice(at, at + 200)).toMatch(
    /7 candidates among [\d,]+ samples \(seed \d+\), 3 latent points given by hand, of which 1 is/,
  );
});

it('a report for some targets says nothing of the others but that they are left out', async () => {
  const workbench = await sample();
  const data = buildReport(workbench, 'sample');
  const miss = { name: 'ViT1', architecture: 'ViT', repeat: null, seed: 31, nearestAccuracy: 97.9, why: 'Too late.' };
  const two = {
    ...data,
    recipes: data.recipes.map((of) => ({ ...of, recipe: { ...of.recipe, targets: [97.5, 98] } })),
    models: data.models.flatMap((model) => [model, ...(model.name === 'ViT1-97.5' ? [] : [{ ...model, target: 98 }])]),
    missed: [{ ...miss, target: 98 }],
  };
  const page = renderReport(two, { ...wholeReport, targets: [97.5] });
  const words = textOf(page).replaceAll('\u00a0', ' ');
  expect(words).toContain('Every network reached each of its targets');
  expect(words).not.toContain('Too late.');
  expect(words).toContain('of a target (97.5 %)');
  expect(words).toContain('Not in this report, though in the study: 98 %.');
  expect(textOf(frameOf(renderReport(two), 'missed'))).toContain('Too late.');
});

it('what the labels lack is counted, and said by its reason', async () => {
  const workbench = await sample();
  const data = buildReport(workbench, 'sample');
  const given = withLabels(data.labelers?.people);
  const values = given.labels.values.map((label, cell) => (cell < 12 ? -1 : label));
  const lacking = { ...given, labels: { ...given.labels, values } };
  const people = { ...data, labelers: { ...data.labelers!, people: lacking } };
  const sessions = { lock: null, excluded: [], unfinished: 0, withdrawn: 0, cannotTell: 5, timedOut: 4 };
  expect(textOf(renderReport(data))).toContain('All 1,650 labels are there.');
  expect(textOf(renderReport(people))).toContain('Of 1,650 labels 12 are missing');
  expect(textOf(renderReport({ ...people, labeling: sessions }))).toContain(
    '5 answered with “can’t tell”, 4 ran out of time and 3 left blank',
  );
});
