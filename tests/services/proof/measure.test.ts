import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { EngineName } from '../../../main/contract/run.ts';
import { EngineProcess } from '../../../main/services/proof/engine-process.ts';
import { measureModel, measureSeeds, type Measuring, seedsPart } from '../../../main/services/proof/measure.ts';
import { quickPlan } from '../../../main/services/proof/plan.ts';
import { SideHung } from '../../../main/training/proof/side.ts';
import type { Command, Done, SideTask } from '../../../main/training/proof/protocol.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

/** An engine that takes a millisecond for everything. @param most networks that fit into its memory */
class Quick extends EngineProcess {
  readonly #most: number;
  constructor(most: number, name: EngineName = 'wasm') {
    super(name, {});
    this.#most = most;
  }
  override async prepare(_: string, task: SideTask) {
    if (task.task === 'classifier' && (task.seeds ?? 1) > this.#most) throw new Error('out of memory');
    return { parameters: 1, versions: {}, notes: {} };
  }
  override async perform(_: string, command: Command): Promise<Done> {
    return { wall: command.do === 'train' ? command.count : 1, cpu: 1, value: 1, memory: 1 };
  }
  override async release(): Promise<void> {}
}

const measuring = (engine: EngineProcess, python: string | null, peerPatience: number): Measuring => ({
  plan: { ...quickPlan, rounds: 3, seconds: 0.001, peerPatience },
  engines: [engine],
  peer: python === null ? null : { python, device: 'cpu' },
  hung: new Set(),
  signal: new AbortController().signal,
  onLine: () => undefined,
});

/** A Python in which `then` runs in place of PyTorch. */
function fakePython(then: string): string {
  const path = join(temporaryFolder(), 'python3');
  writeFileSync(path, `#!${process.execPath}\n${then}`, { mode: 0o755 });
  return path;
}

describe.skipIf(process.platform === 'win32')('a PyTorch', () => {
  test('that fails is named, and the numbers of the engine stand', async () => {
    const python = fakePython(`
      const say = (line) => process.stdout.write(line + '\\n');
      let left = 6;
      say('{"ready": {"parameters": 1, "versions": {}, "notes": {}}}');
      process.stdin.on('data', () => say('{"wall": 2, "cpu": 2, "value": ' + (left-- > 0 ? 1 : NaN) + ', "memory": 1}'));
      process.stdin.on('end', () => process.exit());`);
    const works = await measureModel(measuring(new Quick(1), python, 60_000), 'mlp');
    expect(works.map(({ work, state }) => [work, state])).toEqual([
      ['step', 'passed'],
      ['evaluation', 'passed'],
    ]);
    for (const { sides, message } of works) {
      expect(sides.map(({ side, blocks }) => [side, blocks.length])).toEqual([['wasm', 3]]);
      expect(message).toMatch(/^PyTorch: .*NaN/);
    }
  });

  test('that hangs is ended, named and asked no more', async () => {
    const pid = join(temporaryFolder(), 'pid');
    const python = fakePython(
      `require('node:fs').writeFileSync(${JSON.stringify(pid)}, String(process.pid)); setInterval(() => undefined, 1000);`,
    );
    const of = measuring(new Quick(1), python, 500);
    const [step] = await measureModel(of, 'mlp');
    expect(step).toMatchObject({ state: 'passed', message: 'PyTorch: did not answer within 0.5 s' });
    const begun = existsSync(pid) ? Number(readFileSync(pid, 'utf8')) : 0;
    if (begun > 0) expect(() => process.kill(begun, 0)).toThrow('ESRCH');
    const [again] = await measureModel(of, 'cnn');
    expect(again?.message).toBe('PyTorch: left out, as it did not answer before');
  });
});

test('an engine beside it that hangs is asked no more', async () => {
  class Hung extends Quick {
    asked = 0;
    override prepare(): Promise<never> {
      this.asked++;
      return Promise.reject(new SideHung('did not answer within 600 s'));
    }
  }
  const beside = new Hung(1, 'tensorflow');
  const of = { ...measuring(new Quick(1), null, 500), engines: [new Quick(1), beside] };
  for (const model of ['mlp', 'cnn'] as const) expect((await measureModel(of, model))[0]?.state).toBe('passed');
  expect(beside.asked).toBe(1);
});

test('seeds that do not fit into memory are named, and fewer ones are kept', async () => {
  const works = await measureSeeds(measuring(new Quick(20), null, 500), 'mlp', [5, 20, 100, 200]);
  expect(works.map(({ seeds, state, message }) => [seeds, state, message])).toEqual([
    [5, 'passed', null],
    [20, 'passed', null],
    [100, 'failed', 'out of memory'],
    [200, 'left out', '100 seeds failed'],
  ]);
  expect(works[1]?.together).toHaveLength(3);
  expect(seedsPart(works)).toEqual({ state: 'passed', message: 'mlp, 100 seeds: FAILED: out of memory' });
  const none = await measureSeeds(measuring(new Quick(0), null, 500), 'mlp', [5, 20]);
  expect(none.map(({ state }) => state)).toEqual(['failed', 'left out']);
  expect(seedsPart([...works, ...none.map((of) => ({ ...of, model: 'cnn' }))]).state).toBe('failed');
});
