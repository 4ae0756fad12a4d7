import { contextBridge, ipcRenderer } from 'electron';
import { callChannel, callNameSchema, calls } from '../main/contract/calls.ts';
import type { CallAnswer, CallOutput, Workbench } from '../main/contract/calls.ts';

/**
 * The bridge: one function, for the calls of the contract only. The page gets no `ipcRenderer`, no channel names and
 * no events. Main checks everything again.
 */
const workbench: Workbench = {
  call: async (name, input) => {
    const known = callNameSchema.parse(name);
    const checked = calls[known].input.parse(input);
    return (await ipcRenderer.invoke(callChannel, known, checked)) as CallAnswer<CallOutput<typeof name>>;
  },
};

contextBridge.exposeInMainWorld('workbench', workbench);
