import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isProven, type Proof, proofSchema } from '../../../main/contract/proof.ts';
import type { ProofPlan } from '../../../main/services/proof/plan.ts';
import { proveEngine } from '../../../main/services/proof/prove.ts';
import { withoutPersonalData } from '../../../main/services/proof/personal.ts';
import { proofFiles, writeProof } from '../../../main/services/proof/write.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const tiny: ProofPlan = {
  conformance: { models: ['mlp'], repeated: ['mlp'], groups: ['mlp', 'dropout'] },
  memorySteps: 10,
  timed: ['mlp'],
  rounds: 2,
  seconds: 0.01,
  images: 100,
  slowest: 120_000,
  tunedPeer: false,
  peerPatience: 60_000,
  seeds: [{ model: 'mlp', counts: [2] }],
};

const prove = (plan: ProofPlan, entry?: string, signal = new AbortController().signal): Promise<Proof> =>
  proveEngine({
    root,
    engine: 'wasm',
    quick: true,
    plan,
    signal,
    onLine: () => undefined,
    // No other engine beside it, and no Python.
    environment: {
      ...process.env,
      BOUNDARY_ENGINE: 'wasm',
      BOUNDARY_PYTHON: '',
      PATH: '',
      BOUNDARY_CACHE: temporaryFolder(),
    },
    ...(entry !== undefined && { entry: join(import.meta.dirname, entry) }),
  });

test('an engine is proven: JSON by its schema, and a page that needs nothing else', async () => {
  const proof = await prove(tiny);
  expect(isProven(proof)).toBe(true);
  expect(proof.engine).toMatchObject({ name: 'wasm', hardware: 'processor' });
  expect(proof.conformance.checks.map(({ group }) => group)).toEqual(['dropout', 'mlp', 'mlp']);
  expect(proof.memory).toMatchObject({ state: 'passed', steps: 10, models: [{ model: 'mlp' }] });
  expect(proof.speed.works.map(({ work, sides }) => [work, sides.map(({ blocks }) => blocks.length)])).toEqual([
    ['step', [2]],
    ['evaluation', [2]],
  ]);
  expect(proof.seeds).toMatchObject({ state: 'passed', works: [{ model: 'mlp', seeds: 2, message: null }] });
  expect(proof.peer).toMatchObject({ state: 'left out', message: expect.stringContaining('BOUNDARY_PYTHON') });
  const files = proofFiles(join(temporaryFolder(), 'mine.html'));
  writeProof(files, proof);
  expect(proofSchema.parse(JSON.parse(readFileSync(files.json, 'utf8')))).toEqual(proof);
  const page = readFileSync(files.page, 'utf8');
  expect(page).toContain('<h1>The engine wasm computes what it should</h1>');
  expect(page).not.toMatch(/(src|href)="(?!#)|url\(/);
});

test('a broken op is found, named and shown, and the rest is measured all the same', async () => {
  const proof = await prove({ ...tiny, timed: [], seeds: [] }, 'broken-engine.ts');
  expect(isProven(proof)).toBe(false);
  expect(proof.selfCheck).toMatchObject({ state: 'failed', message: expect.stringMatching(/^(mlp|cnn|dcgan), /) });
  expect(proof.conformance).toMatchObject({ state: 'failed', message: '1 of 3 checks failed.' });
  expect(proof.conformance.checks.find(({ failure }) => failure !== null)).toMatchObject({
    group: 'mlp',
    name: 'has the gradients of the reference',
    failure: expect.stringContaining('off by'),
  });
  expect(proof.memory.state).toBe('passed');
});

test('a process that cannot start says why in each part', async () => {
  const proof = await prove(tiny, 'no-such-entry.ts');
  expect(proof.engine).toBeNull();
  expect(proof.selfCheck).toMatchObject({ state: 'failed', message: expect.stringContaining('Cannot find module') });
  expect(JSON.stringify(proof)).not.toContain(root);
  expect(proof.speed).toMatchObject({ state: 'left out', works: [] });
});

test('a proof is written over another one, and over nothing else', () => {
  const folder = temporaryFolder();
  const path = join(folder, 'mine.json');
  expect(proofFiles(path)).toEqual({ json: path, page: join(folder, 'mine.html') });
  writeFileSync(path, '{\n "schema": "boundary-workbench/proof/1"');
  expect(proofFiles(path).json).toBe(path);
  writeFileSync(path, '{}');
  expect(() => proofFiles(path)).toThrow(expect.objectContaining({ code: 'file.exists' }));
  expect(() => proofFiles(folder)).toThrow(expect.objectContaining({ code: 'file.is-a-folder' }));
  expect(() => proofFiles(join(path, 'mine.json'))).toThrow(expect.objectContaining({ code: 'file.not-found' }));
});

test('a stopped proof ends with the reason', async () => {
  await expect(prove(tiny, undefined, AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
});

test('a proof names no folder, machine or user', () => {
  const personal = { folders: [['/srv/home/ana', '<home>']] as const, host: 'lab-7', user: 'ana' };
  const text = (message: string): string => withoutPersonalData({ message }, personal).message;
  expect(text('cannot read /srv/home/ana/x.node')).toBe('cannot read <home>/x.node');
  expect(text('at file:///usr/lib/x86_64/libvulkan.so.1:12')).toBe('at <folder>/libvulkan.so.1:12');
  expect(text('in C:\\Users\\Ana María\\boundary')).not.toContain('María');
  expect(text('/home/müller/.cache')).not.toContain('müller');
  expect(text('/mnt/müller/torch/x.so: not found')).toBe('<folder>/x.so: not found');
  expect(text('D:\\Ana Smith\\torch\\x.dll')).toBe('<folder>\\x.dll');
  const inDomain = { ...personal, host: 'lab-7.uni.example' };
  expect(withoutPersonalData({ message: 'lab-7, lab-7.uni.example' }, inDomain).message).toBe('<machine>, <machine>');
  // Spaces in folders and names, however a program spells them.
  const spaced = {
    folders: [
      ['/srv/Ana María', '<home>'],
      ['C:\\Users\\Ana María', '<home>'],
    ] as const,
    host: '',
    user: '',
  };
  const spacedText = (message: string): string => withoutPersonalData({ message }, spaced).message;
  for (const [message, wanted] of [
    ['cannot open /srv/Ana María/my torch/lib/x.so: no such file', 'cannot open <home>/x.so: no such file'],
    ["'/srv/Ana María/secret project'", "'<home>'"],
    ['at file:///srv/Ana%20Mar%C3%ADa/lib/x.js:3:1', 'at <home>/x.js:3:1'],
    ['/srv/Ana\\ María/lib/x.so', '<home>/x.so'],
    ["'C:\\\\Users\\\\Ana María\\\\torch\\\\x.dll'", "'<home>\\x.dll'"],
    ['c:/users/ana maría/torch/x.dll failed', '<home>/x.dll failed'],
    ['/srv/Ana Maríana/x.so', '<folder>/x.so'],
    ['no folder /home/Juan Pérez: create it', 'no folder <home>: create it'],
    ['/home/Juan Pérez/torch/x.so and /usr/lib/y.so', '<home>/x.so and <folder>/y.so'],
    ['/mnt/Ana Smith/torch/x.so: not found', '<folder>/x.so: not found'],
    ['/data/Ana Smith: not found, 3/4 done', '<folder>: not found, 3/4 done'],
    ['/data/ana.smith is full', '<folder> is full'],
    ['D:\\Ana Smith\\torch', '<folder>'],
    ['g++ -I/mnt/ana/include -O2 failed', 'g++ -I<folder> -O2 failed'],
    ['/usr/bin/python3: No module named torch', '<folder>/python3: No module named torch'],
    ['/dev/dri/renderD128 is busy', '<folder>/renderD128 is busy'],
    ['either/or, 12 steps/s, n/a', 'either/or, 12 steps/s, n/a'],
  ] as const)
    expect(spacedText(message), message).toBe(wanted);
  // Words of the schema stay, and a text of any length fits into it.
  const step = { ...personal, user: 'step', host: 'passed' };
  expect(withoutPersonalData({ state: 'passed', work: 'step' }, step)).toEqual({ state: 'passed', work: 'step' });
  const long = text(`began ${'ana '.repeat(2000)} Error: why`);
  expect(long).toHaveLength(4000);
  expect(long).toMatch(/^began .* Error: why$/);
  expect(text('ana@lab-7: banana 3/4 ms, boundary-workbench/proof/1')).toBe(
    '<user>@<machine>: banana 3/4 ms, boundary-workbench/proof/1',
  );
});
