import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { Uploads } from '../../../main/services/tools/uploads.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

test('a file is kept under an id of its own until it is discarded, whatever its name', async () => {
  const folder = temporaryFolder();
  const uploads = new Uploads(folder);
  const id = await uploads.take('../../etc/passwd', Readable.from([Buffer.from('some '), Buffer.from('bytes')]));
  const { path, name } = uploads.get(id);
  expect(name).toBe('../../etc/passwd');
  expect(path).toBe(join(folder, 'uploads', id));
  expect(readFileSync(path, 'utf8')).toBe('some bytes');
  uploads.discard(id);
  expect(existsSync(path)).toBe(false);
  expect(() => uploads.get(id)).toThrow('The uploaded file was already removed');
});

test('a file that is too large or breaks off leaves nothing', async () => {
  const folder = temporaryFolder();
  const uploads = new Uploads(folder);
  const large = Readable.from([Buffer.alloc(600), Buffer.alloc(600)]);
  await expect(uploads.take('large', large, 1000)).rejects.toMatchObject({ code: 'upload.too-large' });
  const broken = Readable.from(
    (async function* () {
      yield Buffer.from('half');
      throw new Error('gone');
    })(),
  );
  await expect(uploads.take('broken', broken)).rejects.toThrow();
  expect(readdirSync(join(folder, 'uploads'))).toEqual([]);
});

test('unused files do not pile up and do not block others', async () => {
  const folder = temporaryFolder();
  const uploads = new Uploads(folder);
  const one = () => uploads.take('a', Readable.from([Buffer.from('a')]));
  const [first = '', second = ''] = [await one(), await one()];
  for (let count = 2; count < 20; count++) await one();
  // Looked at again: its dialog is open.
  uploads.get(first);
  const last = await one();
  expect(() => uploads.get(second)).toThrow('The uploaded file was already removed');
  expect([first, last].map((id) => uploads.get(id).name)).toEqual(['a', 'a']);
  expect(readdirSync(join(folder, 'uploads'))).toHaveLength(20);
  expect(new Uploads(folder)).toBeDefined();
  expect(existsSync(join(folder, 'uploads'))).toBe(false);
});

test('a file that is being uploaded is not dropped for another', async () => {
  const uploads = new Uploads(temporaryFolder());
  let end = (): void => {};
  const ended = new Promise<void>((done) => {
    end = done;
  });
  const slow = async function* () {
    yield Buffer.from('half');
    await ended;
    yield Buffer.from(' and half');
  };
  const coming = Array.from({ length: 20 }, () => uploads.take('slow', Readable.from(slow())));
  const quick = uploads.take('a', Readable.from([Buffer.from('a')]));
  await expect(quick).rejects.toMatchObject({ code: 'upload.too-many' });
  end();
  for (const id of await Promise.all(coming)) expect(readFileSync(uploads.get(id).path, 'utf8')).toBe('half and half');
});

/** An end that a test calls for. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((done) => {
    open = done;
  });
  return { opened, open: () => open() };
}

test('a file in use is dropped neither for others nor after its time, but once it is released', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  try {
    const folder = temporaryFolder();
    const uploads = new Uploads(folder);
    const one = () => uploads.take('a', Readable.from([Buffer.from('a')]));
    const id = await one();
    const { opened, open } = gate();
    const reading = uploads.use(id, async ({ path }) => {
      await opened;
      return readFileSync(path, 'utf8');
    });
    for (let count = 0; count < 25; count++) await one();
    vi.advanceTimersByTime(61 * 60_000);
    expect(readdirSync(join(folder, 'uploads'))).toEqual([id]);
    // Dropped while it is read: gone for others at once, and from the disk in the end.
    uploads.discard(id);
    expect(() => uploads.get(id)).toThrow('The uploaded file was already removed');
    open();
    expect(await reading).toBe('a');
    expect(readdirSync(join(folder, 'uploads'))).toEqual([]);
  } finally {
    vi.useRealTimers();
  }
});

test('a file that two calls read stays until both have ended, and then for its full time', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  try {
    const folder = temporaryFolder();
    const uploads = new Uploads(folder);
    const id = await uploads.take('a', Readable.from([Buffer.from('a')]));
    const [long, short] = [gate(), gate()];
    const readings = [long, short].map(({ opened }) => uploads.use(id, () => opened));
    vi.advanceTimersByTime(61 * 60_000);
    short.open();
    await readings[1];
    uploads.clear();
    expect(readdirSync(join(folder, 'uploads'))).toEqual([id]);
    long.open();
    await readings[0];
    expect(readdirSync(join(folder, 'uploads'))).toEqual([]);
    const other = await uploads.take('b', Readable.from([Buffer.from('b')]));
    await expect(uploads.use(other, () => Promise.reject(new Error('unreadable')))).rejects.toThrow('unreadable');
    vi.advanceTimersByTime(61 * 60_000);
    expect(readdirSync(join(folder, 'uploads'))).toEqual([]);
  } finally {
    vi.useRealTimers();
  }
});

test('a file that cannot be removed does not block others', async () => {
  const folder = temporaryFolder();
  const uploads = new Uploads(folder);
  const one = () => uploads.take('a', Readable.from([Buffer.from('a')]));
  const { path } = uploads.get(await one());
  // Stands for a file that another program has open, which Windows does not remove.
  rmSync(path);
  mkdirSync(path);
  for (let count = 0; count < 21; count++) await one();
  expect(existsSync(path)).toBe(true);
  uploads.clear();
});
