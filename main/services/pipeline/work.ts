import type { Goal } from '../../contract/api/jobs.ts';
import type { Step, StepAction } from '../../contract/api/studies.ts';
import { problemIn } from '../../contract/wire/errors.ts';
import type { Status } from '../../contract/wire/status.ts';
import type { Standing } from '../../domain/estimates/expect.ts';
import { kept } from '../../domain/numbers/arrays.ts';
import { formatCount, formatNames } from '../../domain/numbers/format.ts';
import { modelEntries } from '../../domain/plans/model-entries.ts';
import type { StudyRun } from '../../storage/study-runs.ts';
import { identities } from '../declaration/plan.ts';
import { standingOf } from '../estimates/forecast.ts';
import { type StudyParts, studyParts } from '../estimates/study-cost.ts';
import { clusterOf } from '../workbench/clusters.ts';
import type { Facts } from './facts.ts';

/** What jobs do for a step: part of its state. */
export interface Work {
  state: Extract<Status, 'running' | 'queued' | 'paused'>;
  reasons: string[];
  behind?: NonNullable<Step['behind']>;
  /** Other ways to fix it. */
  more?: StepAction[];
}

/** Which roles of runs are meant, e.g. by a regular expression. */
type Roles = Pick<RegExp, 'test'>;

/**
 * What jobs do now, or will do, for the runs in these roles; null: nothing.
 * @param goals those that include the step
 */
export function workOn(facts: Facts, roles: Roles, goals: readonly Goal[]): Work | null {
  const jobs = facts.jobs.filter(({ goal }) => goal === null || goals.includes(goal));
  // What a cluster was given goes on without a job of this host.
  const isThere = facts.links.some(({ role, there }) => there !== null && roles.test(role));
  if (jobs.length === 0 && !isThere) return null;
  const onClusters = workOnClusters(
    facts,
    roles,
    jobs.some(({ state }) => state !== 'stopping'),
  );
  const running = facts.links.filter(({ state }) => state === 'running');
  if (running.some(({ role }) => roles.test(role))) return onClusters ?? { state: 'running', reasons: [] };
  const ahead = jobs.filter(({ state }) => state !== 'stopping');
  if (ahead.length === 0 && jobs.length > 0) return null;
  if (facts.pause !== null && (facts.pause.byUser || !isThere)) return { state: 'paused', reasons: [facts.pause.why] };
  if (onClusters && (isThere || !ahead.every(({ state }) => state === 'waiting'))) return onClusters;
  const waiting = ahead.every(({ state }) => state === 'waiting');
  const first = waiting ? ahead.find(({ note }) => note !== '') : undefined;
  if (!first) return { state: 'queued', reasons: behindRuns(running) };
  const reasons = [sentence(`queued ${first.note}`)];
  return { state: 'queued', reasons, ...(first.behind && { behind: first.behind }) };
}

const isOpen = ({ state }: StudyRun): boolean => state === 'queued' || state === 'interrupted' || state === 'running';

/** What clusters do for the runs in these roles, or will if a job works on them; null: nothing. */
function workOnClusters({ workbench, links }: Facts, roles: Roles, hasJob: boolean): Work | null {
  const runs = links.filter(
    (run) =>
      isOpen(run) && !run.held && roles.test(run.role) && (hasJob || run.there !== null || run.state === 'running'),
  );
  const names = [...new Set(runs.flatMap((run) => clusterOf(run) ?? []))].sort();
  if (names.length === 0) return null;
  const state = runs.some((run) => run.state === 'running') ? 'running' : 'queued';
  const [clusters] = workbench.clusters;
  return { state, ...(clusters?.workOn(runs) ?? { reasons: names.map(unreachable) }) };
}

const unreachable = (cluster: string): string =>
  `This version of the program cannot reach ${cluster}. Have these runs done elsewhere: Models screen, “Trainings run on”.`;

function behindRuns(running: readonly StudyRun[]): string[] {
  if (running.length === 0) return [];
  const names = running.map(({ role }) => role.replace(/^models\//, ''));
  return [`Queued behind ${formatCount(running.length, 'run')} of this study: ${formatNames(names, 3)}.`];
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`;

/** The button of a step that a job works on: resumes what the user paused, else shows its screen. */
export const resumeOr = ({ pause }: Facts, { state }: Work, look: StepAction): StepAction =>
  state === 'paused' && pause?.byUser ? resume : look;

export const resume: StepAction = { label: 'Resume training', goal: null, link: null, cost: null, call: 'resume' };

/** Goals that include a step of the images. */
export const stimulusGoals: readonly Goal[] = ['stimuli', 'candidates', 'report'];

/** How many runs a step names; the run table has all. */
export const named = 3;

/** Why current runs failed, each reason once, with those it is of and how to fix it. Empty: none of them failed. */
export function failureReasons(runs: readonly { link: StudyRun | null | undefined; name: string }[]): string[] {
  const failed = runs.flatMap(({ link, name }) =>
    link?.state === 'failed' ? [{ name, reason: link.failure ?? 'unknown reason' }] : [],
  );
  const groups = [...Map.groupBy(failed, ({ reason }) => reason)];
  const reasons = groups.slice(0, named).map(([reason, members]) => {
    const { what, remedy } = problemIn(reason);
    const names = members.map(({ name }) => name);
    return `${formatNames(names, named)} failed: ${what}.${remedy === null ? '' : ` ${remedy}.`}`;
  });
  const more = groups.slice(named).reduce((sum, [, members]) => sum + members.length, 0);
  return more > 0 ? [...reasons, `${formatCount(more, 'more run')} failed for other reasons.`] : reasons;
}

/** Opens a run over one of the study's screens. */
export const openRun = ({ record }: Facts, screen: string, runId: number, label: string): StepAction => ({
  label,
  goal: null,
  cost: null,
  link: `/studies/${encodeURIComponent(record.name)}/${screen}?run=${runId}`,
});

/** Opens the failed training on the Models screen, or lists several there. @param failed ids, at least one */
export const openFailed = (facts: Facts, failed: readonly number[]): StepAction =>
  failed.length < 2
    ? openRun(facts, 'models', failed[0] ?? 0, 'Open failed run')
    : {
        label: `Show ${formatCount(failed.length, 'failed run')}`,
        goal: null,
        cost: null,
        link: `/studies/${encodeURIComponent(facts.record.name)}/models?state=failed`,
      };

export const isoTime = (at: number): string => new Date(at).toISOString();

/** What remains of the study, part by part. */
export const costsOf = (facts: Facts): StudyParts => kept(costs, facts, () => readCosts(facts));

const costs = new WeakMap<Facts, StudyParts>();

function readCosts({ study, sections, places, models, forecast }: Facts): StudyParts {
  const training = (role: string): Standing | null | undefined => {
    const place = places.get(role);
    if (place?.state === 'done' && !place.changed) return undefined;
    return !place?.link || place.changed ? null : standingOf(place.link);
  };
  const untrained = modelEntries(study, sections).flatMap((entry) =>
    identities(entry).flatMap(({ name }) => (training(`models/${name}`) === undefined ? [] : entry.recipe.targets)),
  );
  const unpredicted = models.filter(({ runState, prediction }) => runState === 'done' && prediction === null);
  const predictions = unpredicted.length + untrained.length;
  return studyParts(study, forecast, sections, { training, stimuli: true, predictions, report: true });
}
