import type { Cluster } from '../profile/cluster.ts';

/** Seconds before its time limit at which Slurm signals a task, which then saves and is queued again. It may do so a minute early. */
const warning = 120;

export interface JobScript {
  cluster: Cluster;
  /** Name of the job in `squeue`. */
  name: string;
  /** Folder of the pack on the nodes. */
  pack: string;
  /** Tasks of the job: 0 to `tasks` - 1. */
  tasks: number;
  /** Lines before and after those of the profile, for a check of the cluster. */
  before?: readonly string[];
  after?: readonly string[];
}

/**
 * The module that does a task of a pack, below the product's folder: from its sources, and built; and where they were in
 * earlier versions, which a cluster may still have.
 */
const entries = [
  'main/contributions/slurm/tasks/pack-child.ts',
  'out/main/contributions/slurm/tasks/pack-child.js',
  'main/training/worker/pack.ts',
  'out/main/training/worker/pack.js',
] as const;

/** Node 24 as the set-up installs it where the one of the system is older, below the product's folder. */
const ownNode = 'node_modules/node/bin/node';

/** The script of a job that does a pack: for `sbatch`, and for a person to read. */
export function jobScript({ cluster, name, pack, tasks, before = [], after = [] }: JobScript): string {
  const { partition, account, qos, constraint, gres, memory, cores, minutes, atOnce, prepare, node, cache } = cluster;
  const options: Record<string, string | number | null> = {
    'job-name': name,
    array: `0-${tasks - 1}${atOnce === null ? '' : `%${atOnce}`}`,
    partition,
    account,
    qos,
    constraint,
    gres,
    'cpus-per-task': cores,
    mem: `${memory}M`,
    time: minutes,
    'open-mode': 'append',
    output: `${pack}/log/%a.txt`,
    signal: `B:USR1@${warning}`,
  };
  const lines = Object.entries(options).flatMap(([key, value]) =>
    value === null ? [] : [`#SBATCH --${key}=${quoteOption(String(value))}`],
  );
  return `${[
    '#!/bin/bash',
    ...lines,
    '#SBATCH --requeue',
    '',
    '# Boundary Workbench: each task does the runs in its line of pack.jsonl, one after the other, and skips those that are done.',
    '# USR1 (the time limit is near) or TERM: it saves a checkpoint and ends. Started again, it continues from there.',
    '# What it did is in attempts/; what it made is in blobs/ until the computer that submitted the job has fetched it.',
    // `sbatch` copies them with the rest of its environment; nothing in a job needs them.
    'unset SLURM_JWT SSHPASS',
    ...before,
    ...prepare,
    ...(cache === null ? [] : [`export BOUNDARY_CACHE=${quote(cache)}`]),
    `cd ${quote(cluster.product)} || exit 1`,
    `for entry in ${entries.join(' ')}; do [ -e "$entry" ] && break; done`,
    `node=${quote(node)}`,
    ...(node === 'node' ? [`[ -x ${ownNode} ] && node=${ownNode}`] : []),
    ...after,
    `exec $node "$entry" ${quote(pack)} "$SLURM_ARRAY_TASK_ID"`,
  ].join('\n')}\n`;
}

/** A word for a shell. */
export const quote = (text: string): string =>
  /^[A-Za-z0-9_/.,:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** `sbatch` reads options of a script like a shell would, but for variables. */
const quoteOption = (text: string): string =>
  /^[^\s"'\\#]+$/.test(text) ? text : `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
