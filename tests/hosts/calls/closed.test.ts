import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openLab } from '../../services/lab/lab-helper.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { FakePage } from './fake-page.ts';
import { handlersOf } from '../../calls.ts';

test.each(['work/pauseAll', 'changes/listen', 'results/overview'])(
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
      began.push('results/overview');
      return new Promise(() => undefined);
    });
    const page = new FakePage(handlersOf({ lab, log: (error) => defects.push(error) }));
    const input = { 'changes/listen': { after: null }, 'results/overview': { study: 'sample' } }[path] ?? {};
    page.call(path, input);
    await vi.waitFor(() => expect(began).toEqual([path]), { timeout: 30_000 });
    page.call(path, input);
    page.close();
    // Each turn begins one call.
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(began).toEqual([path]);
    expect(defects).toEqual([]);
  },
);
