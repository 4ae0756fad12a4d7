import { z } from 'zod';
import { runStates } from './run.ts';

/** What runs where, for the foot of the window and for reports of faults. */
export const appInfoSchema = z.strictObject({
  /** Version of the product, e.g. `0.1.0`. */
  version: z.string(),
  /** Versions of what it runs on, by name: electron, chrome, node. */
  runtime: z.record(z.string(), z.string()),
  /** Folder of the database, the blobs and the reports. */
  dataFolder: z.string(),
});
export type AppInfo = z.infer<typeof appInfoSchema>;

/** One study as a list shows it. */
export const studySummarySchema = z.strictObject({
  name: z.string(),
  title: z.string(),
  /** Number of runs in each state. */
  runs: z.record(z.enum(runStates), z.int().min(0)),
  /** When anything of the study last changed; ISO 8601, UTC. */
  updatedAt: z.iso.datetime(),
  /** Path of the report's HTML file, or null while there is none. */
  report: z.string().nullable(),
});
export type StudySummary = z.infer<typeof studySummarySchema>;

/** Every call that a window may make, with the schemas of what goes in and what comes out. */
export const calls = {
  'app.info': { input: z.strictObject({}), output: appInfoSchema },
  'studies.list': { input: z.strictObject({}), output: z.array(studySummarySchema) },
} as const;

export type CallName = keyof typeof calls;
export type CallInput<Name extends CallName> = z.infer<(typeof calls)[Name]['input']>;
export type CallOutput<Name extends CallName> = z.infer<(typeof calls)[Name]['output']>;

/** What a host needs in order to answer: one function a call. */
export type CallHandlers = {
  readonly [Name in CallName]: (input: CallInput<Name>) => CallOutput<Name> | Promise<CallOutput<Name>>;
};

export const callNameSchema = z.enum(Object.keys(calls) as [CallName, ...CallName[]]);

/** An error as it crosses to a window: the parts of a UserError, or one sentence for a defect. No stack, no cause. */
export const callErrorSchema = z.strictObject({
  code: z.string(),
  what: z.string(),
  where: z.string(),
  remedy: z.string(),
});
export type CallError = z.infer<typeof callErrorSchema>;

/** Errors travel as values: Electron would turn a thrown one into a text. */
export type CallAnswer<Output> =
  | { readonly ok: true; readonly value: Output }
  | { readonly ok: false; readonly error: CallError };

/** The only thing that the preload script gives to the page, as `window.workbench`. */
export interface Workbench {
  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallAnswer<CallOutput<Name>>>;
}

/** Name of the one IPC channel between the preload script and main. */
export const callChannel = 'workbench:call';
