import { expect, test } from 'vitest';
import { ParentLauncher } from '../../main/processes/parent-launcher.ts';

test('a process that the parent launched reports its output and exit through it', () => {
  const sent: object[] = [];
  let receive: (message: unknown) => void = () => undefined;
  const launcher = new ParentLauncher({
    send: (message) => sent.push(message),
    onMessage: (listener) => {
      receive = listener;
    },
    onClose: () => undefined,
    leave: () => undefined,
  });
  const reported: unknown[] = [];
  const listeners = {
    message: () => undefined,
    output: (text: string) => reported.push(text),
    exit: (exit: object) => reported.push(exit),
  };
  const child = launcher.launch({ entry: '/smoke.ts', args: ['a'], environment: { A: '1', B: undefined } }, listeners);
  child.kill();
  receive({ type: 'output', id: 1, text: 'it runs' });
  receive({ type: 'output', id: 9, text: 'of no process' });
  receive('nonsense');
  receive({ type: 'exit', id: 1, code: 0, signal: null });
  receive({ type: 'output', id: 1, text: 'after its exit' });
  expect(sent).toEqual([
    { type: 'launch', id: 1, entry: '/smoke.ts', args: ['a'], environment: { A: '1' } },
    { type: 'kill', id: 1 },
  ]);
  expect(reported).toEqual(['it runs', { code: 0, signal: null }]);
});
