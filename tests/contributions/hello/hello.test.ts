import { join } from 'node:path';
import { createRouterClient, type RouterClient } from '@orpc/server';
import { expect, test, vi } from 'vitest';
import { contributedBy } from '../../../main/contributions/define.ts';
import { runCommandLine } from '../../../main/hosts/cli/program.ts';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { routerWith } from '../../../main/services/api/router.ts';
import { Lab } from '../../../main/services/lab/lab.ts';
import { findStudy } from '../../../main/services/tools/find.ts';
import { openWorkbench } from '../../../main/services/tools/workbench.ts';
import { repository } from '../../architecture/tools.ts';
import { addSmallStudy } from '../../services/lab/lab-helper.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { hello, type HelloCalls } from './index.ts';

const open = (dataFolder: string, contributions = [hello]) => {
  const places = { root: repository, resources: join(repository, 'resources'), dataFolder };
  const workbench = openWorkbench({ ...places, ...contributedBy(contributions) });
  const lab = new Lab({ workbench, launcher: new ForkLauncher(), host: 'test', contributions });
  const clientOf = (desk: { isOwn: () => boolean; study: null; release: () => void } | null) => {
    const page = { desk, closed: new AbortController().signal };
    const context = { lab, log: (error: unknown): void => console.error(error), page };
    return createRouterClient(routerWith(contributions), { context }) as unknown as { hello: RouterClient<HelloCalls> };
  };
  return { lab, client: clientOf(null), desk: clientOf({ isOwn: () => true, study: null, release: () => undefined }) };
};

test('its calls answer pages and refuse labeling desks, and its command prints what they stored', async () => {
  const dataFolder = join(temporaryFolder(), 'data');
  const { lab, client, desk } = open(dataFolder);
  const study = addSmallStudy({ lab });
  const print = async (): Promise<string> => {
    const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const exitCode = await runCommandLine(['--data', dataFolder, 'study', 'greetings', study], [hello]);
    const printed = out.mock.calls.map(([text]) => text).join('');
    out.mockRestore();
    expect(exitCode).toBe(0);
    return printed;
  };
  expect(await print()).toBe('0\n');
  expect(lab.workbench.storage.contributors()).toEqual([]);
  await client.hello.greet({ study });
  await client.hello.greet({ study });
  expect(await client.hello.greetings({ study })).toBe(2);
  expect(await print()).toBe('2\n');
  await expect(desk.hello.greetings({ study })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(client.hello.greet({ study: 'no such study' })).rejects.toMatchObject({
    data: { code: 'study.not-found' },
  });
  await lab.close();
});

test('the process that computes results answers its questions, and forgets an answer when what it read has changed', async () => {
  const { lab, client } = open(join(temporaryFolder(), 'data'));
  const study = addSmallStudy({ lab }, { title: 'Zeros, ones' });
  expect(await client.hello.letters({ study })).toBe(9);
  lab.workbench.storage.studies.put(study, { ...findStudy(lab.workbench, study).spec, title: 'Zeros' }, 1);
  expect(await client.hello.letters({ study })).toBe(5);
  await lab.close();
});

test('without it the folder opens and keeps its data, and says so; a deleted study takes them along', async () => {
  const dataFolder = join(temporaryFolder(), 'data');
  const before = open(dataFolder);
  const study = addSmallStudy(before);
  await before.client.hello.greet({ study });
  await before.lab.close();
  const without = open(dataFolder, []);
  expect(without.lab.notices).toEqual(['This version lacks hello. Its data in this folder are kept.']);
  await without.lab.close();
  const again = open(dataFolder);
  expect(again.lab.notices).toEqual([]);
  expect(await again.client.hello.greetings({ study })).toBe(1);
  const { storage } = again.lab.workbench;
  storage.database.run('DELETE FROM study WHERE name = ?', study);
  expect(storage.tablesOf(hello.tables)?.all('SELECT * FROM hello_greeting')).toEqual([]);
  await again.lab.close();
});
