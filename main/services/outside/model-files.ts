import { basename, resolve as absolute } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { ModelFiles } from '../../contract/api/outside.ts';
import type { FoundModel } from '../../contract/outside-models.ts';
import type { FilesOf, ModelMapping, OutsideCheck } from '../../contract/outside.ts';
import { safeFileName } from '../../domain/file-names.ts';
import { formatCount } from '../../domain/format.ts';
import { findStimuli, findStudy } from '../tools/find.ts';
import type { Followed } from '../tools/follow.ts';
import type { Tools } from '../tools/tools.ts';
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
import { noModelAmong, noneToPredict } from './refusals.ts';

type ModelFileTools = Pick<Tools, 'workbench' | 'launcher' | 'jobs' | 'changes' | 'uploads'>;

interface Progress {
  share: number | null;
  note: string;
}

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
  inspect(study: string, from: ModelFiles, followed: Followed<Progress>): Promise<FoundModel> {
    return this.#with(from, (file) => inspectModel(this.#tools, study, file, working(followed)));
  }

  /** How the model does on labeled test images. @throws UserError `outside.*`, `file.*`, `upload.gone`, `study.not-found` */
  check(study: string, from: ModelFiles, mapping: ModelMapping, followed: Followed<Progress>): Promise<OutsideCheck> {
    return this.#with(from, async (file) => {
      const { check, identity } = await checkModel(this.#tools, study, file, mapping, working(followed));
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
    from: ModelFiles,
    mapped: { name: string; mapping: ModelMapping },
    accept: boolean,
  ): Promise<string | null> {
    const checked = (identity: string) => this.#checks.get(this.#checkKey(study, identity));
    await this.#with(from, (file) => addModel(this.#tools, study, file, mapped, { accept, checked, later: true }));
    if (from.kind === 'uploads') for (const id of from.uploads) this.#tools.uploads.discard(id);
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
      ...{ kind: 'study' as const, title: `Predict with outside models: ${study.spec.title}`, study: studyName },
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
  #with<T>(from: ModelFiles, work: (files: FilesOf<FileOfModel>) => Promise<T>): Promise<T> {
    if (from.kind === 'path') return work({ model: { path: absolute(from.path), name: basename(from.path) } });
    const { uploads, workbench } = this.#tools;
    const take = async ([id, ...others]: readonly string[], files: FileOfModel[]): Promise<T> => {
      if (id !== undefined) return uploads.use(id, (file) => take(others, [...files, file]));
      const models = files.filter(({ name }) => /\.onnx$/i.test(name));
      const [model] = files.length === 1 ? files : models;
      if (!model || (files.length > 1 && models.length > 1)) throw noModelAmong(files.map(({ name }) => name));
      const ordered = [model, ...files.filter((file) => file !== model)];
      const place = placeFiles(workbench.storage.folder, {
        model: ordered.map(({ path, name }) => ({ from: path, name: safeFileName(name) })),
      });
      try {
        return await work({ model: { path: place.files.model, name: model.name } });
      } finally {
        place.remove();
      }
    };
    return take([...new Set(from.uploads)], []);
  }
}

const working = ({ report, signal }: Followed<Progress>): Working => ({
  signal,
  report: (note, share) => report({ note, share }),
});
