import { z } from 'zod';
import { engineNames, machineOptionsSchema } from '../../contract/runs/index.ts';

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

export const machineEnginesSchema = z.strictObject({
  engines: z.array(machineEngineSchema),
  /** Which engine trains new models, and why. */
  why: z.string(),
  /** When the engines were tried; null: something has changed since, or never. */
  triedAt: z.iso.datetime().nullable(),
});

export const tensorflowVariants = ['cpu', 'cuda'] as const;
export type TensorflowVariant = (typeof tensorflowVariants)[number];

/** A build of TensorFlow that can be installed for this user. */
export const tensorflowBuildSchema = z.strictObject({
  variant: z.enum(tensorflowVariants),
  installed: z.boolean(),
  /** Why it can't be installed, and what would help; null: it can. */
  obstacle: z.string().nullable(),
  downloadBytes: bytes,
  /** Disk space that the installation needs. */
  diskBytes: bytes,
});

export type TensorflowBuild = z.infer<typeof tensorflowBuildSchema>;

export const machineStateSchema = z.strictObject({
  cpu: z.string(),
  cores: z.int(),
  memoryBytes: bytes,
  ...machineEnginesSchema.shape,
});
export type MachineState = z.infer<typeof machineStateSchema>;

/** Graphics cards, or why none is seen. */
export const graphicsSchema = z.strictObject({ seen: z.array(z.string()), why: z.string().nullable() });

const { workers, seedsPerStep, engine, overnight } = machineOptionsSchema.shape;
/** Settings to change. They have no defaults here, which would change those that are not given. */
export const machineChangeSchema = z
  .strictObject({
    workers,
    seedsPerStep: seedsPerStep.unwrap(),
    engine: engine.unwrap(),
    overnight: overnight.unwrap(),
  })
  .partial();

/** `options`: as set; the others: what follows from them now. */
export const machineSettingsSchema = z.strictObject({
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

export const diskSchema = z.strictObject({
  dataFolder: z.string(),
  cacheFolder: z.string(),
  freeBytes: bytes,
  parts: z.array(diskPartSchema),
  /** When it was measured. */
  at: z.iso.datetime(),
  newestBackupAt: z.iso.datetime().nullable(),
});
export type DiskUse = z.infer<typeof diskSchema>;
