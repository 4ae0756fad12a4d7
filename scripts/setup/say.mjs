/**
 * What set-up tells the person who waits: one line a step with its time, on stderr, because stdout belongs to the
 * program that starts afterwards. On a terminal the running step counts up in place; in a log it speaks now and then.
 */
const logEveryMs = 10_000;
const drawEveryMs = 100;

/**
 * @typedef {object} Step
 * @property {(text: string) => void} progress how far the step is, e.g. `120 of 440 packages`
 * @property {(text?: string) => void} done ends the step well; `text` says what came out of it
 * @property {(text: string) => void} failed ends the step badly
 */

/** @param {string} text */
export function say(text) {
  process.stderr.write(`[set-up] ${text}\n`);
}

/**
 * @param {string} what e.g. `Dependencies`
 * @returns {Step}
 */
export function startStep(what) {
  const started = performance.now();
  const terminal = process.stderr.isTTY === true;
  let last = started;
  let told = '';
  const elapsed = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;
  const draw = () => {
    const now = performance.now();
    if (now - last < (terminal ? drawEveryMs : logEveryMs)) return;
    last = now;
    if (terminal) process.stderr.write(`\r\x1b[K[set-up] ${what}: ${told} (${elapsed()})`);
    else say(`${what}: ${told} (${elapsed()})`);
  };
  const timer = setInterval(draw, drawEveryMs).unref();
  const end = (/** @type {string} */ text) => {
    clearInterval(timer);
    if (terminal) process.stderr.write('\r\x1b[K');
    say(`${what}: ${text} (${elapsed()})`);
  };
  say(`${what} ...`);
  return {
    progress(text) {
      told = text;
      draw();
    },
    done: (text = 'ready') => end(text),
    failed: end,
  };
}
