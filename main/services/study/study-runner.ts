import { UserError } from '../../contract/wire/errors.ts';
import type { Snapshot } from '../../contract/runs/run.ts';
import type { Goal } from '../../contract/api/jobs.ts';
import type { BlendedStimuliSpec, GeneratedStimuliSpec, TestImageStimuliSpec } from '../../contract/stimuli/stimuli.ts';
import { forEachStep, runInBatches } from '../../storage/batches.ts';
import type { RunRecord } from '../../storage/runs/run-record.ts';
import type { ShippedGenerator } from '../generators/shipped.ts';
import { type FrozenStimuli, sourceOf } from '../workbench/stimulus-sources.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { anchorDoubts, doubtfulAnchors, doubtText, type ReferenceProcess } from './anchor-doubts.ts';
import type { StudyListener } from './events.ts';
import { inStep } from './failed-step.ts';
import { provideLabels } from './labels.ts';
import {
  furtherSearches,
  isWanted,
  type ModelIdentity,
  needsReference,
  needsTestImages,
  planCandidates,
  type PlannedRun,
  planPredictions,
  planStimuli,
  planTestImages,
  planTraining,
} from '../declaration/plan.ts';
import type { RegisteredStudy } from './register.ts';
import { enqueue } from '../queue/queue.ts';
import { RunRemoved, StudyStopped, type RunWaiter } from '../queue/workers.ts';
import { blendedSet, blendTask, chooseBlends, findRealImages } from './blended.ts';
import { choosePositions, testImageSet, testImageTask } from './test-images.ts';
import { chosenWeights, freeze, freezeGenerated, interpolateAnchors, readCandidates } from './stimuli.ts';
import { missText } from '../../domain/networks/missed.ts';
import { targetTitle } from '../../domain/numbers/targets.ts';
import type { StudyRun } from '../../storage/study-runs.ts';
import { sectionsOf, unreadSections } from '../../domain/plans/model-entries.ts';

export interface StudyOutcome {
  studyId: number;
  /** True when nothing failed and every model has its predictions. Missed targets are outcomes, not failures. */
  complete: boolean;
  problems: string[];
}

interface RunnerOptions {
  goal: Goal;
  /** Runs that had failed or were cancelled by then are tried again. */
  askedAt: number;
  /** Asks the reference classifier about anchors that a person gave. */
  reference: ReferenceProcess;
  /** Whether somebody wants these stimuli even if that classifier takes anchors for another class. */
  acceptsDoubtful: (spec: GeneratedStimuliSpec) => boolean;
}

/** A step that cannot continue because a run that it needs failed or was cancelled. */
class RunFailed extends Error {
  override readonly name = 'RunFailed';
}

/** `Promise.all`, but a run that failed ends it only when all have ended, so that a study names every problem. @throws AggregateError */
async function allEnded<Parts extends readonly Promise<unknown>[] | []>(parts: Parts) {
  const ofRuns: Error[] = [];
  const note = (error: unknown): void => {
    if (!(error instanceof RunFailed || error instanceof RunRemoved)) throw error;
    ofRuns.push(error);
  };
  await Promise.all(parts.map((part) => part.catch(note)));
  if (ofRuns.length > 0) throw new AggregateError(ofRuns);
  return Promise.all(parts);
}

const isDoubtful = (error: unknown): error is UserError =>
  error instanceof UserError && error.code === 'stimuli.doubtful-anchors';

/**
 * Does the missing steps of a study, from data set to labels. Every run is known by the hash of its task, and a task is
 * made only once everything that it needs exists. So earlier results are found again, and a changed recipe changes only
 * the tasks that depend on it.
 */
export class StudyRunner {
  readonly #workbench: Workbench;
  readonly #waiter: RunWaiter;
  readonly #listener: StudyListener;
  readonly #roles = new Set<string>();
  /** Runs that `begin` queued, by role. */
  readonly #queued = new Map<string, number>();
  readonly #registered: RegisteredStudy;
  readonly #goal: Goal;
  readonly #askedAt: number;
  readonly #training: readonly PlannedRun[];
  /** Names of its models. */
  readonly #models: ReadonlySet<string>;
  readonly #reference: ReferenceProcess;
  readonly #acceptsDoubtful: RunnerOptions['acceptsDoubtful'];

  constructor(
    workbench: Workbench,
    waiter: RunWaiter,
    listener: StudyListener,
    registered: RegisteredStudy,
    { goal, askedAt, reference, acceptsDoubtful }: RunnerOptions,
  ) {
    this.#workbench = workbench;
    this.#waiter = waiter;
    this.#listener = listener;
    this.#registered = registered;
    this.#goal = goal;
    this.#askedAt = askedAt;
    this.#reference = reference;
    this.#acceptsDoubtful = acceptsDoubtful;
    this.#training = planTraining(registered.study, registered.dataSet.hash, workbench.storage.studies.sections);
    this.#models = new Set(this.#training.flatMap(({ model }) => (model ? [model.name] : [])));
  }

  /** Queues the trainings, so that workers can begin, and unlinks those that the study no longer has. */
  async begin(): Promise<void> {
    this.#forgetUnplanned();
    const wanted = this.#training.filter(({ role }) => isWanted(role, this.#goal));
    const { storage } = this.#workbench;
    const queueOne = (planned: PlannedRun): void => {
      this.#queued.set(planned.role, this.#enqueue(planned).id);
    };
    await runInBatches(forEachStep(wanted, queueOne), { transaction: (batch) => storage.transaction(batch) });
  }

  /** Does each step as soon as what it depends on is done. @throws StudyStopped when the user stops */
  async complete(): Promise<StudyOutcome> {
    const problems: string[] = [];
    // Trainings need no stimuli, so they go on before a person decides.
    let doubt: UserError | null = null;
    const note = (error: unknown): void => {
      if (error instanceof AggregateError) return error.errors.forEach(note);
      // Its model left the study meanwhile, and nothing of it is wanted any more.
      if (error instanceof RunRemoved) return;
      if (isDoubtful(error)) doubt = error;
      else if (error instanceof RunFailed) problems.push(error.message);
      else throw error;
    };
    const parts: Promise<unknown>[] = [];
    const start = (part: () => Promise<unknown>): void => {
      const ended = part().catch(note);
      // Awaited once all have started, which takes several batches.
      ended.catch(() => undefined);
      parts.push(ended);
    };
    await runInBatches(forEachStep(this.#parts(), start));
    await Promise.all(parts);
    if (doubt !== null) throw doubt;
    const { storage, now } = this.#workbench;
    if (this.#goal === 'report') storage.studyRuns.keepOnly(this.#registered.id, this.#keptRoles(), now());
    return { studyId: this.#registered.id, complete: problems.length === 0, problems: [...new Set(problems)] };
  }

  #keptRoles(): string[] {
    const links = this.#workbench.storage.studyRuns.list(this.#registered.id);
    const others = links.filter(({ role, model }) => role.startsWith(furtherSearches) || this.#isUnread(model));
    return [...this.#roles, ...others.map(({ role }) => role)];
  }

  /** What the goal asks for, each part by itself, so that one that fails keeps no other from its end. */
  #parts(): (() => Promise<unknown>)[] {
    const models = this.#training.filter(({ model }) => model !== null);
    switch (this.#goal) {
      case 'generator':
        return [() => this.#generatorWeights()];
      case 'candidates':
        if (this.#registered.study.stimuli.source === 'generated') return [() => this.#candidates()];
        return needsTestImages(this.#registered.study) ? [() => this.#testImages()] : [];
      case 'stimuli':
        return [() => this.#stimuli()];
      case 'models':
        return models.map((planned) => () => this.#done(planned));
      case 'report': {
        const stimuli = this.#stimuli();
        const labels = stimuli.then((frozen) => inStep('labeling', () => this.#labels(frozen)));
        return [() => labels, ...models.map((planned) => () => this.#model(planned, stimuli))];
      }
    }
  }

  async #model(planned: PlannedRun, stimuli: Promise<FrozenStimuli>): Promise<void> {
    const run = await this.#done(planned);
    const snapshots = this.#snapshots(run);
    const frozen = await stimuli;
    if (this.#isRemoved(run.id)) throw new RunRemoved(run.label);
    const model = planned.model as ModelIdentity;
    await Promise.all(
      planPredictions(model, snapshots, frozen).map(async (prediction, index) => {
        const { id, result } = await this.#done(prediction);
        if (result?.kind !== 'predictions') throw new Error(`run ${id} has no predictions`);
        const { softmax, labels, count, classes } = result;
        const weights = (snapshots[index] as Snapshot).weights;
        const record = { model: weights, setHash: frozen.setHash, softmax, labels, count, classes, runId: id };
        this.#workbench.storage.predictions.put(record, this.#workbench.now());
        this.#listener({ type: 'predicted', model: model.name });
      }),
    );
  }

  #snapshots(run: RunRecord): Snapshot[] {
    if (run.result?.kind !== 'classifier') throw new Error(`run ${run.id} is no classifier`);
    for (const missed of run.result.missed) {
      const why = missText(missed).replace(/\.?$/, '.');
      this.#warn(`${run.label} missed ${targetTitle(missed.target)}: ${why} It is left out there.`);
    }
    return run.result.snapshots;
  }

  #stimuli(): Promise<FrozenStimuli> {
    return inStep('stimuli', () => this.#freezeStimuli());
  }

  async #freezeStimuli(): Promise<FrozenStimuli> {
    const { id, study } = this.#registered;
    const spec = study.stimuli;
    const frozen =
      spec.source === 'generated'
        ? await this.#generatedStimuli(spec)
        : spec.source === 'blended'
          ? await this.#blendedStimuli(spec)
          : spec.source === 'test-images'
            ? await this.#testImageStimuli(spec)
            : await this.#takenStimuli();
    this.#workbench.storage.studies.useStimuli(id, frozen.setHash, this.#workbench.now());
    return frozen;
  }

  #takenStimuli(): Promise<FrozenStimuli> {
    const { study, folder, dataSet } = this.#registered;
    const { storage, now } = this.#workbench;
    const { launcher, signal } = this.#reference;
    const onReading = (share: number | null, note: string): void => {
      this.#listener({ type: 'reading', share, note });
    };
    const work = { storage, now, launcher, folder, dataSet, onReading, signal };
    return sourceOf(this.#workbench, study).freeze(study.stimuli, work);
  }

  async #blendedStimuli(spec: BlendedStimuliSpec): Promise<FrozenStimuli> {
    const found = await this.#testImages();
    const { study, dataSet } = this.#registered;
    const started = this.#workbench.now();
    const chosen = chooseBlends(found.content, spec, dataSet.classes);
    const source = { dataSet: study.dataSet, dataSetHash: dataSet.hash };
    const rendered = await this.#done(planStimuli(blendTask(source, chosen, spec)));
    const frozen = freeze(this.#workbench, blendedSet({ chosen, rendered, found, spec, dataSet }));
    this.#step('Stimuli frozen', `${frozen.count} images, set ${frozen.setHash.slice(0, 12)}`, started);
    return frozen;
  }

  async #testImageStimuli(spec: TestImageStimuliSpec): Promise<FrozenStimuli> {
    const found = await this.#testImages();
    const { study, dataSet } = this.#registered;
    const started = this.#workbench.now();
    const positions = choosePositions(found, spec);
    const source = { dataSet: study.dataSet, dataSetHash: dataSet.hash };
    const rendered = await this.#done(planStimuli(testImageTask(source, positions, this.#workbench.storage.blobs)));
    const frozen = freeze(
      this.#workbench,
      testImageSet(this.#workbench, { positions, rendered, found, spec, dataSet }),
    );
    this.#step('Stimuli frozen', `${frozen.count} images, set ${frozen.setHash.slice(0, 12)}`, started);
    return frozen;
  }

  /** Candidates among the test images, and which classes the reference, if the study has one, confuses on them. */
  async #testImages(): Promise<NonNullable<ReturnType<typeof findRealImages>>> {
    const { id, study, dataSet } = this.#registered;
    const reference = study.reference && needsReference(study) ? await this.#weights('reference') : null;
    const run = await this.#done(planTestImages(study, dataSet.hash, reference));
    const found = findRealImages(this.#workbench, id);
    if (found?.run.id !== run.id) throw new Error(`run ${run.id} has no test images`);
    return found;
  }

  async #generatedStimuli(spec: GeneratedStimuliSpec): Promise<FrozenStimuli> {
    const { generator, reference, search, confused } = await this.#candidates();
    const { dataSet, shipped } = this.#registered;
    await this.#checkAnchors({ generator, reference }, search, spec);
    const started = this.#workbench.now();
    const chosen = interpolateAnchors(this.#workbench, search, spec, dataSet, confused?.content.confusion ?? null);
    const render = planStimuli({
      generator,
      latents: chosen.latents,
      count: chosen.images.length,
      modelWidth: dataSet.width,
      modelHeight: dataSet.height,
    });
    const rendered = await this.#done(render);
    const frozen = freezeGenerated(this.#workbench, {
      chosen,
      rendered,
      search,
      spec,
      dataSet,
      confusion: confused?.hash,
      generator: { weights: generator, shipped },
    });
    this.#step('Stimuli frozen', `${frozen.count} images, set ${frozen.setHash.slice(0, 12)}`, started);
    return frozen;
  }

  /** @throws UserError `stimuli.doubtful-anchors` */
  async #checkAnchors(
    networks: { generator: string; reference: string },
    search: RunRecord,
    spec: GeneratedStimuliSpec,
  ): Promise<void> {
    if (spec.anchors === null) return;
    const { study, dataSet } = this.#registered;
    const candidates = readCandidates(this.#workbench, search);
    const { signal } = this.#reference;
    const doubts = await anchorDoubts(this.#reference, networks, spec, candidates, dataSet.classes).catch((error) => {
      throw signal.aborted ? new StudyStopped('stopped') : error;
    });
    if (doubts.length === 0) return;
    if (!this.#acceptsDoubtful(spec)) throw doubtfulAnchors(study.name, doubts);
    this.#warn(`${doubtText(doubts)}. They are frozen because you accepted them.`);
  }

  async #candidates() {
    const { study, dataSet } = this.#registered;
    const confusing = needsTestImages(study) ? this.#testImages() : Promise.resolve(null);
    const [generator, reference] = await allEnded([this.#generatorWeights(), this.#weights('reference'), confusing]);
    const search = await this.#done(planCandidates(study, dataSet.hash, generator, reference));
    return { generator, reference, search, confused: await confusing };
  }

  #generatorWeights(): Promise<string> {
    const { shipped } = this.#registered;
    return shipped ? this.#importWeights(shipped) : this.#weights('generator');
  }

  /** The generator that came with the product was trained elsewhere; here its weights become a file like any other. */
  async #importWeights({ provenance, bytes }: ShippedGenerator): Promise<string> {
    const started = this.#workbench.now();
    const { name, recipe, step, weights, dataSet } = provenance;
    if (dataSet.hash !== this.#registered.dataSet.hash) {
      this.#warn(`The generator ${name} was trained on ${dataSet.name}, not on this study's data set.`);
    }
    const hash = this.#workbench.storage.blobs.put(bytes);
    const detail = `${name}, which comes with the product: ${recipe.kind}, step ${step}, ${weights.sha256.slice(0, 12)}`;
    this.#step('Generator', detail, started);
    return hash;
  }

  async #weights(role: 'generator' | 'reference'): Promise<string> {
    const planned = this.#training.find((run) => run.role === role);
    if (!planned) throw new Error(`the study has no ${role}`);
    const { id, result } = await this.#done(planned);
    if (result?.kind === 'generator') return chosenWeights(this.#workbench, id, result.weights, this.#registered.study);
    if (result?.kind !== 'classifier') throw new Error(`${role} has no weights`);
    const snapshot = result.snapshots[0];
    if (snapshot) return snapshot.weights;
    throw new RunFailed(
      `The reference classifier did not reach its target: ${result.missed[0]?.why ?? 'It has none.'}`,
    );
  }

  async #labels(stimuli: FrozenStimuli): Promise<void> {
    const started = this.#workbench.now();
    const { id, study, folder, dataSet } = this.#registered;
    const labeled = { id, name: study.name, spec: study.labelers, folder, classes: dataSet.classes.length };
    const provided = await provideLabels(this.#workbench, labeled, stimuli.setHash, {
      warn: (message) => this.#warn(message),
      launcher: this.#reference.launcher,
    });
    if (!provided) return;
    this.#step(provided.name, provided.detail, started);
    for (const { missing } of sectionsOf(study, this.#workbench.storage.studies.sections)) {
      const what = missing?.(study) ?? null;
      if (what !== null) this.#warn(what);
    }
  }

  /** Queues the run, waits for its end, and insists on a good one. */
  async #done(planned: PlannedRun): Promise<RunRecord> {
    const run = await this.#waiter.ended(this.#queued.get(planned.role) ?? this.#enqueue(planned).id);
    if (run.state === 'done') return run;
    if (this.#isRemoved(run.id)) throw new RunRemoved(run.label);
    const why =
      run.state === 'cancelled'
        ? 'was cancelled'
        : `failed: ${run.failure?.message.replace(/\s*\n\s*/g, '; ') ?? 'unknown reason'}`;
    throw new RunFailed(`Run ${run.id} (${run.label}) ${why.replace(/\.$/, '')}.`);
  }

  #isRemoved(runId: number): boolean {
    return this.#workbench.storage.studyRuns.removed(this.#registered.id, [runId]).length > 0;
  }

  #enqueue(planned: PlannedRun): RunRecord {
    // Asking for the study again is asking for what failed or was cancelled before, once.
    const askedAt = this.#roles.has(planned.role) ? null : this.#askedAt;
    this.#roles.add(planned.role);
    const { id, study } = this.#registered;
    const { run, redone } = enqueue(this.#workbench, { id, spec: study }, planned, { askedAt });
    if (redone) this.#warn(`Files of run ${run.id} (${run.label}) are missing or damaged. The run is done again.`);
    return run;
  }

  /** Roles of models that the study no longer has, with their predictions, leave it now. */
  #forgetUnplanned(): void {
    const { storage, now } = this.#workbench;
    const planned = new Set(this.#training.map((run) => run.role));
    const keep = storage.studyRuns
      .list(this.#registered.id)
      .filter(
        ({ role, model }) => planned.has(role) || !model || this.#models.has(model.modelName) || this.#isUnread(model),
      )
      .map((link) => link.role);
    storage.studyRuns.keepOnly(this.#registered.id, keep, now());
  }

  /** Whether a section that nothing here reads may have planned a model: it stays. */
  #isUnread(model: StudyRun['model']): boolean {
    const { sections } = this.#workbench.storage.studies;
    const isOther = model !== null && !this.#models.has(model.modelName);
    return isOther && unreadSections(this.#registered.study, sections).length > 0;
  }

  #step(name: string, detail: string, startedAt: number): void {
    this.#listener({ type: 'step', name, detail, seconds: (this.#workbench.now() - startedAt) / 1000 });
  }

  #warn(message: string): void {
    this.#listener({ type: 'warning', message });
  }
}
