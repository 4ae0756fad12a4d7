import { describe, expect, it } from 'vitest';
import { studySchema } from '../../../main/contract/studies/study.ts';
import { identities, planPredictions, planTraining, snapshotName } from '../../../main/services/declaration/plan.ts';

const hash = 'a'.repeat(64);
const mlp = { architecture: { kind: 'mlp' as const }, targets: [97.5, 98] };
const study = studySchema.parse({
  schema: 'boundary-workbench/study/1',
  name: 'plan',
  title: 'Plan',
  dataSet: { source: 'mnist' },
  generator: { recipe: { kind: 'dcgan28', steps: 10 } },
  reference: { recipe: { ...mlp, targets: [97] } },
  stimuli: { source: 'generated' },
  models: [
    { name: 'MLP1', group: 'diverse', recipe: mlp, seed: 7 },
    { name: 'MLP', group: 'seeds', recipe: mlp, seed: 100, repeats: 3, seeds: 4 },
  ],
});

describe('planTraining', () => {
  const planned = planTraining(study, hash, []);

  it('plans the generator, the reference and a run for each seed, each in its own place', () => {
    expect(planned).toHaveLength(2 + 1 + 12);
    expect(new Set(planned.map((run) => run.role)).size).toBe(planned.length);
  });

  it('starts runs that others need first', () => {
    const byPriority = [...planned].sort((a, b) => b.priority - a.priority).map((run) => run.role);
    expect(byPriority.slice(0, 2)).toEqual(['generator', 'reference']);
  });

  it('plans no generator for a stimulus set made elsewhere', () => {
    const imported = studySchema.parse({ ...study, stimuli: { source: 'imported', path: 'set.zip' } });
    expect(planTraining(imported, hash, []).map((run) => run.role)).not.toContain('generator');
  });
});

describe('identities', () => {
  it('gives every run of a seed group its own seed, repeat and name', () => {
    const all = identities(study.models[1] ?? expect.fail('no seed group'));
    expect(all.map((model) => model.seed)).toEqual([100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111]);
    expect(new Set(all.map((model) => model.name)).size).toBe(12);
    expect(all.filter((model) => model.repeat === 2).map((model) => model.name)).toEqual([
      'MLP-r02-s0',
      'MLP-r02-s1',
      'MLP-r02-s2',
      'MLP-r02-s3',
    ]);
  });

  it('leaves the name of a single diverse model as it is', () => {
    const [model] = identities(study.models[0] ?? expect.fail('no diverse model'));
    expect(model).toEqual({ name: 'MLP1', group: 'diverse', repeat: null, seed: 7 });
    expect(snapshotName(model?.name ?? '', 97.5)).toBe('MLP1-97.5');
  });
});

describe('planPredictions', () => {
  it('plans one run for each snapshot', () => {
    const model = { name: 'MLP1', group: 'diverse' as const, repeat: null, seed: 7 };
    const snapshot = { step: 1, errors: 250, testCount: 10_000, accuracy: 97.5, weights: hash };
    const snapshots = [97.5, 98].map((target) => ({ ...snapshot, target }));
    const planned = planPredictions(model, snapshots, { channels: 1, pixels: hash });
    expect(planned.map((run) => run.role)).toEqual(['predictions/MLP1/97.5', 'predictions/MLP1/98']);
    // Gray ones have the identity that they had before images could be in color.
    const gray = { kind: 'predictions', snapshot: hash, stimuli: hash };
    expect(planned[0]?.task).toStrictEqual(gray);
    const [color] = planPredictions(model, snapshots, { channels: 3, pixels: hash });
    expect(color?.task).toStrictEqual({ ...gray, channels: 3 });
  });
});
