import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { UserError } from '../../main/contract/errors.ts';
import { Child } from '../../main/processes/child.ts';
import { ParentLauncher } from '../../main/processes/parent-launcher.ts';
import { parentPort } from '../../main/processes/parent-port.ts';
import { serve } from '../../main/processes/serve.ts';
import { testCalls } from './test-calls.ts';

const port = parentPort();
const launcher = new ParentLauncher(port);
let remembered = 0;

function die(words: string): never {
  process.stderr.write(`${words}\n`);
  process.exit(3);
}

serve(
  testCalls,
  {
    double: (value) => value * 2,
    pid: () => process.pid,
    refuse: () => {
      throw new UserError('test.refused', 'It is refused', 'here', 'Ask otherwise.');
    },
    fail: () => {
      throw new TypeError('a defect');
    },
    count: (to, { emit }) => {
      for (let at = 1; at <= to; at++) emit({ at });
      return to;
    },
    dieOnce: (file) => {
      if (existsSync(file)) return 'alive';
      writeFileSync(file, '');
      return die('died once');
    },
    die: (words) => die(words),
    hang: () => {
      for (;;);
    },
    untilCancelled: async (file, { signal }) => {
      while (!signal.aborted) await wait(10);
      writeFileSync(file, '');
    },
    answerOtherwise: () => 7 as unknown as string,
    sendNonsense: () => port.send({ nonsense: true }),
    launch: async (entry) => {
      const child = new Child(launcher, { entry, args: ['a', 'b'] }, { message: () => undefined });
      const { code } = await child.exited;
      return { code, output: child.output };
    },
    remember: (value) => {
      remembered += value;
      return remembered;
    },
  },
  port,
);
