import type { Observed, Placement } from '../contract/placement.ts';
import type { Cluster } from '../profile/cluster.ts';
import { UserError } from '../../../contract/wire/index.ts';
import { formatCount } from '../../../domain/numbers/index.ts';
import { isEnd, pendingReason } from '../profile/slurm-reasons.ts';
import { taskNames, type TaskState } from './commands.ts';
import { quote } from './job-script.ts';

const waitingStates: ReadonlySet<string> = new Set(['PENDING', 'REQUEUED', 'REQUEUE_FED', 'CONFIGURING']);

const heldStates: ReadonlySet<string> = new Set(['REQUEUE_HOLD', 'SPECIAL_EXIT']);

/** Reasons of tasks that begin once a person does something, and never by themselves. */
const heldReasons = /^(JobHeld|launch.failed.requeued.held|job.requeued.in.held.state|DependencyNeverSatisfied)/i;

export function observed({ job, task, state, reason, node, secondsLeft }: TaskState, now: number): Observed {
  const isHeld = heldStates.has(state) || (waitingStates.has(state) && heldReasons.test(reason ?? ''));
  if (isHeld) return { job, task, state: 'held', reason: reason ?? state, node: null, endsAt: null };
  if (isEnd(state)) return { job, task, state: 'lost', reason: state, node, endsAt: null };
  if (waitingStates.has(state)) return { job, task, state: 'pending', reason, node: null, endsAt: null };
  const endsAt = secondsLeft === null ? null : now + secondsLeft * 1000;
  return { job, task, state: 'running', reason: null, node, endsAt };
}

type Waiting = Pick<Placement, 'job' | 'task' | 'state' | 'reason'>;

/** What is wrong with tasks that will not begin by themselves; null: nothing. Held ones first: a command releases them. */
export function waitingTrouble(cluster: Cluster, placed: readonly Waiting[]): UserError | null {
  const held = placed.filter(({ state }) => state === 'held');
  if (held.length > 0) return heldError(cluster, held);
  const stuck = placed.filter(({ state, reason }) => state === 'pending' && pendingReason(reason).stuck);
  return stuck.length > 0 ? stuckError(cluster, stuck) : null;
}

function heldError({ name, reach }: Cluster, held: readonly Waiting[]): UserError {
  const { names, count, reasons } = inWords(held);
  const release = [...reach, 'scontrol', 'release', names].map(quote).join(' ');
  const them = count === 1 ? 'it' : 'them';
  return new UserError(
    'cluster.held',
    `Slurm holds ${formatCount(count, 'task')}: ${reasons}`,
    `cluster ${name}, ${names}`,
    `Release ${them}: \`${release}\`. If Slurm holds ${them} again, ask the administrators.`,
  );
}

function stuckError({ name }: Cluster, stuck: readonly Waiting[]): UserError {
  const { names, count, reasons } = inWords(stuck);
  const remedies = [...new Set(stuck.map(({ reason }) => pendingReason(reason).remedy ?? ''))].join(' ');
  return new UserError(
    'cluster.stuck',
    `Slurm will not begin ${formatCount(count, 'task')}: ${reasons}`,
    `cluster ${name}, ${names}`,
    `${remedies} A job that was submitted keeps what it asked for: after a change of the profile, pause the study, and resume it once its runs are back.`,
  );
}

/** Names, number and reasons of tasks. */
function inWords(tasks: readonly Waiting[]): { names: string; count: number; reasons: string } {
  const jobs = new Map<string, number[]>();
  for (const { job, task } of tasks) if (job !== null) jobs.set(job, [...(jobs.get(job) ?? []), task]);
  return {
    names: [...jobs].map(([job, numbers]) => taskNames(job, numbers)).join(','),
    count: new Set(tasks.map(({ job, task }) => `${job}_${task}`)).size,
    reasons: [...new Set(tasks.map(({ reason }) => pendingReason(reason).what))].join('; '),
  };
}
