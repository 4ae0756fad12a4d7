export { ProcessClient, type AskOptions } from './client.ts';
export { ForkLauncher, type Launcher } from './launcher.ts';
export { ParentLauncher } from './parent-launcher.ts';
export { parentPort, prepareChild, type ParentPort } from './parent-port.ts';
export type { CallContext, Checks, ChildMessage, Input, Output } from './protocol.ts';
export { serve } from './serve.ts';
