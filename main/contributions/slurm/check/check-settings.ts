import { messageOf } from '../../../contract/wire/index.ts';
import type { Cluster } from '../profile/cluster.ts';
import type { ClusterFinding } from '../profile/cluster-check.ts';
import { formatCount, formatNames } from '../../../domain/numbers/index.ts';
import { type ClusterCommand, parseDuration } from '../executor/commands.ts';

/** Gives findings of a check, in the order in which they are known. */
export type Report = (about: ClusterFinding['about'], state: ClusterFinding['state'], text: FindingText) => void;

interface FindingText {
  what: string;
  remedy?: string | null;
  detail?: string | null;
}

/** Whether all commands that the product needs answer. */
export async function checkCommands(cluster: Cluster, command: ClusterCommand, report: Report): Promise<boolean> {
  const reached = cluster.reach.length === 0 ? 'on this computer' : `through \`${cluster.reach.join(' ')}\``;
  let version = '';
  for (const name of ['sbatch', 'squeue', 'scancel', 'scontrol']) {
    try {
      version = (await command(name, '--version')).trim() || version;
    } catch (error) {
      const words = messageOf(error);
      const isMissing = /ENOENT|not found|No such file/i.test(words);
      report('commands', 'fault', {
        what: isMissing ? `The command ${name} does not exist ${reached}` : `${name} does not answer ${reached}`,
        remedy: isMissing
          ? 'Set `reach` of the profile to what reaches the login node, e.g. ["ssh", "ada@login.example.edu"].'
          : 'Try the same command in a terminal. `ssh` must ask for no password: use a key with an agent.',
        detail: words,
      });
      return false;
    }
  }
  report('commands', 'ok', { what: `sbatch, squeue, scancel and scontrol answer ${reached} (${version})` });
  return true;
}

/** Compares the cluster's settings with the profile. */
export async function checkSettings(cluster: Cluster, command: ClusterCommand, report: Report): Promise<void> {
  let settings: Map<string, string>;
  try {
    settings = readSettings(await command('scontrol', 'show', 'config'));
  } catch (error) {
    return report('settings', 'fault', {
      what: 'The settings of the cluster cannot be read: its controller does not answer',
      remedy: 'Try `scontrol show config` there. If it fails, ask the administrator whether Slurm is up.',
      detail: messageOf(error),
    });
  }
  const largest = Number(settings.get('MaxArraySize') ?? 1001);
  const killWait = Number.parseInt(settings.get('KillWait') ?? '30', 10);
  const preempt = settings.get('PreemptMode') ?? 'OFF';
  if (cluster.tasksPerJob > largest) {
    report('settings', 'fault', {
      what: `\`tasksPerJob\` is ${cluster.tasksPerJob}, and the cluster takes at most ${largest} tasks in a job (MaxArraySize)`,
      remedy: `Set \`tasksPerJob\` to ${largest} or less. What is more goes into further jobs.`,
    });
  }
  if (settings.get('JobRequeue') === '0') {
    report('settings', 'warning', {
      what: 'The cluster queues no job again by itself (JobRequeue=0). Jobs of the Workbench ask for it (--requeue)',
      remedy: 'See below whether this was allowed. If it was not, set `minutes` so high that a run ends within them.',
    });
  }
  if (killWait < 10) {
    report('settings', 'warning', {
      what: `Slurm ends a task ${killWait} s after it tells it to stop (KillWait): too short to save a large checkpoint`,
      remedy: 'Nothing is lost but the work since the last checkpoint: at most a minute.',
    });
  }
  if (/CANCEL/.test(preempt)) {
    report('settings', 'warning', {
      what: 'Tasks that are preempted end (PreemptMode=CANCEL). Their runs are submitted again by the Workbench, while it is open',
    });
  }
  report('settings', 'ok', {
    what: `Slurm ${settings.get('SLURM_VERSION') ?? '(unknown version)'}: MaxArraySize ${largest}, JobRequeue ${settings.get('JobRequeue') ?? '?'}, KillWait ${killWait} s, PreemptMode ${preempt}`,
  });
}

const readSettings = (text: string): Map<string, string> =>
  new Map(
    text.split('\n').flatMap((line) => {
      const found = /^(\w+)\s*=\s*(.*)$/.exec(line.trim());
      return found ? [[found[1] ?? '', (found[2] ?? '').trim()] as const] : [];
    }),
  );

/** The partition of the profile, if it names one: whether it is there and up, and how long jobs may take. */
export async function checkPartition(cluster: Cluster, command: ClusterCommand, report: Report): Promise<void> {
  const { partition, minutes } = cluster;
  if (partition === null) return;
  // Several names: Slurm takes the one that starts first.
  const [name = ''] = partition.split(',');
  let text: string;
  try {
    text = await command('scontrol', 'show', 'partition', name);
  } catch (error) {
    return report('partition', 'fault', {
      what: `The cluster has no partition "${name}", or you may not see it`,
      remedy: 'Set `partition` to one that `sinfo` lists, or to null for the default one.',
      detail: messageOf(error),
    });
  }
  const value = (key: string): string | undefined => new RegExp(`\\b${key}=(\\S+)`).exec(text)?.[1];
  const state = value('State') ?? 'UP';
  const most = parseDuration(value('MaxTime') ?? '');
  if (state !== 'UP') {
    report('partition', 'fault', {
      what: `The partition ${name} takes no work now: its state is ${state}`,
      remedy: 'Ask the administrator when it is up again, or choose another `partition`.',
    });
  } else if (most !== null && minutes * 60 > most) {
    report('partition', 'fault', {
      what: `\`minutes\` is ${minutes}, and the partition ${name} allows at most ${Math.floor(most / 60)}`,
      remedy: `Set \`minutes\` to ${Math.floor(most / 60)} or less. A run that needs longer is queued again and continues.`,
    });
  } else {
    report('partition', 'ok', { what: `The partition ${name} is up, with at most ${value('MaxTime') ?? '?'} a job` });
  }
}

interface Node {
  name: string;
  features: string;
  cores: number;
  /** MiB. */
  memory: number;
  gres: string;
}

/** What the nodes that a job may get have, against what the profile asks for; and whether they are of one kind. */
export async function checkNodes(cluster: Cluster, command: ClusterCommand, report: Report): Promise<void> {
  const { partition, memory, cores, constraint } = cluster;
  let nodes: Node[];
  try {
    const where = partition === null ? [] : [`--partition=${partition}`];
    nodes = readNodes(await command('sinfo', '--noheader', '--Node', '--format=%N|%f|%c|%m|%G', ...where));
  } catch {
    // Not all sites show their nodes; `sbatch` decides anyway.
    return;
  }
  if (nodes.length === 0) return;
  const mostMemory = Math.max(...nodes.map((node) => node.memory));
  const mostCores = Math.max(...nodes.map((node) => node.cores));
  if (memory > mostMemory) {
    report('nodes', 'fault', {
      what: `\`memory\` is ${memory} MiB, and the largest node has ${mostMemory} MiB`,
      remedy: `Set \`memory\` to ${mostMemory} or less. A run needs 1,000 to 4,000.`,
    });
  }
  if (cores > mostCores) {
    report('nodes', 'fault', {
      what: `\`cores\` is ${cores}, and the largest node has ${mostCores}`,
      remedy: 'Set `cores` to 1: a run computes on one core, so that it can be repeated byte for byte.',
    });
  }
  const kinds = [...new Set(nodes.map(({ features }) => features))];
  if (constraint === null && kinds.length > 1) {
    report('nodes', 'warning', {
      what: `The nodes are of ${kinds.length} kinds (${formatNames(kinds, 5)}): trainings on different processors differ in their last bits`,
      remedy: 'Set `constraint` to the feature of one kind, so that a training can be repeated byte for byte.',
    });
  }
  const first = nodes[0];
  report('nodes', 'ok', {
    what: `${nodes.length} ${nodes.length === 1 ? 'node' : 'nodes'}, e.g. ${first?.name} with ${formatCount(first?.cores ?? 0, 'core')}, ${first?.memory} MiB and ${first?.gres === '' ? 'no GPU known to Slurm' : first?.gres}`,
  });
}

const known = (word: string): string => (word === '(null)' ? '' : word);

const readNodes = (text: string): Node[] =>
  text.split('\n').flatMap((line) => {
    const [name = '', features = '', cores = '', memory = '', gres = ''] = line.trim().split('|');
    // `+` after a number: some have more.
    const number = (word: string): number => Number.parseInt(word, 10);
    if (name === '' || Number.isNaN(number(cores))) return [];
    return [
      {
        name,
        features: known(features),
        cores: number(cores),
        memory: number(memory),
        gres: known(gres),
      } satisfies Node,
    ];
  });

/** What `sbatch` says against a script, with the lines of the profile that it is about. */
export function refusalOf(words: string): { what: string; remedy: string } {
  const known = refusals.find(([pattern]) => pattern.test(words));
  const [, what, remedy] = known ?? [null, 'Slurm refuses the job', 'Compare the profile with what Slurm says.'];
  return { what, remedy };
}

const refusals: readonly (readonly [RegExp, string, string])[] = [
  [
    /account\/partition|invalid account/i,
    'Slurm does not know the account, or the partition is not open to it',
    'Change `account` or `partition`: `sacctmgr show associations` lists your accounts.',
  ],
  [/partition/i, 'Slurm does not know the partition', 'Set `partition` to one that `sinfo` lists, or to null.'],
  [/qos/i, 'Slurm does not know the QOS, or does not allow it', 'Change `qos`, or set it to null.'],
  [/feature/i, 'No node has the feature', 'Change `constraint`: `sinfo --format="%N %f"` lists features.'],
  [/gres|generic resource/i, 'No node has what `gres` asks for', 'Change `gres`: `sinfo --format="%N %G"` lists them.'],
  [/time limit/i, 'The time limit is above what is allowed', 'Lower `minutes`.'],
  [
    /node configuration|memory spec|more processors/i,
    'No node has as much as the profile asks for',
    'Lower `memory` or `cores`, or change `gres` or `constraint`.',
  ],
  [/job array/i, 'The job has more tasks than the cluster takes', 'Lower `tasksPerJob`.'],
  [
    /unable to open|no such file/i,
    'The computer with `sbatch` does not see the shared folder under this path',
    'Correct `folder.there`: it is the path of `folder.here` on the login node and on the nodes.',
  ],
  [
    /violates accounting|limit/i,
    'You would use more than you may',
    'Lower `memory`, `cores` or `minutes`, or ask the administrator.',
  ],
];
