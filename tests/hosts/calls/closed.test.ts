import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { CallSocket } from '../../../main/hosts/calls/call-socket.ts';
import { callHandlers } from '../../../main/hosts/calls/handlers.ts';
import { openLab } from '../../services/lab/lab-helper.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

type Listener = (event: unknown) => void;

test.each(['work/pauseAll', 'changes/listen', 'results/selfTest'])(
  'a call (%s) that has arrived but not begun when its socket closes is not run',
  async (path) => {
    const { lab, defects } = openLab(join(temporaryFolder(), 'data'));
    const began: string[] = [];
    vi.spyOn(lab.work, 'setPaused').mockImplementation(() => void began.push('work/pauseAll'));
    vi.spyOn(lab.changes, 'listen').mockImplementation(async function* () {
      began.push('changes/listen');
      yield* [];
    });
    vi.spyOn(lab.analysis, 'ask').mockImplementation(() => {
      began.push('results/selfTest');
      return new Promise(() => undefined);
    });
    const listeners = new Map<string, Listener[]>();
    const sent: unknown[] = [];
    const socket = {
      addEventListener: (type: string, listener: Listener) =>
        listeners.set(type, [...(listeners.get(type) ?? []), listener]),
      send: (data: unknown) => Promise.resolve(void sent.push(data)),
    };
    const emit = (type: string, event: unknown): void => listeners.get(type)?.forEach((listener) => listener(event));
    const input = path === 'changes/listen' ? { after: null } : {};
    const message = (id: string) => ({ data: JSON.stringify({ i: id, p: { u: `/${path}`, b: { json: input } } }) });
    callHandlers({ lab, log: (error) => defects.push(error) }).socket(socket as unknown as CallSocket, null);
    emit('message', message('1'));
    await vi.waitFor(() => expect(began).toEqual([path]), { timeout: 30_000 });
    emit('message', message('2'));
    emit('close', {});
    // Whatever is left to do takes promises only.
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(began).toEqual([path]);
    expect(defects).toEqual([]);
  },
);
