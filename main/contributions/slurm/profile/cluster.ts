import { z } from 'zod';
import { packedRunSchema } from '../contract/placement.ts';
import { engineNames } from '../../../contract/runs/index.ts';
import { setting } from '../../../contract/settings/index.ts';
import { nameSchema } from '../../../contract/studies/index.ts';

/** One line that goes into a job script or a command as it is. */
const line = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[^\n\r\0]*$/, 'one line');

/** A word of Slurm's own, e.g. the name of a partition; never read as an option. */
const word = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.,:=+&|*()[\]-]*$/, 'a name as Slurm has it, without spaces');

const absolutePath = line.regex(/^\//, 'an absolute path');

/**
 * A Slurm cluster: how to reach it, and what a job of ours may take there. A JSON file (main/contributions/slurm/README.md); it holds no
 * password.
 */
export const clusterSchema = z.strictObject({
  schema: setting(z.literal('boundary-workbench/cluster/1'), { title: 'Format', help: 'Of the file' }),
  name: setting(nameSchema.clone(), {
    title: 'Name',
    help: 'On screens and in commands',
  }),
  reach: setting(z.array(line).max(20).default([]), {
    title: 'Words before Slurm’s',
    help: 'Before its commands, such as `["ssh", "ada@login.example.edu"]`; empty: this computer has these commands',
  }),
  folder: setting(z.strictObject({ here: absolutePath, there: absolutePath.nullable().default(null) }), {
    title: 'Shared folder',
    help: '`here`: its path on this computer; `there`: on login and compute nodes, or `null`: the same',
    isOpaque: true,
  }),
  product: setting(absolutePath.clone(), {
    title: 'Program on the nodes',
    help: 'The folder with `package.json`',
  }),
  cache: setting(absolutePath.nullable().default(null), {
    title: 'Cache on the nodes',
    help: 'Folder for engines and compiled code (BOUNDARY_CACHE); `null`: in the home folder there',
  }),
  prepare: setting(z.array(line).max(50).default([]), {
    title: 'Lines before Node starts',
    help: 'Of the job’s script, such as `["module load nodejs/24"]`',
  }),
  node: setting(line.default('node'), {
    title: 'Command that starts Node 24',
    help: 'By name or full path, with its options: no quotes, variables or `~`. `node`: that of the program’s set-up (`node_modules/node`) if there is one, else the system’s',
  }),
  engine: setting(z.enum(engineNames), {
    title: 'Engine',
    help: 'One for all trainings there, as engines differ in bytes',
  }),
  constraint: setting(word.nullable().default(null), {
    title: 'Feature of nodes',
    help: '`--constraint`, such as `icelake`: bytes differ between processors',
  }),
  partition: setting(word.nullable().default(null), {
    title: 'Partition',
    help: '`--partition`; `null`: the default one',
  }),
  account: setting(word.nullable().default(null), { title: 'Account', help: '`--account`' }),
  qos: setting(word.nullable().default(null), { title: 'Quality of service', help: '`--qos`' }),
  gres: setting(word.nullable().default(null), { title: 'Resources', help: '`--gres`, such as `gpu:1`' }),
  memory: setting(z.int().min(100).max(10_000_000).default(4000), {
    title: 'Memory of a task',
    unit: 'MiB',
    help: '`--mem`. Trainings need 1,000 to 4,000, large generators more',
  }),
  cores: setting(z.int().min(1).max(1024).default(1), {
    title: 'Cores of a task',
    help: '`--cpus-per-task`: the threads of each training. Leave it at 1 on CPUs: sums in another order differ in their last bits',
  }),
  minutes: setting(z.int().min(5).max(100_000).default(240), {
    title: 'Time limit of a task',
    unit: 'minutes',
    help: '`--time`. Short ones start sooner; longer trainings continue in the next',
  }),
  runsPerTask: setting(z.int().min(1).max(1000).default(1), {
    title: 'Trainings of a task',
    help: 'It does them one after the other',
  }),
  atOnce: setting(z.int().min(1).max(10_000).nullable().default(null), {
    title: 'Tasks at a time',
    help: '`%` of `--array`; `null`: as many as the cluster allows',
  }),
  tasksPerJob: setting(z.int().min(1).max(100_000).default(1000), {
    title: 'Tasks of a job',
    help: 'Below the cluster’s MaxArraySize',
  }),
});
export type Cluster = z.infer<typeof clusterSchema>;

/** The first line of a pack: what holds for all tasks of its job. Paths are those on the nodes. */
export const packHeadSchema = z.strictObject({
  schema: z.literal('boundary-workbench/pack/1'),
  threads: z.int().min(1),
  /** Number of tasks, each of which has a line below. */
  tasks: z.int().min(1),
});
export type PackHead = z.infer<typeof packHeadSchema>;

/** A further line of a pack: the runs of a task, which it does one after the other. */
export const packedTaskSchema = z.array(packedRunSchema).min(1);

/**
 * What something can be wrong with: the login node; submissions, which Slurm may refuse while the login node answers; the
 * shared folder; or tasks that will not begin by themselves.
 */
export const clusterParts = ['login', 'submit', 'folder', 'tasks'] as const;
export type ClusterPart = (typeof clusterParts)[number];

/** What is wrong with a cluster now, as an error that a person can act on. `since`: milliseconds since 1970. */
export const clusterTroubleSchema = z.strictObject({
  cluster: z.string(),
  part: z.enum(clusterParts),
  code: z.string(),
  what: z.string(),
  where: z.string(),
  remedy: z.string(),
  since: z.number(),
});
export type ClusterTrouble = z.infer<typeof clusterTroubleSchema>;
