import { basename, resolve as absolute } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { ModelFiles } from './schemas.ts';
import type { FoundModel, FilesOf, ModelMapping, OutsideCheck } from './contract/outside.ts';
import { safeFileName } from '../../domain/data/index.ts';
import { formatCount } from '../../domain/numbers/index.ts';
import { listFiles, mapFiles } from './contract/files.ts';
import { findStimuli, findStudy } from '../../services/workbench/index.ts';
import type { Followed, Tools } from '../../services/tools/index.ts';
import {
  addModel,
  checkModel,
  type FileOfModel,
  inspectModel,
  placeFiles,
  predictOutside,
  type Working,
} from './onnx-models.ts';
import { notify, notifyAnswers } from './outside-models.ts';
import { noModelAmong, noneToPredict, sameName } from './refusals.ts';
import type { Progress } from '../../contract/api/index.ts';

type ModelFileTools = Pick<Tools, 'workbench' | 'launcher' | 'jobs' | 'changes' | 'uploads'>;

/** Adds models of files as a page does: looks into them, checks them, adds them, and has them predict as a job. */
export class OutsideModelFiles {
  readonly #tools: ModelFileTools;
  /** What was checked lately, by identity and the hash of the data set: these decide the outcome. */
  readonly #checks = new LRUCache<string, OutsideCheck>({ max: 50 });
  /** Jobs that predict, by study. */
  readonly #predicting = new Map<number, { job: string; ended: Promise<void> }>();

  constructor(tools: ModelFileTools) {
    this.#tools = tools;
  }

  /** @throws UserError `outside.*`, `file.*`, `upload.gone`, `study.not-found` */
  inspect(study: string, files: Files, followed: Followed<Progress>): Promise<FoundModel> {
    return this.#with(files, (placed) => inspectModel(this.#tools, study, placed, working(followed)));
  }

  /** How the model does on labeled test images. @throws UserError `outside.*`, `file.*`, `upload.gone`, `study.not-found` */
  check(study: string, files: Files, mapping: ModelMapping, followed: Followed<Progress>): Promise<OutsideCheck> {
    return this.#with(files, async (placed) => {
      const { check, identity } = await checkModel(this.#tools, study, placed, mapping, working(followed));
      this.#checks.set(this.#checkKey(study, identity), check);
      return check;
    });
  }

  /**
   * Adds a model, and starts the job in which it answers for the study's stimuli. What was checked just now is not checked
   * again. @returns the job, null without stimuli @throws UserError `outside.*`, `file.*`, `upload.gone`, `study.not-found`
   */
  async add(
    study: string,
    files: Files,
    mapped: { name: string; mapping: ModelMapping },
    accept: boolean,
  ): Promise<string | null> {
    const checked = (identity: string) => this.#checks.get(this.#checkKey(study, identity));
    await this.#with(files, (placed) => addModel(this.#tools, study, placed, mapped, { accept, checked, later: true }));
    for (const id of listFiles(files).flatMap(uploadsOf)) this.#tools.uploads.discard(id);
    notify(this.#tools.changes);
    const { workbench } = this.#tools;
    return findStimuli(workbench, findStudy(workbench, study).id) ? this.predict(study) : null;
  }

  /**
   * Starts the job in which models answer for the study's stimuli; one that runs takes those that came since, too.
   * @throws UserError `outside.none-to-predict`, `study.not-found`
   */
  predict(studyName: string): string {
    const { workbench, jobs, changes } = this.#tools;
    const study = findStudy(workbench, studyName);
    if (!findStimuli(workbench, study.id)) throw noneToPredict(studyName);
    const known = this.#predicting.get(study.id);
    if (known) return known.job;
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const about = {
      kind: 'study' as const,
      title: `Predict with outside models: ${study.spec.title}`,
      study: studyName,
      link: `/studies/${encodeURIComponent(studyName)}/models/outside`,
    };
    const job = jobs.run(about, async (handle, signal) => {
      let done = 0;
      try {
        for (;;) {
          const report = (note: string, share: number): void => handle.update({ note, share });
          const answered = await predictOutside(this.#tools, studyName, { report, signal });
          if (answered === 0) return `${formatCount(done, 'model')} answered.`;
          done += answered;
          notifyAnswers(changes);
        }
      } finally {
        this.#predicting.delete(study.id);
        notifyAnswers(changes);
        end();
      }
    });
    this.#predicting.set(study.id, { job, ended });
    return job;
  }

  /** Stops what predicts. */
  async close(): Promise<void> {
    const all = [...this.#predicting.values()];
    for (const { job } of all) this.#tools.jobs.stop(job);
    await Promise.all(all.map(({ ended }) => ended));
  }

  #checkKey(studyName: string, identity: string): string {
    const { id, spec } = findStudy(this.#tools.workbench, studyName);
    return JSON.stringify([id, spec.dataSet, identity]);
  }

  /** Uploads lie in a folder of their own meanwhile, under the names that their user calls them. */
  #with<T>(files: Files, work: (files: FilesOf<FileOfModel>) => Promise<T>): Promise<T> {
    const { uploads, workbench } = this.#tools;
    const take = async ([id, ...others]: readonly string[], taken: ReadonlyMap<string, FileOfModel>): Promise<T> => {
      if (id !== undefined) return uploads.use(id, (file) => take(others, new Map([...taken, [id, file]])));
      const chosen = mapFiles(files, (source) => (source.kind === 'path' ? [] : inOrder(source, taken)));
      const place = placeFiles(
        workbench.storage.folder,
        mapFiles(chosen, (part) => part.map(({ path, name }) => ({ from: path, name: safeFileName(name) }))),
      );
      try {
        const [paths, parts] = [listFiles(place.files), listFiles(chosen)];
        return await work(
          mapFiles(files, (source, at): FileOfModel => {
            if (source.kind === 'path') return { path: absolute(source.path), name: basename(source.path) };
            return { path: paths[at] ?? '', name: parts[at]?.[0]?.name ?? '' };
          }),
        );
      } finally {
        place.remove();
      }
    };
    return take([...new Set(listFiles(files).flatMap(uploadsOf))], new Map());
  }
}

type Files = FilesOf<ModelFiles>;

const uploadsOf = (source: ModelFiles): string[] => (source.kind === 'uploads' ? source.uploads : []);

/** The uploads of one file, its external data last. @throws UserError `outside.files` */
function inOrder(source: ModelFiles, taken: ReadonlyMap<string, FileOfModel>): FileOfModel[] {
  const files = [...new Set(uploadsOf(source))].flatMap((id) => taken.get(id) ?? []);
  const models = files.length === 1 ? files : files.filter(({ name }) => /\.onnx$/i.test(name));
  const [model] = models;
  if (!model || models.length > 1) throw noModelAmong(files.map(({ name }) => name));
  refuseSameNames(files.map(({ name }) => safeFileName(name)));
  return [model, ...files.filter((file) => file !== model)];
}

/** @throws UserError `outside.files` if two are one on a disk that does not tell capitals apart */
function refuseSameNames(names: readonly string[]): void {
  const known = new Set<string>();
  for (const name of names) {
    if (known.has(name.toLowerCase())) throw sameName(name);
    known.add(name.toLowerCase());
  }
}

const working = ({ report, signal }: Followed<Progress>): Working => ({
  signal,
  report: (note, share) => report({ note, share }),
});
