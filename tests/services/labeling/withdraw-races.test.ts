/** Backups that another process was making when somebody withdrew have nothing of the person. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { backUp } from '../../../main/storage/backups.ts';
import { Database } from '../../../main/storage/database.ts';
import { repository } from '../../architecture/tools.ts';
import { openLab } from '../lab/lab-helper.ts';
import { labelAll, makeSessions } from '../../contributions/desk/make-sessions.ts';
import { addStimuli, filesWith } from './labeling-helper.ts';

/** Another process replaces all backups. */
const replaceBackups = (folder: string): void => {
  const index = join(repository, 'main/storage/open.ts');
  const program = `import { openStorage } from ${JSON.stringify(index)};
    openStorage(process.argv[1], { readOnly: true }).backUp(true);`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program, folder]);
  if (status !== 0) throw new Error(stderr.toString());
};

/** Whether the copy is complete: its name comes later, or just came. */
function isCopied(folder: string): boolean {
  const backups = join(folder, 'backups');
  return existsSync(backups) && readdirSync(backups).some((name) => statSync(join(backups, name)).size > 0);
}

test.each(['before it was copied', 'after it was copied'] as const)(
  'a daily backup has nothing of a person who withdraws %s and is erased before it has its name',
  async (when) => {
    const it = openLab();
    const { storage } = it.lab.workbench;
    addStimuli(storage);
    const [gone, stays] = await makeSessions(it, 2);
    if (!gone || !stays) throw new Error('no sessions');
    for (const { token } of [gone, stays]) await labelAll(it, token);
    const session = storage.labeling.sessions.get(gone.id);
    if (!session) throw new Error('no session');
    const withdraw = (): void => storage.labeling.withdrawals.withdraw(session, Date.now());
    if (when === 'before it was copied') withdraw();

    let [isOver, copies] = [false, 0];
    const erase = (): void => {
      if (!isCopied(it.dataFolder)) return;
      copies += 1;
      if (isOver) return;
      isOver = true;
      if (when === 'after it was copied') withdraw();
      storage.transaction(() => [...storage.removals.steps()]);
      replaceBackups(it.dataFolder);
      storage.rewrite();
      expect(storage.finishErasure(storage.lastWithdrawalId())).toBe(true);
    };
    const reader = new Database(join(it.dataFolder, 'workbench.sqlite'), { readOnly: true, onStatement: erase });
    onTestFinished(() => reader.close());
    backUp(reader, it.dataFolder, Date.now());
    expect(copies).toBeGreaterThan(0);
    storage.emptyJournal();
    expect(filesWith(it.dataFolder, gone.pseudonym)).toEqual([]);
    expect(filesWith(it.dataFolder, stays.pseudonym).some((path) => path.includes('backups'))).toBe(true);
  },
);
