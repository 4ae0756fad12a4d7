import { kept } from '../../domain/numbers/index.ts';
import type { Lab } from '../../services/lab/index.ts';
import type { Machine } from './machine.ts';

const opened = new WeakMap<Lab, Promise<Machine>>();

/** The machine of an open data folder, loaded and made when it is first asked. */
export const machineOf = (lab: Lab): Promise<Machine> => kept(opened, lab, () => open(lab));

async function open(lab: Lab): Promise<Machine> {
  const { Machine } = await import('./machine.ts');
  return new Machine(lab);
}

/** Ends its tasks. */
export async function closeMachine(lab: Lab): Promise<void> {
  (await opened.get(lab))?.close();
}
