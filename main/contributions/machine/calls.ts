import { z } from 'zod';
import { jobStarted, nothing } from '../../contract/wire/index.ts';
import { call } from '../../services/api/index.ts';
import {
  diskSchema,
  graphicsSchema,
  machineChangeSchema,
  machineEnginesSchema,
  machineSettingsSchema,
  machineStateSchema,
  tensorflowBuildSchema,
  tensorflowVariants,
} from './contract.ts';
import { machineOf } from './opened.ts';

const calls = {
  /** What is known without starting a program: some milliseconds. */
  state: call
    .input(nothing)
    .output(machineStateSchema)
    .handler(async ({ context: { lab } }) => (await machineOf(lab)).state()),
  engines: call
    .input(nothing)
    .output(machineEnginesSchema)
    .handler(async ({ context: { lab } }) => (await machineOf(lab)).engines()),
  /** Asks NVIDIA's driver once, which may take seconds. */
  graphics: call
    .input(nothing)
    .output(graphicsSchema)
    .handler(async ({ context: { lab } }) => (await machineOf(lab)).graphics()),
  /** Looks for the programs that an installation needs, which may take seconds. */
  builds: call
    .input(nothing)
    .output(z.array(tensorflowBuildSchema))
    .handler(async ({ context: { lab } }) => (await machineOf(lab)).builds()),
  settings: call
    .input(nothing)
    .output(machineSettingsSchema)
    .handler(async ({ context: { lab } }) => (await machineOf(lab)).settings()),
  /** Settings that are not given stay as they are. Workers, engine and seeds hold for work that begins after. */
  configure: call
    .input(machineChangeSchema)
    .output(machineSettingsSchema)
    .handler(async ({ input, context: { lab } }) => (await machineOf(lab)).configure(input)),
  /** Tries all engines again, as a job. */
  check: call
    .input(nothing)
    .output(jobStarted)
    .handler(async ({ context: { lab } }) => ({ job: (await machineOf(lab)).check() })),
  /** Installs TensorFlow for this user, as a job. */
  install: call
    .input(z.strictObject({ variant: z.enum(tensorflowVariants) }))
    .output(jobStarted)
    .handler(async ({ input, context: { lab } }) => ({ job: (await machineOf(lab)).install(input.variant) })),
  /** Measured in a process of its own, at most once a minute. */
  disk: call
    .input(nothing)
    .output(diskSchema)
    .handler(async ({ context: { lab } }) => (await machineOf(lab)).disk()),
  /** Removes what `disk` calls removable, as a job. */
  cleanUp: call
    .input(nothing)
    .output(jobStarted)
    .handler(async ({ context: { lab } }) => ({ job: (await machineOf(lab)).cleanUp() })),
  /** A verified backup of the database, as a job. */
  backUp: call
    .input(nothing)
    .output(jobStarted)
    .handler(async ({ context: { lab } }) => ({ job: (await machineOf(lab)).backUp() })),
};
export default calls;
export type MachineCalls = typeof calls;
