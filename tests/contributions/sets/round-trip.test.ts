import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../main/contract/wire/errors.ts';
import { stimulusSetHash } from '../../../main/domain/plans/identity.ts';
import { imageLength } from '../../../main/domain/data/images.ts';
import type { StimulusSet } from '../../../main/domain/stimuli/stimulus-set.ts';
import { exportStimulusSet, zipStimulusSet } from '../../../main/contributions/sets/write-set.ts';
import { importStimulusSet } from '../../../main/contributions/sets/reading/import-stimuli.ts';
import { colorPng, colorStimuli, manifest, png, smallStimuli, Workplace } from './sets.ts';

const work = new Workplace();
afterAll(() => work.remove());

/** Any set: ids with gaps, any pairs and alphas, gray or in color. */
const stimuli: fc.Arbitrary<StimulusSet> = fc
  .record({
    width: fc.integer({ min: 1, max: 9 }),
    height: fc.integer({ min: 1, max: 9 }),
    channels: fc.constantFrom(1 as const, 3 as const),
    ids: fc.uniqueArray(fc.nat(2_000_000), { minLength: 1, maxLength: 8 }),
    alpha: fc.double({ min: 0, max: 1, noNaN: true }),
    start: fc.nat(255),
  })
  .map(({ ids, alpha, start, ...size }) => ({
    ...size,
    images: ids
      .toSorted((a, b) => a - b)
      .map((id, k) => ({ id, pairI: k, pairJ: k + 1 + (id % 3), alpha: alpha === 0 ? 0 : alpha })),
    pixels: Uint8Array.from({ length: imageLength(size) * ids.length }, (_, k) => (start + k * 31) % 256),
  }));

describe('a stimulus set', () => {
  it.each(['folder', 'archive.zip'])('exported and imported is the same set, as %s', async (name) => {
    const path = work.path(`round-trip-${name}`);
    await fc.assert(
      fc.asyncProperty(stimuli, async (set) => {
        rmSync(path, { recursive: true, force: true });
        await exportStimulusSet(set, path);
        const again = await importStimulusSet(path);
        expect(again).toEqual(set);
        expect(stimulusSetHash(again)).toBe(stimulusSetHash(set));
      }),
      { numRuns: 30 },
    );
  });

  it('is no archive if it has more images or pixels than one holds', async () => {
    const pretended = (images: number, pixels: number) =>
      ({
        width: 1,
        height: 1,
        channels: 1,
        images: new Array(images),
        pixels: { length: pixels },
      }) as unknown as StimulusSet;
    for (const set of [pretended(65_001, 0), pretended(0, 2 ** 30 + 1)]) {
      await expect(zipStimulusSet(set, 'a.zip')).rejects.toMatchObject({
        code: 'stimuli.zip-too-large',
        message: `${set.images.length} images are more than one zip archive holds`,
      });
    }
    // The limits themselves are not too many: these sets are refused later, because they are none.
    await expect(zipStimulusSet(pretended(65_000, 0), 'a.zip')).rejects.not.toHaveProperty('code');
    await expect(zipStimulusSet(pretended(0, 2 ** 30), 'a.zip')).rejects.toThrow('wrong number of pixels');
  });

  it('is exported as PNGs with manifest.csv and manifest.json', async () => {
    const path = work.path('as-folder');
    await exportStimulusSet(smallStimuli(), path);
    expect(readdirSync(path).sort()).toEqual(['images', 'manifest.csv', 'manifest.json']);
    expect(readdirSync(join(path, 'images'))).toHaveLength(6);
    const lines = readFileSync(join(path, 'manifest.csv'), 'utf8').split('\n');
    expect(lines[0]).toBe('image,file,pair_i,pair_j,alpha,width,height,pixel_sha256');
    const hash = createHash('sha256')
      .update(smallStimuli().pixels.subarray(4 * 12, 5 * 12))
      .digest('hex');
    expect(lines[5]).toBe(`4,images/0004.png,2,7,0.5,4,3,${hash}`);
    expect(JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8'))).toEqual({
      schema: 'boundary-workbench/stimuli/1',
      images: 6,
      width: 4,
      height: 3,
      setHash: stimulusSetHash(smallStimuli()),
    });
  });

  it('has the same bytes each time, and the archive the same files as the folder', async () => {
    const [first, second, folder] = [work.path('a.zip'), work.path('b.ZIP'), work.path('same-files')];
    await exportStimulusSet(smallStimuli(), first);
    const zone = process.env.TZ;
    process.env.TZ = 'Pacific/Kiritimati';
    await exportStimulusSet(smallStimuli(), second);
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
    await exportStimulusSet(smallStimuli(), folder);
    expect(readFileSync(second).equals(readFileSync(first))).toBe(true);
    for (const [name, bytes] of Object.entries(unzipSync(readFileSync(first)))) {
      expect(readFileSync(join(folder, name)).equals(bytes)).toBe(true);
    }
  });
});

describe('a set in color', () => {
  const code = (path: string) =>
    importStimulusSet(path).then(
      ({ channels, pixels }) => ({ channels, pixels: [...pixels] }),
      (error: unknown) => (error instanceof UserError ? error.code : error),
    );

  it('says so in its manifest and description, which versions that know gray only refuse', async () => {
    const path = work.path('in-color');
    await exportStimulusSet(colorStimuli(), path);
    const lines = readFileSync(join(path, 'manifest.csv'), 'utf8').split('\n');
    expect(lines[0]).toBe('image,file,pair_i,pair_j,alpha,width,height,pixel_sha256,channels');
    const hash = createHash('sha256')
      .update(colorStimuli().pixels.subarray(4 * 36, 5 * 36))
      .digest('hex');
    expect(lines[5]).toBe(`4,images/0004.png,2,7,0.5,4,3,${hash},3`);
    const setHash = createHash('sha256')
      .update('boundary-workbench/stimulus-set/2 4 3 3 6\n')
      .update(colorStimuli().pixels)
      .digest('hex');
    expect(JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8'))).toEqual({
      schema: 'boundary-workbench/stimuli/2',
      images: 6,
      width: 4,
      height: 3,
      channels: 3,
      setHash,
    });
  });

  it('has gray images too, as RGB; a set without any color is gray, as before', async () => {
    const rows = manifest('0,a.png,0,1,0', '1,b.png,0,1,1');
    const files = { 'manifest.csv': rows, 'a.png': png(1, 1, 9), 'b.png': colorPng(1, 2, 3) };
    expect(await code(work.folder(files))).toEqual({ channels: 3, pixels: [9, 9, 9, 1, 2, 3] });
    expect(await code(work.zip({ ...files, 'b.png': colorPng(4, 4, 4) }))).toEqual({ channels: 1, pixels: [9, 4] });
  });

  it('is read in gray if its manifest asks for that, and only then', async () => {
    const asking = (...channels: (string | number)[]): Uint8Array =>
      Buffer.from(
        ['image,file,pair_i,pair_j,alpha,channels', ...channels.map((each, k) => `${k},${k}.png,0,1,0,${each}`)].join(
          '\n',
        ),
      );
    const set = (...channels: (string | number)[]): string =>
      work.folder({ 'manifest.csv': asking(...channels), '0.png': colorPng(255, 0, 0), '1.png': png(1, 1, 9) });
    expect(await code(set(1, 1))).toEqual({ channels: 1, pixels: [76, 9] });
    expect(await code(set(3, 3))).toEqual({ channels: 3, pixels: [255, 0, 0, 9, 9, 9] });
    expect(await code(set('', ''))).toEqual({ channels: 3, pixels: [255, 0, 0, 9, 9, 9] });
    for (const bad of [set(1, 3), set(3, ''), set(2, 2), set('red', 1), set(4, 4)]) {
      expect(await code(bad)).toBe('stimuli.bad-channels');
    }
  });

  it('is checked by the pixels that it has in the set', async () => {
    const sha = (...bytes: number[]): string => createHash('sha256').update(Uint8Array.from(bytes)).digest('hex');
    const set = (first: string, second: string): string =>
      work.folder({
        'manifest.csv': Buffer.from(
          `image,file,pair_i,pair_j,alpha,pixel_sha256\n0,a.png,0,1,0,${first}\n1,b.png,0,1,1,${second}\n`,
        ),
        'a.png': png(1, 1, 9),
        'b.png': colorPng(255, 0, 0),
      });
    expect(await code(set(sha(9, 9, 9), sha(255, 0, 0)))).toMatchObject({ channels: 3 });
    await expect(importStimulusSet(set(sha(9, 9, 9), sha(76)))).rejects.toMatchObject({
      code: 'stimuli.hash-mismatch',
      where: expect.stringContaining('row 3'),
      remedy: expect.stringContaining('write 1 in a column channels'),
    });
  });
});

describe('the names of images', () => {
  it.each([
    [
      [0, 1, 2],
      ['0000', '0001', '0002'],
    ],
    [
      [0, 7, 9999],
      ['0000', '0007', '9999'],
    ],
    [
      [3, 12, 10_000],
      ['00003', '00012', '10000'],
    ],
    [[1_234_567], ['1234567']],
  ])('of %j have the digits of the last, at least four', async (ids, names) => {
    const images = ids.map((id) => ({ id, pairI: 0, pairJ: 1, alpha: 0 }));
    const set = { width: 1, height: 1, channels: 1 as const, images, pixels: new Uint8Array(ids.length) };
    const files = Object.keys(unzipSync(await zipStimulusSet(set)));
    expect(files).toEqual(['manifest.csv', 'manifest.json', ...names.map((name) => `images/${name}.png`)]);
  });
});

describe('an export', () => {
  it.skipIf(process.platform === 'win32')('that fails at its end leaves nothing behind', async () => {
    const link = work.path('dangling');
    symlinkSync(work.path('nowhere'), link);
    const before = readdirSync(work.root);
    await expect(exportStimulusSet(smallStimuli(), link)).rejects.toMatchObject({ code: 'file.not-a-folder' });
    expect(readdirSync(work.root)).toEqual(before);
    rmSync(link);
  });

  it('goes into folders that do not exist yet, and leaves nothing beside itself', async () => {
    const path = work.path(join('new', 'deep', 'set'));
    await exportStimulusSet(smallStimuli(), path);
    expect(readdirSync(join(path, '..'))).toEqual(['set']);
    expect(await importStimulusSet(path)).toEqual(smallStimuli());
  });

  it('takes an empty folder, and no other', async () => {
    const path = work.path('used');
    mkdirSync(path);
    await exportStimulusSet(smallStimuli(), path);
    await expect(exportStimulusSet(smallStimuli(), path)).rejects.toThrow(
      expect.objectContaining({ code: 'stimuli.export-not-empty' }),
    );
  });

  it('replaces an archive of its name', async () => {
    const path = work.path('again.zip');
    writeFileSync(path, 'old');
    await exportStimulusSet(smallStimuli(), path);
    expect((await importStimulusSet(path)).images).toHaveLength(6);
  });

  it('says that its place cannot be written, and leaves nothing behind', async () => {
    const file = work.path('a-file');
    writeFileSync(file, '');
    const before = readdirSync(work.root);
    for (const target of [file, join(file, 'set'), join(file, 'set.zip'), join(file, 'deep', 'set.zip')]) {
      await expect(exportStimulusSet(smallStimuli(), target)).rejects.toThrow(
        expect.objectContaining({ name: 'UserError', code: 'file.not-a-folder' }),
      );
    }
    expect(readdirSync(work.root)).toEqual(before);
    expect(statSync(file).size).toBe(0);
  });

  it('to an archive has as many images as an archive holds', async () => {
    const count = 65_001;
    const images = Array.from({ length: count }, (_, id) => ({ id, pairI: 0, pairJ: 1, alpha: 0 }));
    const set = { width: 1, height: 1, channels: 1 as const, images, pixels: new Uint8Array(count) };
    await expect(exportStimulusSet(set, work.path('many.zip'))).rejects.toThrow(
      expect.objectContaining({ code: 'stimuli.zip-too-large', remedy: expect.stringContaining('folder') }),
    );
  });
});
