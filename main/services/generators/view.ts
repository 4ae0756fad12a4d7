import { detach } from '../../contract/wire/detach.ts';
import { className } from '../../domain/numbers/format.ts';
import { isPrepared, sourceName } from '../../domain/data/data-sources.ts';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GeneratorFigures, type GeneratorView, lossSeries, type LossCurve } from '../../contract/api/generator.ts';
import type { Cost } from '../../contract/api/studies.ts';
import { UserError } from '../../contract/wire/errors.ts';
import { qualitySeries } from '../../contract/runs/generator.ts';
import {
  type GeneratorRecipe,
  type ShippedGeneratorName,
  shippedGeneratorNames,
} from '../../contract/recipes/recipes.ts';
import type { GeneratorSpec } from '../../contract/studies/study.ts';
import { ownGenerator } from '../../domain/plans/declaration.ts';
import { canonicalJson } from '../../domain/plans/identity.ts';
import { sizeOf } from '../../domain/data/images.ts';
import { checkGenerator } from '../../domain/networks/trainable.ts';
import { shownRunState } from '../../domain/networks/status.ts';
import type { RunRecord } from '../../storage/runs/run-record.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import { classNames, declaredDataSet, usedDataSet } from '../declaration/data-set.ts';
import { expectedKeys, isWanted } from '../declaration/plan.ts';
import { checkStudy } from '../declaration/study-file.ts';
import { forecast, timeLeft } from '../estimates/forecast.ts';
import { toCost } from '../estimates/study-cost.ts';
import { runTask } from '../tasks/tasks.ts';
import { Downloads } from '../tools/downloads.ts';
import { findRunInPlace, findStudy } from '../workbench/find.ts';
import { pauseNow } from '../workbench/settings.ts';
import type { Tools } from '../tools/tools.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { shippedFolder, shippedProvenance } from './shipped.ts';

type ViewTools = Pick<Tools, 'workbench' | 'jobs' | 'settings' | 'launcher' | 'changes'>;

/**
 * A study's generator, as its screen shows it. Real images that have to be drawn first are absent, and come with the topic
 * `generator`. @throws UserError `study.not-found`, `generator.*`
 */
export function generatorView(tools: ViewTools, name: string): GeneratorView {
  const { storage } = tools.workbench;
  const study = findStudy(tools.workbench, name);
  const { generator, stimuli } = study.spec;
  const run = findRunInPlace(tools.workbench, study.id, 'generator');
  const own = ownGenerator(study.spec);
  const shipped = generator?.shipped ?? null;
  const declared = declaredDataSet(tools.workbench, study);
  const needed = stimuli.source === 'generated' && generator !== null;
  const unneeded = {
    blended: 'real-images',
    'test-images': 'test-images',
    imported: 'none',
    generated: 'none',
  } as const;
  const grids = run && own ? storage.runHistory.sampleGrids(run.id) : [];
  return {
    kind: !needed ? unneeded[stimuli.source] : own ? 'trained' : 'shipped',
    shipped: shipped === null ? null : shippedView(tools.workbench, shipped),
    own: own && {
      recipe: own.recipe,
      seed: own.seed,
      checkpoint: own.checkpoint,
      cost: generatorCost(tools, study, own.recipe),
    },
    training: run && own ? trainingView(tools, study, run, isWorking(tools, name)) : null,
    grids: grids.map(({ step, grid, at }) => ({
      step,
      image: Downloads.imageAddress(grid),
      at: new Date(at).toISOString(),
    })),
    real: realImages(tools, study),
    quality: generatorFigures(tools.workbench, study),
    images: declared ? { ...sizeOf(declared), trainCount: declared.trainCount } : null,
    available: [...shippedGeneratorNames],
    working: isWorking(tools, name),
    frozen: storage.studies.stimuli(study.id) !== undefined,
  };
}

function generatorCost(
  tools: Pick<Tools, 'workbench' | 'settings'>,
  study: StudyRecord,
  recipe: GeneratorRecipe,
): Cost {
  return toCost(forecast(tools, declaredDataSet(tools.workbench, study)).training(recipe));
}

const maxClasses = 1000;

/** What the search for candidates reported of the samples of the study's present generator. */
function generatorFigures(workbench: Workbench, study: StudyRecord): GeneratorFigures | null {
  const run = findRunInPlace(workbench, study.id, 'candidates');
  if (run?.state !== 'done' || run.task.kind !== 'candidates' || !('generator' in run.task)) return null;
  if (presentWeights(workbench, study) !== run.task.generator) return null;
  const values = (series: keyof typeof qualitySeries): number[] =>
    workbench.storage.curves.curve(run.id, qualitySeries[series], maxClasses).values;
  const [samples, clear] = [values('samples'), values('clear')];
  const [[variety], [images], [frechet], [heldOut]] = [
    values('variety'),
    values('compared'),
    values('frechet'),
    values('heldOut'),
  ];
  if (variety === undefined) return null;
  const names = classNames(workbench, study);
  return {
    classes: samples.map((count, k) => ({ name: className(names, k), samples: count, clear: clear[k] ?? 0 })),
    variety,
    frechet:
      images === undefined || frechet === undefined || heldOut === undefined
        ? null
        : { images, samples: frechet, heldOut },
  };
}

/** Hash of the weights that make the study's images; null while they do not exist. */
function presentWeights(workbench: Workbench, study: StudyRecord): string | null {
  const { generator } = study.spec;
  if (generator?.shipped !== undefined) return shippedProvenance(workbench.resources, generator.shipped).weights.sha256;
  const run = findRunInPlace(workbench, study.id, 'generator');
  if (!generator || !run) return null;
  const step = generator.checkpoint ?? generator.recipe.steps;
  return workbench.storage.runHistory.sampleGrids(run.id).find((grid) => grid.step === step)?.weights ?? null;
}

/** Whether a job trains the generator, or will. */
const isWorking = ({ jobs }: Pick<Tools, 'jobs'>, study: string): boolean =>
  jobs.studyJobs(study).some(({ goal }) => goal === null || isWanted('generator', goal));

function trainingView(
  tools: Pick<Tools, 'workbench' | 'settings'>,
  study: StudyRecord,
  run: RunRecord,
  working: boolean,
): NonNullable<GeneratorView['training']> {
  const { workbench } = tools;
  const { storage } = workbench;
  const links = storage.studyRuns.list(study.id);
  const dataSet = usedDataSet(workbench, study, links);
  const expected = dataSet && expectedKeys(study.spec, dataSet.hash, storage.studies.sections).get('generator');
  const steps = run.task.kind === 'generator' ? run.task.recipe.steps : 1;
  const description = storage.runHistory.attempts(run.id).at(-1)?.description;
  return {
    run: run.id,
    state: shownRunState(
      { ...run, missed: false },
      storage.placements.has(run.id) ? 'cluster' : working ? 'here' : null,
      pauseNow(tools),
    ),
    changed: expected !== undefined && expected !== run.key,
    step: run.state === 'done' ? steps : (run.progress?.done ?? 0),
    steps,
    timeLeft: run.state === 'running' ? timeLeft(tools, run) : null,
    engine: description ? `${description.name}, ${description.device}` : null,
    failure: run.failure?.message ?? null,
  };
}

function shippedView(workbench: Workbench, name: ShippedGeneratorName): NonNullable<GeneratorView['shipped']> {
  const provenance = shippedProvenance(workbench.resources, name);
  const path = join(shippedFolder(workbench.resources), `${name}.png`);
  const image = existsSync(path) ? Downloads.imageAddress(workbench.storage.blobs.put(readFileSync(path))) : null;
  return { provenance, image };
}

/** The hash of a picture of real images: undefined while it is being drawn; null: there was none at that time. */
interface Grid {
  image: string | null | undefined;
  at: number;
}

/** By data folder and data set. */
const grids = new Map<string, Grid>();

/** Milliseconds after which images that could not be drawn are tried again, in a process that starts for it. */
const retryAfter = 60_000;

/**
 * Null where the files are not on this machine (a training on them says why; nothing else needs them), and until they are
 * drawn, by a process that takes half a second to start.
 */
function realImages({ workbench, launcher, changes }: ViewTools, study: StudyRecord): GeneratorView['real'] {
  const { blobs, folder } = workbench.storage;
  const { dataSet: source } = study.spec;
  const hash = (isPrepared(source) ? declaredDataSet(workbench, study)?.hash : undefined) ?? null;
  const id = `${folder} ${hash ?? canonicalJson(source)}`;
  const now = workbench.now();
  const known = grids.get(id);
  const image = known?.image;
  if (typeof image === 'string' && blobs.has(image)) {
    return { image: Downloads.imageAddress(image), name: sourceName(source) };
  }
  const isBeingDrawn = known !== undefined && image === undefined;
  if (isBeingDrawn || (known?.image === null && now - known.at < retryAfter)) return null;
  const grid: Grid = { image: undefined, at: now };
  grids.set(id, grid);
  const drawing = runTask(launcher, 'drawRealImages', { source, hash, blobs: blobs.folder }).catch(nullIfRefused);
  detach(
    drawing.then(
      (drawn) => {
        grid.image = drawn;
        if (drawn !== null) changes.publish('generator');
      },
      (error) => {
        grid.image = null;
        throw error;
      },
    ),
  );
  return null;
}

function nullIfRefused(error: unknown): null {
  if (error instanceof UserError) return null;
  throw error;
}

/** Losses of the generator's training; none without one. @throws UserError `study.not-found` */
export function generatorLosses(
  { workbench }: Pick<Tools, 'workbench' | 'jobs' | 'settings'>,
  name: string,
  points: number,
): LossCurve[] {
  const run = findRunInPlace(workbench, findStudy(workbench, name).id, 'generator');
  if (!run) return [];
  return lossSeries.map((series) => {
    const { steps, values } = workbench.storage.curves.curve(run.id, series, points);
    return { series, steps, values };
  });
}

/** Takes the weights of a step that has a grid; null: the last ones. @throws UserError `study.*`, `generator.*` */
export function setCheckpoint(tools: Pick<Tools, 'workbench' | 'changes'>, name: string, step: number | null): void {
  const own = ownGenerator(findStudy(tools.workbench, name).spec);
  if (!own) {
    throw new UserError(
      'generator.not-own',
      'The study does not train its generator, so there is no checkpoint to choose',
      `study ${name}`,
      'Let the study train its own generator first.',
    );
  }
  // The last step is always written as null, so that the same weights give the same keys.
  put(tools, name, { ...own, checkpoint: step === own.recipe.steps ? null : step });
}

/** @throws UserError `study.*`; where it cannot be trained on the study's images, if these are known (`checkGenerator`) */
export function setRecipe(
  tools: Pick<Tools, 'workbench' | 'changes'>,
  name: string,
  recipe: GeneratorRecipe,
  seed: number,
): void {
  const images = declaredDataSet(tools.workbench, findStudy(tools.workbench, name));
  if (images) checkGenerator(recipe, images, `study ${name}, generator`);
  put(tools, name, { recipe, seed, checkpoint: null });
}

/** @throws UserError `study.*` */
export function useShipped(
  tools: Pick<Tools, 'workbench' | 'changes'>,
  name: string,
  shipped: ShippedGeneratorName,
): void {
  put(tools, name, { shipped });
}

function put(tools: Pick<Tools, 'workbench' | 'changes'>, name: string, generator: GeneratorSpec): void {
  const { storage, now } = tools.workbench;
  const { spec } = findStudy(tools.workbench, name);
  if (spec.stimuli.source !== 'generated') {
    throw new UserError(
      'generator.not-needed',
      'The stimuli of this study were made elsewhere, or are or were made from real images, so it needs no generator',
      `study ${name}`,
      spec.stimuli.source !== 'imported'
        ? 'First choose a generator as the source, on the Stimuli screen.'
        : 'Use generated stimuli in the study file first.',
    );
  }
  storage.studies.put(name, checkStudy({ ...spec, generator }, `study ${name}`, storage.studies.sections), now());
  for (const topic of ['generator', 'studies', 'stimuli'] as const) tools.changes.publish(topic);
}
