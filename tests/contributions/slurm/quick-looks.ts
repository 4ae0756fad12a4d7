const code = `
  const { setInterval } = globalThis;
  globalThis.setInterval = (action, ms, ...rest) => setInterval(action, ms === 5000 ? 500 : ms, ...rest);
  const { wait } = Atomics;
  Atomics.wait = (array, index, value, ms = Infinity) => wait(array, index, value, Math.min(ms, 500));`;

/**
 * Environment of a task: it checks for requests of the host every 0.5 s instead of 5 s, and waits at most 0.5 s before it
 * tries again what the shared folder refused. Its code is unchanged.
 */
export const quickLooks = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
