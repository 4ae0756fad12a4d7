import type { MachineSettings } from './settings.ts';

/** Whether runs may run at this moment of the machine's clock. Hours may lie around midnight: 20 to 7. */
export function isOpenAt(overnight: MachineSettings['overnight'], moment: Date): boolean {
  if (overnight === null || overnight.from === overnight.to) return true;
  const { from, to } = overnight;
  const hour = moment.getHours();
  return from < to ? hour >= from && hour < to : hour >= from || hour < to;
}
