import type { Cluster } from '../../contract/cluster.ts';
import { UserError } from '../../contract/errors.ts';
import { formatCount } from '../../domain/format.ts';
import { pendingReason } from '../../domain/slurm-reasons.ts';
import { taskNames, type TaskState } from './commands.ts';
import { quote } from './job-script.ts';

/** What the scheduler says of a task. `lost`: it is over, and `reason` says how. */
export interface Observed {
  job: string;
  task: number;
  state: 'pending' | 'held' | 'running' | 'lost';
  reason: string | null;
  node: string | null;
  endsAt: number | null;
}

/** How a task can end, in Slurm's words: in ours, and whether it says something about the run. */
const ends: Readonly<Record<string, { words: string; isOwnFault: boolean }>> = {
  COMPLETED: { words: 'Its task ended without doing it', isOwnFault: true },
  FAILED: { words: 'Its task failed', isOwnFault: true },
  OUT_OF_MEMORY: { words: 'Its task needed more memory than the profile asks for', isOwnFault: true },
  TIMEOUT: { words: 'Its task reached the time limit before it had saved a checkpoint', isOwnFault: true },
  DEADLINE: { words: 'Its task reached its deadline', isOwnFault: true },
  CANCELLED: { words: 'Its task was cancelled on the cluster', isOwnFault: false },
  PREEMPTED: { words: 'Its task was preempted', isOwnFault: false },
  REVOKED: { words: 'Its task was moved to another cluster', isOwnFault: false },
  NODE_FAIL: { words: 'Its node failed', isOwnFault: false },
  BOOT_FAIL: { words: 'Its node did not start', isOwnFault: false },
};

/** @param state Slurm's word; null: Slurm does not know the task any more @param began whether the run did */
export const endWords = (state: string | null, began: boolean): { words: string; isOwnFault: boolean } =>
  ends[state ?? ''] ?? {
    words: began ? 'The cluster ended its task' : 'The cluster ended its task before it began',
    isOwnFault: true,
  };

const waitingStates: ReadonlySet<string> = new Set(['PENDING', 'REQUEUED', 'REQUEUE_FED', 'CONFIGURING']);

const heldStates: ReadonlySet<string> = new Set(['REQUEUE_HOLD', 'SPECIAL_EXIT']);

/** Of tasks that begin once a person does something, and never by themselves. */
const heldReasons = /^(JobHeld|launch.failed.requeued.held|job.requeued.in.held.state|DependencyNeverSatisfied)/i;

export function observed({ job, task, state, reason, node, secondsLeft }: TaskState, now: number): Observed {
  const isHeld = heldStates.has(state) || (waitingStates.has(state) && heldReasons.test(reason ?? ''));
  if (isHeld) return { job, task, state: 'held', reason: reason ?? state, node: null, endsAt: null };
  if (state in ends) return { job, task, state: 'lost', reason: state, node, endsAt: null };
  if (waitingStates.has(state)) return { job, task, state: 'pending', reason, node: null, endsAt: null };
  const endsAt = secondsLeft === null ? null : now + secondsLeft * 1000;
  return { job, task, state: 'running', reason: null, node, endsAt };
}

interface Held {
  job: string | null;
  task: number;
  reason: string | null;
}

/** Tasks that wait for a person. */
export function heldError({ name, reach }: Cluster, held: readonly Held[]): UserError {
  const jobs = new Map<string, number[]>();
  for (const { job, task } of held) if (job !== null) jobs.set(job, [...(jobs.get(job) ?? []), task]);
  const names = [...jobs].map(([job, tasks]) => taskNames(job, tasks)).join(',');
  const reasons = [...new Set(held.map(({ reason }) => pendingReason(reason).what))].join('; ');
  const tasks = new Set(held.map(({ job, task }) => `${job}_${task}`)).size;
  const release = [...reach, 'scontrol', 'release', names].map(quote).join(' ');
  return new UserError({
    code: 'cluster.held',
    what: `Slurm holds ${formatCount(tasks, 'task')}: ${reasons}`,
    where: `cluster ${name}, ${names}`,
    remedy: `Release ${tasks === 1 ? 'it' : 'them'}: \`${release}\`. If Slurm holds ${tasks === 1 ? 'it' : 'them'} again, ask the administrators.`,
  });
}
