import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { UserError } from '../../main/contract/wire/errors.ts';
import { Child } from '../../main/processes/child.ts';
import { ParentLauncher } from '../../main/processes/parent-launcher.ts';
import { parentPort } from '../../main/processes/parent-port.ts';
import { serve } from '../../main/processes/serve.ts';
import type { CallContext, ChildMessage } from '../../main/processes/protocol.ts';

const port = parentPort<ChildMessage>();
const launcher = new ParentLauncher(port);
let remembered = 0;

function die(words: string): never {
  process.stderr.write(`${words}\n`);
  process.exit(3);
}

const handlers = {
  double: (value: number) => value * 2,
  pid: () => process.pid,
  refuse: (): void => {
    throw new UserError('test.refused', 'It is refused', 'here', 'Ask otherwise.');
  },
  fail: (): void => {
    throw new TypeError('a defect');
  },
  count: (to: number, { emit }: CallContext<{ at: number }>) => {
    for (let at = 1; at <= to; at++) emit({ at });
    return to;
  },
  /** Dies, unless the file exists; makes it first. */
  dieOnce: (file: string): string => {
    if (existsSync(file)) return 'alive';
    writeFileSync(file, '');
    return die('died once');
  },
  die: (words: string): void => die(words),
  hang: (): void => {
    for (;;);
  },
  /** Runs until it is cancelled, then makes the file. */
  untilCancelled: async (file: string, { signal }: CallContext) => {
    while (!signal.aborted) await wait(10);
    writeFileSync(file, '');
  },
  answerOtherwise: () => 7 as unknown as string,
  reportUnasked: (_: unknown, { emit }: CallContext<string>): string => {
    emit('unasked');
    return 'done';
  },
  sendNonsense: () => port.send({ nonsense: true } as never),
  launch: async (entry: string) => {
    const child = new Child(launcher, { entry, args: ['a', 'b'] }, { message: () => undefined });
    const { code } = await child.exited;
    return { code, output: child.output };
  },
  remember: (value: number) => {
    remembered += value;
    return remembered;
  },
};
export type TestHandlers = typeof handlers;

serve(handlers, port);
