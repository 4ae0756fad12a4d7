import { environment } from '../executors/counting-tasks.ts';
import { studySchema } from '../../main/contract/studies/study.ts';
import type { Study } from '../../main/contract/studies/study.ts';
import type { StimulusSetRecord } from '../../main/storage/stimulus-sets.ts';
import type { Storage } from '../../main/storage/open.ts';

export { environment };

/** A hash that says which one it is. */
export function hash(n: number): string {
  return n.toString(16).padStart(64, '0');
}

/** Has a cluster have a run, as a contribution that gives runs to clusters stores it. */
export const putOnCluster = ({ database }: Storage, runId: number, cluster: string): void =>
  void database.insert('placement', { runId, cluster, pack: 'pack', task: 0, placedAt: 2 });

/** A valid study without a generator. */
export function study(title = 'A study'): Study {
  return studySchema.parse({
    schema: 'boundary-workbench/study/1',
    name: 'small',
    title,
    dataSet: { source: 'mnist' },
    generator: null,
    reference: null,
    stimuli: { source: 'imported', path: 'set.zip' },
    models: [{ name: 'MLP', group: 'diverse', recipe: { architecture: { kind: 'mlp' }, targets: [97.5] } }],
  });
}

/** `count` stimuli between classes 0 and 1 of three. */
export function stimulusSet(n: number, count = 3): StimulusSetRecord {
  return {
    hash: hash(n),
    width: 28,
    height: 28,
    channels: 1,
    classes: ['zero', 'one', 'two'],
    source: 'generated',
    provenance: { generator: hash(77) },
    pixels: hash(n + 1),
    original: { width: 64, height: 64, channels: 1, pixels: hash(n + 2) },
    images: Array.from({ length: count }, (_, id) => ({
      id,
      pairI: 0,
      pairJ: 1,
      alpha: id / count,
      z: new Float32Array([id, 0.1]),
    })),
  };
}
