import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { dataFolder } from '../../main/files/places.ts';
import type { Workbench } from '../../main/services/workbench/workbench.ts';
import { commandOf } from '../../main/terminal/command.ts';
import {
  chosenDataFolder,
  offer,
  withReadOnlyWorkbench,
  withWorkbench,
  withWorkbenchBeside,
} from '../../main/terminal/context.ts';
import { repository } from '../architecture/tools.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** A command below a program with options `--data` and `--upgrade`, once they were given. */
async function given(...options: string[]): Promise<Command> {
  const program = new Command().option('--data <folder>').option('--upgrade');
  const command = program
    .command('study')
    .command('list')
    .action(() => {});
  await program.parseAsync([...options, 'study', 'list'], { from: 'user' });
  return command;
}

const notes = vi.spyOn(process.stderr, 'write');
beforeEach(() => void notes.mockReset().mockReturnValue(true));
const noted = (): string => notes.mock.calls.map(([text]) => String(text)).join('');

test('the data folder is that of the option; an empty one is as if it was left out', async () => {
  expect(chosenDataFolder(await given('--data', 'here'))).toBe(resolve('here'));
  expect(chosenDataFolder(await given('--data', ''))).toBe(resolve(dataFolder()));
  expect(chosenDataFolder(await given())).toBe(resolve(dataFolder()));
});

test('a command of the core is found by its name', async () => {
  const program = (await given()).parent?.parent;
  if (!program) throw new Error('no program');
  expect(commandOf(program, 'study').name()).toBe('study');
  expect(() => commandOf(program, 'stud')).toThrow('no command stud');
});

describe('a folder', () => {
  const ways = { withWorkbench, withReadOnlyWorkbench, withWorkbenchBeside };
  const folder = (): string => join(temporaryFolder(), 'data');
  const existing = async (): Promise<string> => {
    const data = folder();
    await withWorkbench(await given('--data', data), () => undefined);
    return data;
  };

  test.each(Object.entries(ways))(
    '%s: the answer of the work is given, and the folder closed, also if it fails',
    async (_, open) => {
      const command = await given('--data', await existing());
      const opened: Workbench[] = [];
      const answer = await open(command, (workbench) => {
        opened.push(workbench);
        return 7;
      });
      expect(answer).toBe(7);
      const failing = open(command, (workbench) => {
        opened.push(workbench);
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      for (const { storage } of opened) expect(() => storage.studies.list()).toThrow('not open');
      expect(opened).toHaveLength(2);
    },
  );

  test('a writer keeps others from writing; reading and small changes work beside it', async () => {
    const command = await given('--data', await existing());
    await withWorkbench(command, async () => {
      await expect(withWorkbench(command, () => 1)).rejects.toThrow(
        expect.objectContaining({ code: 'storage.in-use' }),
      );
      expect(await withReadOnlyWorkbench(command, () => 2)).toBe(2);
      expect(await withWorkbenchBeside(command, () => 3)).toBe(3);
    });
  });

  test('reading alone makes no folder', async () => {
    const data = folder();
    await expect(withReadOnlyWorkbench(await given('--data', data), () => 1)).rejects.toThrow();
    expect(existsSync(data)).toBe(false);
  });

  test('what contributions offer is there for all commands of the program', async () => {
    const command = await given('--data', await existing());
    const program = command.parent?.parent;
    if (!program) throw new Error('no program');
    offer(program, { resultModules: [{ name: 'hello', module: '../hello' }] });
    const modules = await withReadOnlyWorkbench(command, (workbench) => workbench.resultModules);
    expect(modules).toEqual([{ name: 'hello', module: '../hello' }]);
  });

  test('of an older version is read once it was asked to upgrade it', async () => {
    const data = folder();
    cpSync(join(repository, 'tests/kept/color/data'), data, { recursive: true });
    const older = expect.objectContaining({ code: 'storage.older' });
    await expect(withReadOnlyWorkbench(await given('--data', data), () => 1)).rejects.toThrow(older);
    expect(noted()).toBe('');
    expect(await withReadOnlyWorkbench(await given('--data', data, '--upgrade'), () => 2)).toBe(2);
    expect(await withReadOnlyWorkbench(await given('--data', data), () => 3)).toBe(3);
  });

  test('that was damaged is opened with a note of what happened', async () => {
    const data = await existing();
    writeFileSync(join(data, 'workbench.sqlite'), 'no database');
    const command = await given('--data', data);
    expect(await withWorkbench(command, () => 1)).toBe(1);
    expect(noted()).toMatch(/^Note: The database was .+\n$/);
  });

  test('that cannot be read is not upgraded', async () => {
    const missing = await given('--data', folder(), '--upgrade');
    await expect(withReadOnlyWorkbench(missing, () => 1)).rejects.toThrow();
    expect(existsSync(chosenDataFolder(missing))).toBe(false);
  });
});
