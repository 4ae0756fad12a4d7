import { readFileSync } from 'node:fs';
import type { Rectangle } from 'electron';
import { z } from 'zod';
import { writeFileAtomic } from '../../files/atomic.ts';

const length = z.int().min(1).max(100_000);
const position = z.int().min(-100_000).max(100_000);

/** Where the window was: its place on the screen in pixels while it is not maximised, and whether it is. */
const windowStateSchema = z.strictObject({
  bounds: z.strictObject({ x: position, y: position, width: length, height: length }),
  maximised: z.boolean(),
});
export type WindowState = z.infer<typeof windowStateSchema>;

/** Of a window on a display, at least so many pixels must be visible in each direction to take hold of it. */
const handle = 80;

/** The state that was kept; null where there is none, or one that cannot be read. */
export function readWindowState(path: string): WindowState | null {
  try {
    return windowStateSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

/** Keeps the state. What cannot be kept (a full disk) costs the window's place, and no more: `log` is told. */
export function writeWindowState(path: string, state: WindowState, log: (error: unknown) => void): void {
  try {
    writeFileAtomic(path, `${JSON.stringify(windowStateSchema.parse(state))}\n`);
  } catch (error) {
    log(error);
  }
}

/**
 * The bounds, no larger than the display that they lie on; null where they lie on none that is there now, e.g. because
 * a screen was unplugged.
 * @param displays the work areas of all displays
 */
export function visibleBounds(bounds: Rectangle, displays: readonly Rectangle[]): Rectangle | null {
  const display = displays.find((area) => overlap(bounds, area).every((pixels) => pixels >= handle));
  if (!display) return null;
  const width = Math.min(bounds.width, display.width);
  const height = Math.min(bounds.height, display.height);
  // The title bar is at the top: above the display, it could not be dragged down.
  return { x: bounds.x, y: Math.max(bounds.y, display.y), width, height };
}

const overlap = (a: Rectangle, b: Rectangle): [number, number] => [
  Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x),
  Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y),
];
