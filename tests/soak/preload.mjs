/**
 * Loaded into the host before its own code (`--import`): reports how long its event loop was silent, and shifts its
 * clock. Children of the host only inherit the shifted clock. With `BOUNDARY_SOAK_FAULT`, they and the host have that
 * fault of faults.ts.
 *
 * A tick of `interval` ms that comes late is a silence. Time in which the thread waited for a processor is reported
 * beside it, so that a busy machine is told from a busy host.
 */
import { registerHooks } from 'node:module';
import { openScheduler } from './scheduler.mjs';

const interval = 5;
/** Milliseconds between reports; whoever kills the host learns from the last one how long it has been silent. */
const reportInterval = 25;
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
const fault = process.env.BOUNDARY_SOAK_FAULT;
if (fault) {
  const { editsOf, edited } = await import('./faults.ts');
  const edits = editsOf(fault);
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      const own = edits.filter(([file]) => url.endsWith(`/${file}`));
      return own.length === 0 ? loaded : { ...loaded, source: edited(String(loaded.source), own) };
    },
  });
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
    if (now - reported < reportInterval) return;
    const at = Number(process.hrtime.bigint()) / 1e6;
    process.send?.({ ticks, gaps, at, waited: wait / 1e6 }, undefined, undefined, () => undefined);
    [ticks, gaps, reported] = [0, [], now];
  }, interval).unref();
}
