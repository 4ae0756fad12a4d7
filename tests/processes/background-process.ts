import { readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { yieldProcessor } from '../../main/processes/background.ts';

/** Priority of this process's session, or null. */
function group(): number | null {
  try {
    return Number(/nice (-?\d+)/.exec(readFileSync('/proc/self/autogroup', 'utf8'))?.[1]);
  } catch {
    return null;
  }
}

yieldProcessor();
// The session's priority may take a few tries.
const answer = (): void => {
  const now = { process: getPriority(), group: group() };
  const isDone = process.argv.includes('once') || now.group !== 0;
  if (isDone) process.send?.(now, () => process.disconnect());
  else setTimeout(answer, 20);
};
answer();
