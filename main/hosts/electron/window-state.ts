import { readFileSync } from 'node:fs';
import type { Rectangle } from 'electron';
import { z } from 'zod';
import { writeFileAtomic } from '../../files/atomic.ts';

const length = z.int().min(1).max(100_000);
const position = z.int().min(-100_000).max(100_000);

/** The bounds of the window in pixels when it is not maximized, and whether it is maximized. */
const windowStateSchema = z.strictObject({
  bounds: z.strictObject({ x: position, y: position, width: length, height: length }),
  maximized: z.boolean(),
});
export type WindowState = z.infer<typeof windowStateSchema>;

/** Pixels of a window that must be visible on a display in each direction, so that it can be moved. */
const minVisible = 80;

/** The saved state; null if there is none or it cannot be read. */
export function readWindowState(path: string): WindowState | null {
  try {
    return windowStateSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

/** Saves the state. A failure (e.g. a full disk) is logged; only the position of the window is lost. */
export function writeWindowState(path: string, state: WindowState, log: (error: unknown) => void): void {
  try {
    writeFileAtomic(path, `${JSON.stringify(windowStateSchema.parse(state))}\n`);
  } catch (error) {
    log(error);
  }
}

/** The bounds within their display's work area; null if they lie on none, e.g. because a screen was unplugged. */
export function visibleBounds(bounds: Rectangle, displays: readonly Rectangle[]): Rectangle | null {
  const display = displays.find((area) => overlap(bounds, area).every((pixels) => pixels >= minVisible));
  if (!display) return null;
  const width = Math.min(bounds.width, display.width);
  const height = Math.min(bounds.height, display.height);
  // A title bar above the display could not be dragged down.
  return { x: bounds.x, y: Math.max(bounds.y, display.y), width, height };
}

const overlap = (a: Rectangle, b: Rectangle): [number, number] => [
  Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x),
  Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y),
];
