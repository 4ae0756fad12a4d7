export type { Executor, RunChange } from './executor.ts';
export { ForkLauncher } from '../processes/fork-launcher.ts';
export type { Exit, LaunchOptions, Launcher, WorkerListeners, WorkerProcess } from '../processes/launcher.ts';
export { LocalExecutor } from './local-executor.ts';
export type { LocalExecutorOptions } from './local-executor.ts';
export { describeMachine } from './machine.ts';
export type { ClaimedRun, RunQueue } from './run-queue.ts';
