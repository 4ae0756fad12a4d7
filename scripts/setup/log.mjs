/** Progress of set-up on stderr, a line per step: in place on a terminal, at intervals in a log. */
const logEveryMs = 10_000;
const drawEveryMs = 100;

/**
 * @typedef {object} Step
 * @property {(text: string) => void} progress reports progress, e.g. `120 of 440 packages`
 * @property {(text?: string) => void} done ends the step; `text` is its result
 * @property {(text: string) => void} failed ends the step with an error
 */

/** @param {string} text */
export function log(text) {
  process.stderr.write(`[set-up] ${text}\n`);
}

/** @param {string} what e.g. `Dependencies` @returns {Step} */
export function startStep(what) {
  const started = performance.now();
  const terminal = process.stderr.isTTY === true;
  let last = started;
  let latest = '';
  const elapsed = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;
  const draw = () => {
    const now = performance.now();
    if (now - last < (terminal ? drawEveryMs : logEveryMs)) return;
    last = now;
    if (terminal) process.stderr.write(`\r\x1b[K[set-up] ${what}: ${latest} (${elapsed()})`);
    else log(`${what}: ${latest} (${elapsed()})`);
  };
  const timer = setInterval(draw, drawEveryMs).unref();
  const end = (/** @type {string} */ text) => {
    clearInterval(timer);
    if (terminal) process.stderr.write('\r\x1b[K');
    log(`${what}: ${text} (${elapsed()})`);
  };
  log(`${what} ...`);
  return {
    progress(text) {
      latest = text;
      draw();
    },
    done: (text = 'ready') => end(text),
    failed: end,
  };
}
