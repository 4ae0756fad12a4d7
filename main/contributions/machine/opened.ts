import type { Lab } from '../../services/lab/index.ts';
import type { Machine } from './machine.ts';

const opened = new WeakMap<Lab, Promise<Machine>>();

/** The machine of an open data folder, loaded and made when it is first asked. */
export function machineOf(lab: Lab): Promise<Machine> {
  const known = opened.get(lab) ?? open(lab);
  opened.set(lab, known);
  return known;
}

async function open(lab: Lab): Promise<Machine> {
  const { Machine } = await import('./machine.ts');
  return new Machine(lab);
}

/** Ends its tasks. */
export async function closeMachine(lab: Lab): Promise<void> {
  (await opened.get(lab))?.close();
}
