/**
 * Loaded into the host before its own code (`--import`): reports how long its event loop was silent, and shifts its
 * clock. Children of the host only inherit the shifted clock.
 *
 * A tick of `interval` ms that comes late is a silence. Time in which the thread waited for a processor is reported
 * beside it, so that a busy machine is told from a busy host.
 */
import { openSync, readSync } from 'node:fs';

const interval = 5;
const RealDate = Date;
let shift = Number(process.env.BOUNDARY_SOAK_CLOCK ?? 0);

class ShiftedDate extends RealDate {
  /** @param {[] | [string | number | Date]} given */
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + shift);
    else super(...given);
  }

  /** @override */
  static now() {
    return RealDate.now() + shift;
  }
}
globalThis.Date = /** @type {DateConstructor} */ (/** @type {unknown} */ (ShiftedDate));

if (process.argv[1]?.endsWith('main/hosts/browser/index.ts') && process.send) {
  process.on('message', (message) => {
    if (typeof message !== 'object' || message === null || !('shift' in message)) return;
    shift = Number(message.shift);
    process.env.BOUNDARY_SOAK_CLOCK = String(shift);
  });
  process.channel?.unref();
  // The campaign was ended by force.
  process.on('disconnect', () => process.exit());
  measure();
}

function measure() {
  const scheduler = openScheduler();
  let [last, waited, ticks] = [performance.now(), scheduler(), 0];
  /** @type {[gap: number, waited: number][]} */
  let gaps = [];
  let reported = last;
  setInterval(() => {
    const [now, wait] = [performance.now(), scheduler()];
    const gap = now - last - interval;
    ticks += 1;
    if (gap > interval) gaps.push([Math.round(gap), Math.round((wait - waited) / 1e6)]);
    [last, waited] = [now, wait];
    // A long silence is told at once, so that it is known what caused it.
    if (now - reported < 200 && gap < 40) return;
    process.send?.({ ticks, gaps }, undefined, undefined, () => undefined);
    [ticks, gaps, reported] = [0, [], now];
  }, interval).unref();
}

/** Nanoseconds that the main thread has waited for a processor; 0 where the system does not tell. */
function openScheduler() {
  try {
    const file = openSync('/proc/self/schedstat', 'r');
    const buffer = Buffer.alloc(64);
    return () => Number(buffer.toString('latin1', 0, readSync(file, buffer, 0, 64, 0)).split(' ')[1]);
  } catch {
    return () => 0;
  }
}
