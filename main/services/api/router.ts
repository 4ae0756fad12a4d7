import { keepPlace } from '../workbench/place.ts';
import { type AnyRouter, lazy } from '@orpc/server';
import { generatorLosses, generatorView, setCheckpoint, setRecipe, useShipped } from '../generators/view.ts';
import { shortStatus, studyOverview } from '../pipeline/overview.ts';
import { reportState, saveChoice } from '../report/choose.ts';
import { startWriting, writtenBy } from '../report/jobs.ts';
import type { ResultInput } from '../results/analysis-process.ts';
import type { ResultCall } from '../results/answers.ts';
import { picture, pictures } from '../results/pictures.ts';
import { api, type ApiContext, done } from './base.ts';
import { changePlaceOfStudy, placeOfStudy } from '../clusters/place.ts';
import { labelingHandlers } from './labeling.ts';
import { runsHandlers } from './runs.ts';
import { stimuliHandlers } from './stimuli.ts';
import { studiesHandlers } from './studies.ts';

const clusters = {
  ofStudy: api.clusters.ofStudy.handler(({ input, context: { lab } }) => placeOfStudy(lab, input.study)),
  placeStudy: api.clusters.placeStudy.handler(({ input, context: { lab } }) =>
    changePlaceOfStudy(lab, input.study, input.place),
  ),
};

const app = {
  info: api.app.info.handler(({ context: { lab } }) => ({
    version: lab.workbench.environment.product.version,
    host: lab.host,
    runtime: runtime(),
    dataFolder: lab.workbench.storage.folder,
    notices: lab.notices,
  })),
  keepPlace: api.app.keepPlace.handler(({ input, context }) => done(keepPlace(context.lab.workbench, input.place))),
};

function runtime(): Record<string, string> {
  const { node, electron, chrome } = process.versions;
  return { node, ...(electron !== undefined && { electron }), ...(chrome !== undefined && { chrome }) };
}

const changes = {
  listen: api.changes.listen.handler(({ input, context, signal }) => context.lab.changes.listen(input.after, signal)),
};

const jobs = {
  list: api.jobs.list.handler(({ context }) => context.lab.jobs.list()),
  stop: api.jobs.stop.handler(({ input, context }) => done(context.lab.jobs.stop(input.id))),
  dismiss: api.jobs.dismiss.handler(({ input, context }) => done(context.lab.jobs.dismiss(input.id))),
};

const work = {
  start: api.work.start.handler(({ input: { study, goal, ...options }, context }) => ({
    job: context.lab.work.start(study, goal, options),
  })),
  stop: api.work.stop.handler(({ input, context }) => done(context.lab.work.stop(input.study))),
  state: api.work.state.handler(({ context: { lab } }) => lab.work.state()),
  pauseAll: api.work.pauseAll.handler(({ context }) => done(context.lab.work.setPaused(true))),
  resumeAll: api.work.resumeAll.handler(({ context }) => done(context.lab.work.setPaused(false))),
};

const generator = {
  get: api.generator.get.handler(({ input, context: { lab } }) => generatorView(lab, input.study)),
  losses: api.generator.losses.handler(({ input, context: { lab } }) =>
    generatorLosses(lab, input.study, input.points),
  ),
  setCheckpoint: api.generator.setCheckpoint.handler(({ input, context: { lab } }) =>
    done(setCheckpoint(lab, input.study, input.step)),
  ),
  setRecipe: api.generator.setRecipe.handler(({ input, context: { lab } }) =>
    done(setRecipe(lab, input.study, input.recipe, input.seed)),
  ),
  useShipped: api.generator.useShipped.handler(({ input, context: { lab } }) =>
    done(useShipped(lab, input.study, input.name)),
  ),
};

const overview = {
  get: api.overview.get.handler(({ input, context: { lab } }) => studyOverview(lab, input.study)),
  status: api.overview.status.handler(({ input, context: { lab } }) => shortStatus(lab, input.study)),
};

const report = {
  state: api.report.state.handler(({ input, context: { lab } }) => reportState(lab, input.study)),
  save: api.report.save.handler(({ input, context: { lab } }) => done(saveChoice(lab, input.study, input.choice))),
  preview: api.report.preview.handler(async ({ input, context: { lab }, signal }) => ({
    html: await lab.reports.page(input.study, input.choice, signal ?? new AbortController().signal),
  })),
  write: api.report.write.handler(({ input, context: { lab } }) => ({
    job: startWriting(lab, input.study, input.choice),
  })),
  written: api.report.written.handler(({ input, context: { lab } }) => writtenBy(lab, input.job)),
};

/** Has the analysis process answer. */
const ask =
  <Call extends ResultCall>(call: Call) =>
  ({ input, context, signal }: { input: ResultInput<Call>; context: ApiContext; signal?: AbortSignal | undefined }) =>
    context.lab.analysis.ask(call, input, signal);

const results = {
  overview: api.results.overview.handler(ask('overview')),
  people: api.results.people.handler(ask('people')),
  finding: api.results.finding.handler(ask('finding')),
  tables: api.results.tables.handler(ask('tables')),
  images: api.results.images.handler(ask('images')),
  labels: api.results.labels.handler(ask('labels')),
  which: api.results.which.handler(ask('which')),
  pictures: api.results.pictures.handler(({ input, context: { lab } }) => pictures(lab.workbench, input)),
  picture: api.results.picture.handler(({ input, context: { lab } }) => picture(lab.workbench, input)),
  image: api.results.image.handler(ask('image')),
};

/** Answers every call of the core's contract, whichever way it comes. */
const router = api.router({
  app,
  changes,
  clusters,
  generator,
  jobs,
  labeling: labelingHandlers,
  stimuli: stimuliHandlers,
  overview,
  report,
  studies: studiesHandlers,
  results,
  runs: runsHandlers,
  work,
});
export type WorkbenchRouter = typeof router;

/** The calls of a contribution. */
interface Calls {
  readonly name: string;
  readonly calls?: () => Promise<{ default: AnyRouter }>;
}

/** Answers the core's calls and those of contributions, whose areas have their names. */
export const routerWith = (contributions: readonly Calls[]): WorkbenchRouter => ({
  ...router,
  ...Object.fromEntries(contributions.flatMap(({ name, calls }) => (calls ? [[name, lazy(calls)]] : []))),
});
