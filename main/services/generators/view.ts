import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GeneratorView } from '../../contract/api/generator.ts';
import { gridSide, lossSeries } from '../../contract/api/generator.ts';
import { UserError } from '../../contract/errors.ts';
import { shippedGeneratorNames } from '../../contract/recipes.ts';
import type { ShippedGeneratorName } from '../../contract/recipes.ts';
import type { DataSetSource } from '../../contract/study.ts';
import { ownGenerator } from '../../contract/study.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { encodeGrayPng } from '../../files/png.ts';
import { timeLeft } from '../../storage/index.ts';
import type { RunRecord, StudyRecord } from '../../storage/index.ts';
import { firstImages } from '../../training/data/first-images.ts';
import { imageGrid } from '../../training/generator/sample-grid.ts';
import { findStudy } from '../tools/find-study.ts';
import { shippedFolder, shippedProvenance } from './shipped.ts';
import { Downloads } from '../tools/downloads.ts';
import type { Lab } from '../lab/lab.ts';
import { dataSetOf, expectedKeys } from '../declaration/expected-runs.ts';
import { generatorCost } from '../estimates/cost.ts';
import { paceOf } from '../estimates/pace.ts';
import { isoTime } from '../studies/studies.ts';
import type { Workbench } from '../tools/workbench.ts';

/** A study's generator, as its screen shows it. @throws UserError `study.not-found`, `generator.*` */
export function generatorView(lab: Lab, name: string): GeneratorView {
  const { storage } = lab.bench;
  const study = findStudy(lab.bench, name);
  const { generator, stimuli, dataSet } = study.spec;
  const run = trainingOf(lab.bench, study);
  const own = ownGenerator(study.spec);
  const shipped = generator?.shipped ?? null;
  const kind = stimuli.source === 'imported' || generator === null ? 'none' : own ? 'trained' : 'shipped';
  const grids = run && own ? storage.runHistory.sampleGrids(run.id) : [];
  return {
    kind,
    shipped: shipped === null ? null : shippedView(lab.bench, shipped),
    own: own && {
      ...{ recipe: own.recipe, seed: own.seed, checkpoint: own.checkpoint },
      cost: generatorCost(own.recipe, paceOf(lab)),
    },
    training: run && own ? trainingView(lab.bench, study, run) : null,
    grids: grids.map(({ step, grid, at }) => ({ step, image: Downloads.imageAddress(grid), at: isoTime(at) })),
    real: realImages(lab.bench, dataSet),
    available: [...shippedGeneratorNames],
    working: lab.jobs.list().some((job) => job.study === name && job.kind === 'study' && job.endedAt === null),
    frozen: storage.studies.stimuli(study.id) !== undefined,
  };
}

/** The run that fills the generator's place in the study, or null. */
function trainingOf({ storage }: Workbench, { id }: StudyRecord): RunRecord | null {
  const link = storage.studyRuns.get(id, 'generator');
  return (link && storage.runs.get(link.runId)) ?? null;
}

function trainingView(bench: Workbench, study: StudyRecord, run: RunRecord): NonNullable<GeneratorView['training']> {
  const { storage, now } = bench;
  const links = storage.studyRuns.list(study.id);
  const dataSet = dataSetOf(bench, study, links);
  const expected = dataSet && expectedKeys(study.spec, dataSet.hash).get('generator');
  const steps = run.task.kind === 'generator' ? run.task.recipe.steps : 1;
  const left = timeLeft(run, now());
  const description = storage.runHistory.attempts(run.id).at(-1)?.description;
  return {
    run: run.id,
    state: run.state,
    changed: expected !== undefined && expected !== run.key,
    step: run.state === 'done' ? steps : (run.progress?.done ?? 0),
    steps,
    secondsLeft: left === null ? null : left / 1000,
    engine: description ? `${description.name}, ${description.device}` : null,
    failure: run.failure?.message ?? null,
  };
}

/** The picture of a shipped generator's samples lies beside its weights; without it there is none. */
function shippedView(bench: Workbench, name: ShippedGeneratorName): NonNullable<GeneratorView['shipped']> {
  const provenance = shippedProvenance(bench.resources, name);
  const path = join(shippedFolder(bench.resources), `${name}.png`);
  const image = existsSync(path) ? Downloads.imageAddress(bench.storage.blobs.put(readFileSync(path))) : null;
  return { provenance, image };
}

/** Grids of real images that are stored by now: data folder and data set, and the hash of the picture. */
const grids = new Map<string, string>();

/** Null where the files are not on this machine: whoever trains on them is told why, and nothing else needs them. */
function realImages({ storage }: Workbench, dataSet: DataSetSource): GeneratorView['real'] {
  const name = dataSet.source === 'mnist' ? 'MNIST' : dataSet.name;
  const id = `${storage.folder} ${canonicalJson(dataSet)}`;
  const known = grids.get(id);
  if (known !== undefined && storage.blobs.has(known)) return { image: Downloads.imageAddress(known), name };
  try {
    const { count, width, height, pixels } = firstImages(dataSet, gridSide * gridSide);
    if (width !== height) return null;
    const all = new Uint8Array(gridSide * gridSide * width * height).fill(128);
    all.set(pixels.subarray(0, count * width * height));
    const image = storage.blobs.put(encodeGrayPng(imageGrid(all, width, gridSide)));
    grids.set(id, image);
    return { image: Downloads.imageAddress(image), name };
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

export interface LossCurve {
  series: (typeof lossSeries)[number];
  steps: number[];
  values: number[];
}

/** Losses of the training that is there; none without one. @throws UserError `study.not-found` */
export function generatorLosses({ bench }: Lab, name: string, points: number): LossCurve[] {
  const run = trainingOf(bench, findStudy(bench, name));
  if (!run) return [];
  return lossSeries.map((series) => {
    const { steps, values } = bench.storage.curves.curve(run.id, series, points);
    return { series, steps, values };
  });
}
