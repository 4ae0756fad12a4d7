import { expect } from 'vitest';
import type { Goal } from '../../../main/contract/api/jobs.ts';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { loadStudy } from '../../../main/services/declaration/study-file.ts';
import { runStudy } from '../../../main/services/study/run-study.ts';
import type { Workbench } from '../../../main/services/workbench/workbench.ts';
import { smallStudy } from '../../services/study/small-study.ts';

export const tinyRecipe = (targets: unknown[]) => ({
  architecture: { kind: 'mlp', hidden: [8] },
  optimiser: { stepSize: 2e-3 },
  batch: 32,
  targets,
});

/** Three digits, blended between fresh anchors, which six simulated labelers see. @param teaching what its networks are taught @param seeds of the networks of the base */
export function taughtStudy(teaching: object, seeds = 1): object {
  const { dataSet } = smallStudy() as { dataSet: object };
  const pairs = [
    [0, 1],
    [0, 2],
    [1, 2],
  ];
  return {
    dataSet: { ...dataSet, classes: ['zero', 'one', 'two'] },
    generator: null,
    reference: null,
    teaching,
    stimuli: {
      source: 'blended',
      alphas: 5,
      anchorDesign: { kind: 'fresh' },
      design: { kind: 'listed', pairs },
    },
    models: [{ name: 'MLP', group: 'diverse', recipe: tinyRecipe(['epochs 0.1']), seeds }],
    labelers: { source: 'rehearsal', count: 6, seed: 1 },
  };
}

/** Runs a study file to a goal, with one worker in this process's background. */
export async function runFile(workbench: Workbench, path: string, goal: Goal = 'report'): Promise<void> {
  const outcome = await runStudy(workbench, {
    read: () => loadStudy(path, workbench.resources, workbench.storage.studies.sections),
    goal,
    engine: 'wasm',
    workers: 1,
    seedsPerStep: 2,
    signal: new AbortController().signal,
    launcher: new ForkLauncher({ ...process.env, BOUNDARY_ENGINE: 'wasm' }),
    writeReport: () => 'none',
    listener: () => undefined,
    onRegistered: () => undefined,
  });
  expect(outcome.problems).toEqual([]);
}
