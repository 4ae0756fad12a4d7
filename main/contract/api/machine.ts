import { z } from 'zod';
import { engineNames, engineTitles, maxSeedsPerStep } from '../run.ts';
import { jobStarted, nothing, oc } from '../base.ts';
import { setting } from '../settings.ts';

const bytes = z.number().min(0);

const machineEngineSchema = z.strictObject({
  name: z.enum(engineNames),
  /** `untried`: something has changed since the last trial, or none was made. */
  state: z.enum(['passed', 'failed', 'absent', 'untried']),
  /** What it runs on, or why it is not used. */
  note: z.string(),
  /** Training steps a second as a multiple of wasm's; null: not known. */
  speedOverWasm: z.number().nullable(),
  /** Whether new runs take it, as settings stand. */
  chosen: z.boolean(),
});
export type MachineEngine = z.infer<typeof machineEngineSchema>;

const machineEnginesSchema = z.strictObject({
  engines: z.array(machineEngineSchema),
  /** Which engine trains new models, and why. */
  why: z.string(),
  /** When the engines were tried; null: something has changed since, or never. */
  triedAt: z.iso.datetime().nullable(),
});

export const tensorflowVariants = ['cpu', 'cuda'] as const;
export type TensorflowVariant = (typeof tensorflowVariants)[number];

/** A build of TensorFlow that can be installed for this user. */
const tensorflowBuildSchema = z.strictObject({
  variant: z.enum(tensorflowVariants),
  installed: z.boolean(),
  /** Why it can't be installed, and what would help; null: it can. */
  obstacle: z.string().nullable(),
  downloadBytes: bytes,
  /** Disk space that the installation needs. */
  diskBytes: bytes,
});

export type TensorflowBuild = z.infer<typeof tensorflowBuildSchema>;

const machineStateSchema = z.strictObject({
  cpu: z.string(),
  cores: z.int(),
  memoryBytes: bytes,
  ...machineEnginesSchema.shape,
});
export type MachineState = z.infer<typeof machineStateSchema>;

/** Graphics cards, or why none is seen. */
const graphicsSchema = z.strictObject({ seen: z.array(z.string()), why: z.string().nullable() });

const hour = (usual: number) => z.int().min(0).max(23).default(usual);

/** What is known of a machine where an option depends on it. */
interface MachineContext {
  /** Engines that can be used. */
  readonly engines: readonly string[];
}

/** How this machine works, setting by setting. By default a worker for each core. */
export const machineOptionsSchema = z.strictObject({
  workers: setting(z.int().min(1).max(1024), {
    title: 'Workers',
    help: 'Trainings at the same time. One for each core is fastest, and the default',
  }),
  seedsPerStep: setting(z.int().min(1).max(maxSeedsPerStep).default(1), {
    title: 'Seeds in one step',
    help: 'Models that differ only in their seed, trained together. Meant for GPUs',
  }),
  engine: setting(z.enum(['auto', ...engineNames]).default('auto'), {
    title: 'Engine',
    help: 'For new runs. Started runs keep their engine',
    names: { auto: 'fastest that passed its check', ...engineTitles },
    isOffered: (name, { engines }: MachineContext) => name === 'auto' || engines.includes(name),
  }),
  paused: setting(z.boolean().default(false), {
    title: 'Paused',
    help: 'All runs wait until somebody resumes them',
    isHidden: true,
  }),
  overnight: setting(
    z
      .strictObject({
        from: setting(hour(20), { title: 'From', unit: 'o’clock', help: 'By the clock of this machine' }),
        to: setting(hour(7), { title: 'To', unit: 'o’clock', help: 'On the next day if it is the lower number' }),
      })
      .nullable()
      .default(null),
    { title: 'Train only overnight', help: 'Runs wait outside these hours' },
  ),
});
export type MachineOptions = z.infer<typeof machineOptionsSchema>;

const { workers, seedsPerStep, engine, overnight } = machineOptionsSchema.shape;
/** Settings to change. They have no defaults here, which would change those that are not given. */
const machineChangeSchema = z
  .strictObject({
    workers,
    seedsPerStep: seedsPerStep.unwrap(),
    engine: engine.unwrap(),
    overnight: overnight.unwrap(),
  })
  .partial();

/** `options`: as set; the others: what follows from them now. */
const machineSettingsSchema = z.strictObject({
  options: machineOptionsSchema,
  /** Threads of each worker: always the same, so that results can be repeated. */
  threads: z.int(),
  /** Whether runs may run at this hour. */
  openNow: z.boolean(),
});

/** Purposes of the files on disk. */
export const diskParts = [
  'database',
  'backups',
  'set-aside',
  'results',
  'checkpoints',
  'unused',
  'reports',
  'logs',
  'leftovers',
  'engines',
  'cache',
  'other',
] as const;
export type DiskPart = (typeof diskParts)[number];

const diskPartSchema = z.strictObject({
  part: z.enum(diskParts),
  bytes,
  files: z.int().min(0),
  /** What of it can go without any study losing anything. */
  removable: z.strictObject({ bytes, files: z.int().min(0) }),
});

const diskSchema = z.strictObject({
  dataFolder: z.string(),
  cacheFolder: z.string(),
  freeBytes: bytes,
  parts: z.array(diskPartSchema),
  /** When it was measured. */
  at: z.iso.datetime(),
  newestBackupAt: z.iso.datetime().nullable(),
});
export type DiskUse = z.infer<typeof diskSchema>;

export const machineContract = {
  /** What is known without starting a program: some milliseconds. */
  state: oc.input(nothing).output(machineStateSchema),
  engines: oc.input(nothing).output(machineEnginesSchema),
  /** Asks NVIDIA's driver once, which may take seconds. */
  graphics: oc.input(nothing).output(graphicsSchema),
  /** Looks for the programs that an installation needs, which may take seconds. */
  builds: oc.input(nothing).output(z.array(tensorflowBuildSchema)),
  settings: oc.input(nothing).output(machineSettingsSchema),
  /** Settings that are not given stay as they are. Workers, engine and seeds hold for work that begins after. */
  configure: oc.input(machineChangeSchema).output(machineSettingsSchema),
  /** Tries all engines again, as a job. */
  check: oc.input(nothing).output(jobStarted),
  /** Installs TensorFlow for this user, as a job. */
  install: oc.input(z.strictObject({ variant: z.enum(tensorflowVariants) })).output(jobStarted),
  /** Measured in a process of its own, at most once a minute. */
  disk: oc.input(nothing).output(diskSchema),
  /** Removes what `disk` calls removable, as a job. */
  cleanUp: oc.input(nothing).output(jobStarted),
  /** A verified backup of the database, as a job. */
  backUp: oc.input(nothing).output(jobStarted),
};
