import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Attack, Step } from './campaign.ts';
import { Host } from './host.ts';
import { acknowledgedBy, copyData, type Labeler, labelersOf, verify } from './world.ts';

const command = (name: string, ...words: string[]): string =>
  execFileSync(name, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

/** Why no disk can be made here; null: it can. */
export function noDisks(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs Linux and root';
  if (!existsSync('/dev/loop-control')) return 'needs loop devices';
  try {
    command('mkfs.ext4', '-V');
    return null;
  } catch {
    return 'needs mkfs.ext4';
  }
}

interface Disk {
  /** The bytes that have reached the device. */
  image: string;
  device: string;
  folder: string;
}

/** Mounts an ext4 of its own. What is written to it but not synced stays in memory, as with a real disk. */
function mountDisk(step: Step, image: string): Disk {
  // Direct: what the file system hands to the device is in the file when the device says so.
  const device = command('losetup', '--direct-io=on', '--find', '--show', image);
  step.atEnd(() => command('losetup', '--detach', device));
  const folder = `${image}.mounted`;
  mkdirSync(folder);
  command('mount', device, folder);
  step.atEnd(() => command('umount', folder));
  return { image, device, folder };
}

function newDisk(step: Step, mebibytes: number): Disk {
  const image = join(step.folder, 'disk');
  command('truncate', '--size', `${mebibytes}M`, image);
  command('mkfs.ext4', '-q', '-F', image);
  return mountDisk(step, image);
}

/**
 * Copies what is on the device at one moment: once more if the kernel wrote meanwhile. The host stands still, so it asks
 * for nothing.
 */
function cutPower({ device, image }: Disk, copy: string): void {
  const written = (): string => readFileSync(`/sys/block/${basename(device)}/stat`, 'utf8');
  for (let tries = 0; tries < 20; tries++) {
    const before = written();
    command('cp', '--sparse=always', image, copy);
    if (written() === before) return;
  }
  throw new Error('the device was never at rest');
}

/** The power fails while people label: after the journal's replay, every acknowledged answer is there. */
async function powerCut(step: Step): Promise<void> {
  const { random, tally, short } = step;
  const disk = newDisk(step, 96);
  const dataFolder = copyData(step, step.template.data, `${basename(disk.folder)}/data`);
  command('sync', '-f', disk.folder);
  const labelers = labelersOf(step, 1 + random.int(2));
  const host = new Host(step, { dataFolder, during: null });
  const client = await host.connect();
  for (const labeler of labelers) await labeler.open(client);
  const labeling = labelers.map((labeler) => labeler.label(client, () => host.process.exitCode !== null));
  const activity = random.int(3);
  if (activity === 1) void client.machine.backUp({}).catch(() => undefined);
  if (activity === 2) {
    const session = step.template.finished[0];
    void client.desk.sessions.withdraw({ session: session?.id ?? 0 }).catch(() => undefined);
  }
  const cuts = short ? 1 : 2 + random.int(2);
  for (let cut = 0; cut < cuts; cut++) {
    const before = acknowledgedBy(labelers);
    await wait(random.int(400));
    while (acknowledgedBy(labelers) < before + 3 && host.process.exitCode === null) await wait(1);
    host.process.kill('SIGSTOP');
    // Answers on their way to the volunteers are acknowledged too.
    await wait(20);
    const copy = join(step.folder, `cut-${cut}`);
    writeUnsynced(disk.folder, `unsynced-${cut}`);
    cutPower(disk, copy);
    const known = labelers.map((labeler) => labeler.now());
    host.process.kill('SIGCONT');
    tally.count('cuts');
    await expectAfterCut(step, copy, known, `unsynced-${cut}`);
  }
  await host.kill();
  await Promise.race([Promise.all(labeling), wait(50)]);
}

/** Proof that a cut loses what no program has synced. */
function writeUnsynced(folder: string, name: string): void {
  const file = openSync(join(folder, name), 'w');
  writeSync(file, 'this was never synced');
  closeSync(file);
}

async function expectAfterCut(step: Step, image: string, labelers: readonly Labeler[], unsynced: string) {
  const { tally } = step;
  const disk = mountDisk(step, image);
  const path = join(disk.folder, unsynced);
  if (!existsSync(path) || readFileSync(path, 'utf8') === '') tally.count('of them, unsynced bytes were lost');
  const dataFolder = join(disk.folder, 'data');
  const host = new Host(step, { dataFolder, during: 'start after a power cut' });
  const client = await host.connect();
  for (const labeler of labelers) {
    const wrong = await labeler.open(client);
    tally.lost.push(...wrong.map((each) => `after a power cut: ${each}`));
  }
  const { notices } = await client.app.info({});
  if (notices.length > 0) tally.faults.push(`after a power cut: ${notices.join(' ')}`);
  await host.stop();
  tally.faults.push(...host.defects);
  verify(dataFolder, labelers, tally);
}

/** The disk fills up or becomes read-only while people label: refused in words, nothing lost, and it goes on later. */
async function noRoom(step: Step): Promise<void> {
  const { random, tally, short } = step;
  const disk = newDisk(step, 48);
  const dataFolder = copyData(step, step.template.data, `${basename(disk.folder)}/data`);
  const labelers = labelersOf(step, 1 + random.int(2));
  const host = new Host(step, { dataFolder, during: null });
  const client = await host.connect();
  for (const labeler of labelers) await labeler.open(client);
  for (let round = short ? 1 : 2; round > 0; round--) {
    const isReadOnly = random.int(3) === 0;
    const filler = join(disk.folder, 'filler');
    let isOver = false;
    const labeling = labelers.map((labeler) => labeler.label(client, () => isOver));
    await wait(random.int(150));
    if (isReadOnly) {
      // Files that are open for writing keep a disk writable; the kernel's own emergency does not ask.
      host.process.kill('SIGSTOP');
      command('sync', '-f', disk.folder);
      host.process.kill('SIGCONT');
      try {
        writeTrigger(disk);
      } catch {
        continue;
      }
    } else fill(filler, disk.folder, random.int(200_000));
    const full = performance.now() + 6000;
    while (labelers.every(({ refusals }) => refusals.length === 0) && performance.now() < full) await wait(5);
    tally.count('disks');
    tally.count(isReadOnly ? 'read-only' : 'full');
    if (isReadOnly) break;
    isOver = true;
    await Promise.all(labeling);
    await client.desk.sessions.create({ study: 'small', count: 50, medium: 'screen' }).catch(() => undefined);
    await client.machine.backUp({}).catch(() => undefined);
    rmSync(filler, { force: true });
    for (const labeler of labelers) tally.lost.push(...(await labeler.open(client)));
  }
  for (const code of labelers.flatMap(({ refusals }) => refusals)) {
    tally.count(`refused as ${code}`);
    if (!/^(storage|file)\./.test(code)) tally.faults.push(`an answer was refused as ${code}`);
  }
  tally.faults.push(...host.defects);
  await host.kill();
  tally.count('kills on a full disk');
  verifyElsewhere(step, disk, labelers);
}

/** Has ext4 find an error: it then takes no more writes, as with a failing disk. */
function writeTrigger({ device, folder }: Disk): void {
  command('mount', '-o', 'remount,errors=remount-ro', folder);
  writeSysfs(`/sys/fs/ext4/${basename(device)}/trigger_fs_error`, 'tried by the soak');
}

function writeSysfs(path: string, text: string): void {
  const file = openSync(path, 'w');
  try {
    writeSync(file, text);
  } finally {
    closeSync(file);
  }
}

function fill(path: string, folder: string, left: number): void {
  const { bavail, bsize } = statfsSync(folder);
  command('fallocate', '--length', String(Math.max(4096, bavail * bsize - left)), path);
}

/** A disk that takes no writes cannot replay a journal: a copy is opened. */
function verifyElsewhere(step: Step, { folder }: Disk, labelers: readonly Labeler[]): void {
  const copy = copyData(step, join(folder, 'data'), 'copied');
  verify(copy, labelers, step.tally);
}

export const powerCuts: Attack = { name: 'power', unit: 'cuts', weight: 1.5, obstacle: noDisks, step: powerCut };
export const fullDisks: Attack = { name: 'disks', unit: 'disks', weight: 1, obstacle: noDisks, step: noRoom };
