/** Why Slurm lets a task wait, for a person: its word, e.g. `Priority`, what that means, and what helps. */
export interface PendingReason {
  /** It will not begin by itself. */
  stuck: boolean;
  what: string;
  /** Null: nothing has to be done. */
  remedy: string | null;
}

const waits = (what: string): PendingReason => ({ stuck: false, what, remedy: null });
const stuck = (what: string, remedy: string): PendingReason => ({ stuck: true, what, remedy });

const words: Readonly<Record<string, PendingReason>> = {
  None: waits('Slurm has not looked at it yet'),
  Priority: waits('other jobs come first'),
  Resources: waits('it waits for a free node'),
  BeginTime: waits('Slurm starts a task that it queued again after two minutes'),
  JobArrayTaskLimit: waits('as many tasks run as `atOnce` of the profile allows'),
  Dependency: waits('it waits for another job'),
  Licenses: waits('it waits for a license'),
  Reservation: waits('it waits for its reservation'),
  Cleaning: waits('its last node is being cleaned up'),
  Prolog: waits('its node is being prepared'),
  ReqNodeNotAvail: waits('the nodes that it may use are down, reserved or kept for maintenance'),
  MaxJobCount: waits('the cluster has as many jobs as it takes'),
  PartitionDown: stuck('the partition is down', 'Wait until it is up, or choose another `partition`.'),
  PartitionInactive: stuck('the partition takes no jobs', 'Choose another `partition`.'),
  PartitionConfig: stuck('the partition does not allow what it asks for', 'Compare the profile with the partition.'),
  PartitionNodeLimit: stuck('it asks for more nodes than the partition gives', 'Choose another `partition`.'),
  PartitionTimeLimit: stuck('`minutes` is above the time limit of the partition', 'Lower `minutes`.'),
  BadConstraints: stuck(
    'no node meets all that the profile asks for',
    'Lower `memory` or `cores`, or change `constraint`.',
  ),
  InvalidAccount: stuck(
    'the account is not valid',
    'Set `account` to one of yours: `sacctmgr show associations` lists them.',
  ),
  InvalidQOS: stuck('the QOS is not valid', 'Set `qos` to one of yours.'),
  AccountNotAllowed: stuck('the partition is not open to the account', 'Change `account` or `partition`.'),
  QOSNotAllowed: stuck('the partition is not open to the QOS', 'Change `qos` or `partition`.'),
  JobHeldUser: stuck('a user holds it', 'Release it: `scontrol release` and the number of the job.'),
  JobHeldAdmin: stuck('an administrator holds it', 'Ask the administrator of the cluster.'),
  launch: stuck(
    'Slurm holds it after a failed start',
    'Release it: `scontrol release` and the number of the job. If that fails too, ask the administrator about this node.',
  ),
  job: stuck('Slurm queued it again and holds it', 'Release it: `scontrol release` and the number of the job.'),
  REQUEUE_HOLD: stuck(
    'Slurm queued it again and holds it',
    'Release it: `scontrol release` and the number of the job.',
  ),
  SPECIAL_EXIT: stuck(
    'Slurm queued it again and holds it',
    'Release it: `scontrol release` and the number of the job.',
  ),
  DependencyNeverSatisfied: stuck('it waits for a job that failed', 'Cancel it, and start the study again.'),
  NodeDown: waits('its node is down'),
  JobLaunchFailure: stuck('its node could not start it', 'Ask the administrator of the cluster about this node.'),
};

/**
 * @param reason as `squeue` writes it, e.g. `ReqNodeNotAvail, UnavailableNodes:n1`, `(Priority)` or
 * `launch failed requeued held`; null: none is known
 */
export function pendingReason(reason: string | null): PendingReason {
  const word = /^[A-Za-z_]+/.exec((reason ?? 'None').replace(/^\(/, ''))?.[0] ?? '';
  const known = words[word];
  if (known) return known;
  if (/^(QOS|Assoc).*(WallDuration|TimeLimit)/.test(word))
    return stuck('`minutes` is above what you may ask for', 'Lower `minutes`.');
  // E.g. QOSMaxCpuPerJobLimit and AssocMaxMemPerJobLimit: one job alone is too much.
  if (/^(QOS|Assoc).*Per(Job|Node)/.test(word))
    return stuck('one task asks for more than you may have', 'Lower `memory`, `cores` or `gres`.');
  if (/^(QOS|Assoc)/.test(word)) return waits('you use as much of the cluster as you may at a time');
  return waits(`Slurm says ${reason}`);
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

/** Whether this is Slurm's word for a task that is over. */
export const isEnd = (state: string): boolean => Object.hasOwn(ends, state);

/** @param state Slurm's word; null: Slurm does not know the task any more @param began whether the run did */
export const endWords = (state: string | null, began: boolean): { words: string; isOwnFault: boolean } =>
  (state !== null && isEnd(state) ? ends[state] : undefined) ?? {
    words: began ? 'The cluster ended its task' : 'The cluster ended its task before it began',
    isOwnFault: true,
  };

/** How the task of a run ended that is not over as far as is known here, as a clause. @param reason Slurm's word */
export function lostWords(reason: string | null): string {
  if (reason === null) return 'Slurm does not know it any more';
  const { words } = endWords(reason, true);
  return `${words.charAt(0).toLowerCase()}${words.slice(1)}`;
}
