import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { type Study, studySchema } from '../../../main/contract/studies/study.ts';
import { ZipArchive } from '../../../main/files/zip/reader.ts';
import { loadPreset } from '../../../main/services/declaration/study-file.ts';
import { openWorkbench } from '../../../main/services/workbench/workbench.ts';
import { repository } from '../../architecture/tools.ts';
import { boundary } from '../../services/study/command-line.ts';
import { writeSmallStudy } from '../../services/study/small-study.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const resources = join(repository, 'resources');

test('the command line refuses an engine that the study does not run on, instead of waiting for ever', async () => {
  const folder = temporaryFolder();
  const study = writeSmallStudy(folder, { engine: 'wasm' });
  const data = join(folder, 'data');
  const refused = await boundary(['--data', data, 'study', 'run', study, '--engine', 'tensorflow']);
  expect(refused).toMatchObject({ code: 2 });
  expect(refused.stderr).toContain('uses the engine wasm, but you asked for tensorflow');
  const cancel = await boundary(['--data', data, 'runs', 'cancel', '1']);
  expect(cancel).toMatchObject({ code: 2, stdout: '' });
});

test('the help of an option that is a setting says its choices and its default, if the command line has no other', async () => {
  const { stdout } = await boundary(['study', 'run', '--help']);
  const help = stdout.replaceAll(/\s+/g, ' ');
  expect(help).toContain('Started runs keep their engine. One of: auto, tensorflow, webgpu, wasm --workers');
  expect(help).toMatch(/--seeds-per-step <number> [^-]*\(default: 1\)/);
});

test('a study of the data folder of an older version is run by its name', async () => {
  const data = join(temporaryFolder(), 'data');
  cpSync(join(repository, 'tests/kept/color/data'), data, { recursive: true });
  const open = () => openWorkbench({ root: repository, resources, dataFolder: data, readOnly: true });
  expect(open).toThrow(expect.objectContaining({ code: 'storage.older' }));
  const { code, stderr } = await boundary(['--data', data, 'study', 'run', 'small', '--data-set', join(data, 'none')]);
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining(join(data, 'none')) });
  open().storage.close();
});

test('commands that read say how to open the folder of an older version, and do it when asked', async () => {
  const data = join(temporaryFolder(), 'data');
  cpSync(join(repository, 'tests/kept/color/data'), data, { recursive: true });
  const before = readFileSync(join(data, 'workbench.sqlite'));
  const reading = [
    ['study', 'list'],
    ['study', 'status', 'small'],
    ['study', 'export', 'small', '--to', join(data, '..', 'small.zip')],
    ['report', 'small'],
    ['runs', 'list'],
  ];
  for (const words of reading) {
    const { code, stderr } = await boundary(['--data', data, ...words]);
    expect({ code, stderr }, words.join(' ')).toMatchObject({ code: 2, stderr: expect.stringContaining('npm start') });
    expect(stderr).toContain('--upgrade');
  }
  expect(readFileSync(join(data, 'workbench.sqlite'))).toEqual(before);
  const listed = await boundary(['--data', data, '--upgrade', 'study', 'list']);
  expect(listed).toMatchObject({ code: 0, stdout: expect.stringContaining('small') });
  const backups = readdirSync(join(data, 'backups')).map((name) => join(data, 'backups', name));
  const versions = [...backups, join(data, 'workbench.sqlite')].map((path) => {
    const database = new Database(path, { readonly: true });
    const version = database.pragma('user_version', { simple: true });
    database.close();
    return version;
  });
  expect(versions[0]).toBeLessThan(Number(versions.at(-1)));
  expect(await boundary(['--data', data, 'study', 'list'])).toMatchObject({ code: 0, stdout: listed.stdout });
});

test('an upgrade makes no folder, and leaves one that needs none to the program that uses it', async () => {
  const folder = temporaryFolder();
  const list = (data: string) => boundary(['--data', data, '--upgrade', 'study', 'list']);
  const missing = join(folder, 'typing-error');
  await list(missing);
  expect(existsSync(missing)).toBe(false);

  const used = openWorkbench({ root: repository, resources, dataFolder: join(folder, 'used') });
  expect(await list(join(folder, 'used'))).toMatchObject({ code: 0 });
  used.storage.close();
});

test('a sweep is shown before it is added to a study, and listed with its cells', async () => {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  cpSync(join(repository, 'tests/kept/color/data'), data, { recursive: true });
  const file = join(folder, 'sweep.json');
  const base = { architecture: { kind: 'mlp', hidden: [8] }, targets: [90] };
  const factors = [{ of: 'batch', levels: [{ value: 32 }, { value: 64 }] }];
  writeFileSync(file, JSON.stringify({ name: 'size', base, factors, seeds: 2 }));
  const sweeps = async (...words: string[]) => boundary(['--data', data, 'sweeps', ...words]);
  const added = await sweeps('add', 'small', file);
  expect(added).toMatchObject({ code: 0, stderr: '' });
  expect(added.stdout).toMatch(/^Added 4 trainings in 2 cells: about .*B\.\n$/);
  writeFileSync(file, JSON.stringify({ name: 'size', base, factors, seeds: 3 }));
  const previewed = await sweeps('add', 'small', file, '--preview');
  expect(previewed.stdout).toMatch(/\nsize-64 +64 +\d+ +8, Adam 0.0005, batch 64\n/);
  expect(previewed.stdout).toContain('Would add 2 trainings beside 4 that the sweep has in 2 cells: about');
  const { stdout } = await sweeps('list', 'small');
  expect(stdout).toMatch(/^size: 2 cells, 0 of 4 trainings ended; about .*\n/);
  expect(stdout).toMatch(/\nsize-32 +32 +90 % +0 of 2 +0 +0 +2\n/);
  writeFileSync(file, '{}');
  expect((await sweeps('add', 'small', file)).stderr).toContain('The sweep is not valid: name:');
});

test('a reader who has seen enough ends the command line without a word', () => {
  const entry = join(import.meta.dirname, '../../../main/hosts/cli/index.ts');
  const command = `"${process.execPath}" "${entry}" study check paper | true; printf %s "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8' });
  expect({ stdout, stderr }).toEqual({ stdout: '1', stderr: '' });
});

test('an error shows no control characters of the file that it is about', async () => {
  const folder = temporaryFolder();
  const study = writeSmallStudy(folder, { '\u001b]0;mine\u0007key': 1 });
  const { code, stderr } = await boundary(['study', 'check', study]);
  expect(code).toBe(2);
  expect(stderr).toContain('key');
  for (const control of ['\u001b', '\u0007']) expect(stderr).not.toContain(control);
});

test('a preset reads its images from the folder that --data-set names; what does not fit is refused in words', async () => {
  const folder = temporaryFolder();
  const check = async (...words: string[]) => boundary(['study', 'check', ...words]);
  const names = ['train-images-idx3-ubyte.gz', 'train-labels-idx1-ubyte.gz', 't10k-images-idx3-ubyte'];
  for (const name of names) writeFileSync(join(folder, name), '');
  const lacking = await check('--preset', 'fashion', '--data-set', folder);
  expect(lacking.code).toBe(2);
  expect(lacking.stderr).toContain('The folder lacks t10k-labels-idx1-ubyte');
  writeFileSync(join(folder, 't10k-labels-idx1-ubyte'), '');
  const placed = await check('--preset', 'fashion', '--data-set', folder);
  expect(JSON.parse(placed.stdout)).toMatchObject({
    name: 'fashion',
    dataSet: { source: 'idx', trainImages: join(folder, at(names, 0)), testImages: join(folder, at(names, 2)) },
  });
  expect((await check('quick', '--data-set', folder)).stderr).toContain('quick uses MNIST');
  expect((await check('fashion', '--data-set', repository)).stderr).toContain('reads the kind “IDX files”');
  expect((await check('fashion', '--data-set', join(folder, 'gone'))).stderr).toContain('no folder or file');
});

test('a preset reads its images from where its study in the data folder does, and says so where there are none', async () => {
  const dataFolder = join(temporaryFolder(), 'data');
  const images = temporaryFolder();
  const { storage } = openWorkbench({ root: repository, resources, dataFolder });
  const { study } = loadPreset('cifar10', resources, []);
  storage.studies.put('cifar10', { ...study, dataSet: { ...study.dataSet, path: images } as Study['dataSet'] }, 1);
  storage.close();
  const again = (...words: string[]) => boundary(['--data', dataFolder, 'study', ...words]);
  for (const named of [['cifar10'], ['--preset', 'cifar10']])
    expect(JSON.parse((await again('check', ...named)).stdout)).toMatchObject({ dataSet: { path: images } });
  rmSync(images, { recursive: true });
  const gone = await again('run', 'cifar10');
  expect(gone).toMatchObject({ code: 2, stderr: expect.stringContaining('--data-set FOLDER') });
});

test('a preset is named with --preset, and nothing else with it', async () => {
  const named = await boundary(['study', 'check', '--preset', 'replay']);
  expect(named.code).toBe(0);
  expect(JSON.parse(named.stdout)).toMatchObject({ name: 'replay' });
  expect(named.stdout).toBe((await boundary(['study', 'check', 'replay'])).stdout);
  // A study of the data folder is found by its name, e.g. one that was imported.
  const dataFolder = join(temporaryFolder(), 'data');
  const { storage } = openWorkbench({ root: repository, resources, dataFolder });
  storage.studies.put('stored', { ...studySchema.parse(JSON.parse(named.stdout)), name: 'stored' }, 1);
  storage.close();
  const stored = await boundary(['--data', dataFolder, 'study', 'check', 'stored']);
  expect(JSON.parse(stored.stdout)).toMatchObject({ name: 'stored' });
  const refused = async (...words: string[]): Promise<string> => {
    const { code, stderr } = await boundary(['--data', temporaryFolder(), 'study', 'run', ...words]);
    expect(code).toBe(2);
    return stderr;
  };
  expect(await refused('--preset', 'papers')).toMatch(
    /no preset "papers".*cifar10, cifar10h, effects, .*fashion, generator, .*paper, quick, replay/s,
  );
  expect(await refused()).toContain('No study is given');
  expect(await refused('quick', '--preset', 'paper')).toContain('Two studies are given');
});

test('a generator is written for other programs, and the Python that loads it is printed', async () => {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  const write = (...words: string[]) =>
    boundary(['--data', data, 'generator', 'export', 'mnist-dcgan28', '--to', folder, ...words]);
  const early = await write('--format', 'onnx');
  expect(early).toMatchObject({ code: 2, stdout: '' });
  expect(early.stderr).toContain('data folder');
  openWorkbench({ root: repository, resources: join(repository, 'resources'), dataFolder: data }).storage.close();
  const written = await write('--format', 'safetensors');
  expect(written).toMatchObject({ code: 0, stderr: '' });
  expect(written.stdout).toContain(`${join(folder, 'mnist-dcgan28.zip')}\n\n# images(z): float32 [batch, `);
  expect(written.stdout).toContain('\ndef images(z):\n');
  const zip = await ZipArchive.open(join(folder, 'mnist-dcgan28.zip'));
  const names = zip.entries.map(({ name }) => name);
  zip.close();
  expect(names).toEqual(['mnist-dcgan28.safetensors', 'load.py', 'model.json']);
  const wrong = await write('--format', 'torch');
  expect(wrong).toMatchObject({ code: 2, stdout: '' });
  expect(wrong.stderr).toContain('"torch" is not one of stored, onnx, safetensors');
});
