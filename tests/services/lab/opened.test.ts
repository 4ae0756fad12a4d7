import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { Lab } from '../../../main/services/lab/lab.ts';
import { openWorkbench } from '../../../main/services/workbench/workbench.ts';
import { repository } from '../../architecture/tools.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

test('contributions drop labels when somebody withdraws, and end with the data folder', async () => {
  const dataFolder = join(temporaryFolder(), 'data');
  const workbench = openWorkbench({ root: repository, resources: join(repository, 'resources'), dataFolder });
  const [forget, close] = [vi.fn(), vi.fn(async () => undefined)];
  const contributions = [
    { name: 'keeps', opened: () => ({ close, forget }) },
    { name: 'keeps nothing', opened: () => ({ close }) },
    { name: 'opens nothing' },
  ];
  const lab = new Lab({ workbench, launcher: new ForkLauncher(), host: 'test', contributions });
  expect([forget, close].map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
  lab.forgetLabels();
  expect([forget, close].map(({ mock }) => mock.calls.length)).toEqual([1, 0]);
  await lab.close();
  expect([forget, close].map(({ mock }) => mock.calls.length)).toEqual([1, 2]);
});
