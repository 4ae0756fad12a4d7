import type { DrawRecord, DrawsTask } from '../../../main/contributions/draws/contract/task.ts';
import { canonicalJson } from '../../../main/domain/plans/identity.ts';
import { paperPairs } from '../../../main/domain/anchors/pair-design.ts';
import { enqueue } from '../../../main/services/queue/queue.ts';
import { findStudy } from '../../../main/services/workbench/find.ts';
import type { Workbench } from '../../../main/services/workbench/workbench.ts';
import { environment, hash } from '../../storage/records.ts';
import { started } from '../../storage/run-helper.ts';
import { compareTargets } from '../../../main/domain/numbers/targets.ts';

/** Percent that draw `d` has of a measure at `base`. */
export const drawnValue = (base: number, d: number): number => base + ((d * 37) % 41) / 4;

/** Gives a study a finished run of 40 made-up draws for its diverse networks, and gives its id. */
export function addDraws(workbench: Workbench, name: string): number {
  const { storage } = workbench;
  const study = findStudy(workbench, name);
  const targets = Map.groupBy(storage.models.ofStudy(study.id), ({ target }) => target);
  const groups = [...targets]
    .sort(([a], [b]) => compareTargets(a, b))
    .map(([target, models]) => ({ target, seeds: null, snapshots: models.map(({ weights }) => weights) }));
  const task: DrawsTask = {
    kind: 'draws',
    generator: hash(901),
    reference: hash(902),
    samples: 2000,
    perClass: 24,
    searchSeed: 1,
    real: null,
    rule: 'clear',
    anchorDesign: { kind: 'one' },
    alphas: 11,
    interpolation: 'linear',
    seed: 1,
    draws: 40,
    groups,
    pairs: paperPairs.map(([i, j]): [number, number] => [i, j]),
  };
  const draws = Array.from(
    { length: 40 },
    (_, d): DrawRecord => ({
      seed: 1 + d,
      anchors: Array.from({ length: 10 }, () => [d]),
      groups: groups.map((__, n) => ({
        pairwise_disagreement_pct: drawnValue(5 - n, d),
        any_differ_pct: drawnValue(15 - n, d),
        reference_differs_pct: drawnValue(4, d),
      })),
    }),
  );
  const role = 'draws/clear-one-1-40';
  const { run } = enqueue(
    workbench,
    study,
    { role, label: '40 draws', task, priority: 1, model: null },
    { askedAt: null },
  );
  storage.runs.claimNext(['wasm'], environment, 2, study.id, [role]);
  storage.runs.applyEvent(run.id, started, 3);
  const content = Buffer.from(canonicalJson({ schema: 'boundary-workbench/draws/1', draws }));
  const result = { kind: 'draws', draws: storage.blobs.put(content), labels: storage.blobs.put(content) } as const;
  storage.runs.applyEvent(run.id, { type: 'done', result }, 4);
  return run.id;
}
