import { drawsTitle } from './title.ts';
import type { DrawRequest } from './contract/request.ts';
import type { DrawnGroup, DrawsTask } from './contract/task.ts';
import { UserError } from '../../contract/wire/index.ts';
import { compareTargets, formatInteger } from '../../domain/numbers/index.ts';
import type { RunRecord } from '../../storage/runs/index.ts';
import type { StudyRecord } from '../../storage/index.ts';
import { studyPairs } from '../../services/study/index.ts';
import { classNames, type PlannedRun } from '../../services/declaration/index.ts';
import { architectureNames } from '../../domain/networks/index.ts';
import { enqueue } from '../../services/queue/index.ts';
import type { Workbench } from '../../services/workbench/index.ts';
import {
  findReference,
  neededGenerator,
  noReference,
  provideWeights,
  referenceImages,
} from '../../services/stimuli/index.ts';

/** Labels that one run keeps at most: 128 MiB. */
const maxLabels = 2 ** 26;

/** Above trainings: it takes minutes, and a person waits for it. */
const priority = 2500;

/** Prefix of the places of anchor draws in a study; rule, design, seed and number follow. */
export const drawsRole = 'draws/';

/** Queues a run that draws anchors; one that was stopped resumes. @throws UserError `stimuli.*`, `pairs.*` */
export function queueDraws(
  workbench: Workbench,
  study: StudyRecord,
  request: DrawRequest,
): PlannedRun & { run: RunRecord } {
  const planned = planDraws(workbench, study, request);
  return { ...planned, run: enqueue(workbench, study, planned, { askedAt: workbench.now() }).run };
}

function planDraws(workbench: Workbench, study: StudyRecord, request: DrawRequest): PlannedRun {
  const { stimuli } = study.spec;
  if (stimuli.source !== 'generated')
    throw refusal(
      study,
      'imported',
      'No generator makes these stimuli, so no anchors can be drawn',
      'Draw anchors in a study with a generator.',
    );
  const generator = neededGenerator(workbench, study);
  const reference = findReference(workbench, study);
  if (reference === null) throw noReference(study);
  provideWeights(workbench, study, generator);
  const groups = drawnGroups(workbench, study);
  if (groups.length === 0) {
    throw refusal(
      study,
      'no-models',
      'No network of this study is trained yet, so nobody can label the images',
      'Train the networks first: `boundary study run`, or Models.',
    );
  }
  const pairs = studyPairs(workbench, study.id, stimuli.design, classNames(workbench, study).length);
  const { rule, anchorDesign, draws, seed } = request;
  const snapshots = groups.reduce((sum, group) => sum + group.snapshots.length, 0);
  if (draws * (1 + snapshots) * pairs.length * stimuli.alphas > maxLabels) {
    throw refusal(
      study,
      'too-many-draws',
      `${formatInteger(draws)} draws labeled by ${formatInteger(snapshots)} networks are more labels than one run keeps`,
      'Ask for fewer draws, and for more with another seed.',
    );
  }
  const task: DrawsTask = {
    kind: 'draws',
    generator: generator.weights,
    reference,
    real: referenceImages(workbench, study),
    samples: stimuli.samples,
    perClass: stimuli.candidatesPerClass,
    searchSeed: stimuli.seed,
    rule,
    anchorDesign,
    alphas: stimuli.alphas,
    interpolation: stimuli.interpolation,
    seed,
    draws,
    groups,
    pairs: pairs.map(([i, j]) => [i, j]),
  };
  const sharing = anchorDesign.kind === 'several' ? `several${anchorDesign.perClass}` : anchorDesign.kind;
  return {
    role: `${drawsRole}${rule}-${sharing}-${seed}-${draws}`,
    label: `${formatInteger(draws)} draws of anchors (${drawsTitle(request)})`,
    task,
    priority,
    model: null,
  };
}

/** Snapshots by target: those of diverse groups, then each seed group. Only those with weights in this data folder. */
function drawnGroups({ storage }: Workbench, study: StudyRecord): DrawnGroup[] {
  const groups = new Map<string, DrawnGroup>();
  for (const { group, target, repeat, architecture, weights } of storage.models.ofStudy(study.id)) {
    if (!storage.blobs.has(weights)) continue;
    const seeds = group === 'seeds' ? { architecture: architectureNames[architecture], repeat: repeat ?? 0 } : null;
    const key = JSON.stringify([target, seeds]);
    const known = groups.get(key) ?? { target, seeds, snapshots: [] };
    groups.set(key, { ...known, snapshots: [...new Set([...known.snapshots, weights])] });
  }
  const order = ({ seeds }: DrawnGroup): string => (seeds === null ? '' : `${seeds.architecture} ${seeds.repeat}`);
  return [...groups.values()].sort(
    (a, b) => order(a).localeCompare(order(b), 'en') || compareTargets(a.target, b.target),
  );
}

const refusal = ({ name }: StudyRecord, code: string, what: string, remedy: string): UserError =>
  new UserError(`stimuli.${code}`, what, `study ${name}`, remedy);
