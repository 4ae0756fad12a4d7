import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ForkLauncher, type Launcher } from '../../../main/processes/launcher.ts';
import { KitReader } from '../../../main/contributions/offline/kit-reader.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { code } from '../desk/services/session-helper.ts';

function file(name: string, content: string) {
  const folder = temporaryFolder();
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, content);
  return { path, name };
}

test('a question that comes while an idle process is being ended is answered by the next process', async () => {
  const forks = new ForkLauncher();
  const killed = Promise.withResolvers<void>();
  let launched = 0;
  const launcher: Launcher = {
    launch: (options, listeners) => {
      launched += 1;
      const child = forks.launch(options, listeners);
      const kill = (): void => {
        child.kill();
        killed.resolve();
      };
      return { pid: child.pid, send: child.send, kill };
    },
  };
  const reader = new KitReader({ launcher, idleFor: 1 });
  onTestFinished(() => reader.close());
  const noKit = file('a.json', 'no kit');
  await expect(reader.open(noKit)).rejects.toThrow(code('kit-file'));
  await killed.promise;
  await expect(reader.open(noKit)).rejects.toThrow(code('kit-file'));
  expect(launched).toBe(2);
});
