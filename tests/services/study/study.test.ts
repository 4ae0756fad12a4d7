import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BlobStore } from '../../../main/files/blobs.ts';
import { availableEngines } from '../../../main/services/tools/engines.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { thorough } from '../../thorough.ts';
import { openToOthers } from '../../files/open-to-others.ts';
import { openLab } from '../lab/lab-helper.ts';
import { boundary, startBoundary } from './command-line.ts';
import { dumpStudy } from './study-dump.ts';
import { smallModels, smallStudy, writeSmallStudy } from './small-study.ts';
import { runWhole, wholeSmallStudy, type WholeStudy } from './whole-study.ts';
import { latentPoint } from '../../../main/domain/anchors/latents.ts';
import { randomStream } from '../../../main/domain/random/random.ts';

/** Seconds: real trainings in real processes, on whatever this machine has. */
const patience = 600_000;
/** Ten in a campaign. */
const kills = Number(process.env.BOUNDARY_KILLS ?? 2);

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}

/** Resolves once the generator is in a state. */
const generatorIs = (state: string, { process: { stdout } }: ReturnType<typeof startBoundary>): Promise<void> => {
  let said = '';
  return new Promise((resolve) =>
    stdout?.on('data', (text: Buffer) => {
      said += text;
      if (said.includes(`generator dcgan28 ${state}`)) resolve();
    }),
  );
};

const run = (data: string, study: string, ...more: string[]): string[] => [
  '--data',
  data,
  'study',
  'run',
  study,
  ...more,
];

/** On the engine that starts fastest: what follows is the same on every one. */
const runWasm = (data: string, study: string, ...more: string[]): string[] =>
  run(data, study, '--engine', 'wasm', ...more);

interface Model {
  name: string;
  recipe: object;
  repeats?: number;
  seeds?: number;
}

const { models } = smallStudy() as { models: Model[] };

/** On another engine, for one test only: a repeat of its seed group is like the others. */
async function wholeOn(engine: string): Promise<WholeStudy> {
  const folder = temporaryFolder();
  const data = join(folder, engine);
  const withOneRepeat = models.map((model) => (model.repeats === undefined ? model : { ...model, repeats: 1 }));
  const study = writeSmallStudy(folder, { models: withOneRepeat });
  return { data, study, duration: await runWhole(data, study, engine) };
}

/** The one whose undisturbed study other tests need as well; before a release each. */
const engines = thorough ? availableEngines().names : ['wasm'];

describe.each(engines)('a whole study on %s', (engine) => {
  it(`gives the same bytes undisturbed and killed with -9 at ${kills} random moments`, {
    timeout: patience,
  }, async () => {
    const { data: calm, study, duration } = await (engine === 'wasm' ? wholeSmallStudy() : wholeOn(engine));
    const killed = join(temporaryFolder(), 'killed');
    const moments = randomStream(7, 'kill', engine);
    for (let kill = 0; kill < kills; kill++) {
      const host = startBoundary(run(killed, study, '--engine', engine));
      const timer = setTimeout(() => killGroup(host.process.pid ?? 0), moments.float() * 0.4 * duration);
      const { code } = await host.ended;
      clearTimeout(timer);
      if (code === 0) break;
      expect(code).toBe('SIGKILL');
    }
    expect(await boundary(run(killed, study, '--engine', engine))).toMatchObject({ code: 0 });
    const dump = dumpStudy(calm);
    expect(dumpStudy(killed)).toEqual(dump);
    const { models: declared } = JSON.parse(readFileSync(study, 'utf8')) as { models: Model[] };
    const networks = declared.reduce((sum, { repeats = 1, seeds = 1 }) => sum + repeats * seeds, 0);
    expect(dump.predictions.length).toBe(2 * networks);
    expect(dump.responses.length).toBe(4 * 7);
    if (process.platform !== 'win32') expect(openToOthers(killed)).toEqual([]);
  });
});

describe('a study', () => {
  /** Another study of the same images, beside the study file. */
  function changedStudy(study: string, change: object): string {
    const path = join(dirname(study), 'changed.json');
    writeFileSync(path, JSON.stringify(smallStudy(change)));
    return path;
  }

  it('does nothing twice, and repeats only what depends on a changed recipe', { timeout: patience }, async () => {
    const { data, study } = await wholeSmallStudy();
    const first = dumpStudy(data);

    const again = await boundary(runWasm(data, study));
    expect(again).toMatchObject({ code: 0 });
    expect(again.stdout).not.toMatch(/running/);
    expect(dumpStudy(data)).toEqual(first);

    const changed = models.map((model) =>
      model.name === 'MLP1' ? { ...model, recipe: { ...model.recipe, batch: 48 } } : model,
    );
    expect(await boundary(runWasm(data, changedStudy(study, { models: changed })))).toMatchObject({ code: 0 });
    const second = dumpStudy(data);
    const redone = second.runs.filter((row) => !first.runs.some((old) => JSON.stringify(old) === JSON.stringify(row)));
    expect(redone.map((row) => (row as { label: string }).label).sort()).toEqual([
      'MLP1',
      'predictions of MLP1-97',
      'predictions of MLP1-98.5',
    ]);
    expect(second.sets).toEqual(first.sets);

    // One point cannot be an image of both classes, so the reference classifier calls one of these anchors another class.
    const z = [...latentPoint(1, 0, { z: 16, classes: 0 })];
    const { stimuli } = smallStudy() as { stimuli: object };
    const anchors = [z, z.map((value) => value * 0.999)].map((point) => ({ z: point, from: null }));
    const doubtful = changedStudy(study, { models: changed, stimuli: { ...stimuli, anchors } });
    const refused = await boundary(runWasm(data, doubtful));
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/takes 1 anchor for another class: an anchor of (zero|one) is called (zero|one) \(/);
    expect(refused.stderr).toContain('--accept-doubtful');
    const accepted = await boundary(runWasm(data, doubtful, '--accept-doubtful'));
    expect(accepted).toMatchObject({ code: 0 });
    expect(accepted.stdout + accepted.stderr).toContain('They are frozen because you accepted them.');
  });

  it('makes lost or damaged files again, with the same bytes', { timeout: patience }, async () => {
    const { data, study } = await wholeSmallStudy();
    const before = dumpStudy(data);
    const blobs = new BlobStore(join(data, 'blobs'));
    const [lost, damaged] = before.predictions as { softmax: string; labels: string }[];
    rmSync(blobs.path(lost?.softmax ?? ''));
    writeFileSync(blobs.path(damaged?.softmax ?? ''), 'damaged');
    const [snapshot] = before.snapshots as { weights: string }[];
    rmSync(blobs.path(snapshot?.weights ?? ''));

    const refused = await boundary(runWasm(data, study));
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('damaged');
    expect(await boundary(runWasm(data, study))).toMatchObject({ code: 0 });
    expect(dumpStudy(data)).toEqual(before);
    for (const { softmax } of before.predictions as { softmax: string }[]) blobs.get(softmax);
  });

  it('ends at Ctrl-C with a checkpoint, says so, and resumes from there', { timeout: patience }, async () => {
    const folder = temporaryFolder();
    const data = join(folder, 'data');
    const study = writeSmallStudy(folder, { models: models.slice(0, 1) });
    const host = startBoundary(runWasm(data, study));
    await generatorIs('running', host);
    host.process.kill('SIGINT');
    const stopped = await host.ended;
    expect(stopped).toMatchObject({ code: 130, stderr: '' });
    expect(stopped.stdout).toContain('Run the same command again to resume.');
    const step = Number(/^.*generator dcgan28 .*stopped at step (\d+)/m.exec(stopped.stdout)?.[1]);
    const again = startBoundary(runWasm(data, study));
    await generatorIs('done', again);
    again.process.kill('SIGINT');
    const resumed = await again.ended;
    expect(resumed).toMatchObject({ code: 130, stderr: '' });
    expect(resumed.stdout).toMatch(
      step === 0 ? /dcgan28 running/ : new RegExp(`dcgan28 running.*, from step ${step}$`, 'm'),
    );
    expect(resumed.stdout).toContain('generator dcgan28 done: 250 steps');
    expect(await boundary(runWasm(data, study))).toMatchObject({ code: 0 });
  });

  it('has a run cancelled from another process, and runs it when started again', { timeout: patience }, async () => {
    const folder = temporaryFolder();
    const data = join(folder, 'data');
    const { generator: small } = smallStudy() as { generator: { recipe: object } };
    // Long enough to be found and cancelled by two other processes.
    const study = writeSmallStudy(folder, {
      generator: { ...small, recipe: { ...small.recipe, steps: 2000 } },
      models: models.slice(0, 1),
    });
    const host = startBoundary(runWasm(data, study));
    await generatorIs('running', host);
    const list = JSON.parse((await boundary(['--data', data, 'runs', 'list', '--json'])).stdout);
    const generator = list.find((each: { kind: string }) => each.kind === 'generator');
    expect(await boundary(['--data', data, 'runs', 'cancel', String(generator.id)])).toMatchObject({ code: 0 });
    const ended = await host.ended;
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain('was cancelled');
    const again = startBoundary(runWasm(data, study));
    await generatorIs('running', again);
    again.process.kill('SIGINT');
    expect(await again.ended).toMatchObject({ code: 130 });
  });

  it('ends in a report that says rehearsal', { timeout: patience }, async () => {
    const report = join(temporaryFolder(), 'report');
    const { data, study } = await wholeSmallStudy();
    expect(await boundary(runWasm(data, study, '--report', report))).toMatchObject({ code: 0 });
    expect(JSON.parse(readFileSync(join(report, 'tables.json'), 'utf8')).rehearsal).toBe(true);
    expect(readFileSync(join(report, 'index.html'), 'utf8')).toContain('Rehearsal');
  });

  it('says which run failed and why, keeps the rest, and retries it when started again', {
    timeout: patience,
  }, async () => {
    const folder = temporaryFolder();
    const data = join(folder, 'data');
    const recipe = { architecture: smallModels.mlp, batch: 32, targets: [97], tolerance: 0.5, maxEpochs: 1 };
    const { generator } = smallStudy() as { generator: { recipe: object } };
    const study = writeSmallStudy(folder, {
      generator: { ...generator, recipe: { ...generator.recipe, steps: 20, sampleEvery: 20 } },
      reference: { recipe: { ...recipe, targets: [100], tolerance: 0.01, maxEpochs: 0.1 }, seed: 1 },
      models: [{ name: 'MLP1', group: 'diverse', recipe, seed: 1 }],
    });
    const result = await boundary(runWasm(data, study));
    expect(result.code).toBe(1);
    // The generator's images are alike, and the reference cannot reach 100 %: whichever ends first, both are told.
    expect(result.stdout).toMatch(/Problem: Run \d+ \(generator dcgan28\) failed: The generator makes .*steps\.$/m);
    expect(result.stdout).toMatch(/Problem: The reference classifier did not reach its target: .*[^.]\.$/m);
    expect(existsSync(join(data, 'studies', 'small', 'report', 'index.html'))).toBe(false);
    expect((await boundary(['--data', data, 'runs', 'list'])).stdout).toMatch(/MLP1 +Missed target/);
    const { client, lab } = openLab(data);
    const { steps } = await client.overview.get({ study: 'small' });
    expect(steps.find(({ step }) => step === 'stimuli')).toMatchObject({
      state: 'missed',
      reasons: [
        expect.stringMatching(/proposes anchors, \(100 %; nearest [\d.]{5} %\) stayed below the target\. Train for/),
        'Its recipe is changed in the study file.',
      ],
    });
    await lab.close();
  });
});
