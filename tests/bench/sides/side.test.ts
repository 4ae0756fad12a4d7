import { describe, expect, test } from 'vitest';
import { trainingTask } from '../benches/training.ts';
import { interleave } from './interleave.ts';
import { missingTorch, pythonForTests } from '../peer/python-for-tests.ts';
import { Side } from './side.ts';
import { peerProgram } from '../peer/peer.ts';
import { ownProgram, withSides } from './sides.ts';

const script = (name: string, code: string) => ({
  name,
  command: process.execPath,
  args: ['--input-type=module', '-e', code],
  environment: {},
});

/** Answers each command with its count. */
const echo = (name: string, parameters: number) =>
  script(
    name,
    `import { createInterface } from 'node:readline';
     console.log('a library says hello');
     const say = (message) => console.log(JSON.stringify(message));
     say({ ready: { parameters: ${parameters}, versions: {}, notes: {} } });
     createInterface({ input: process.stdin }).on('line', (line) => {
       const { count } = JSON.parse(line);
       say({ wall: 10 * count, cpu: 5 * count, value: count, memory: 1 });
     });`,
  );

describe('sides', () => {
  test('are measured in turn, each block once a round', async () => {
    const samples = await withSides([echo('a', 7), echo('b', 7)], (sides) =>
      interleave(sides, {
        warmUp: [{ do: 'train', count: 99 }],
        round: (round) => ({ command: { do: 'train', count: round + 1 }, units: 10 }),
        rounds: 3,
      }),
    );
    for (const { wall, cpu, values } of samples) {
      expect(wall).toEqual([1, 2, 3]);
      expect(cpu).toEqual([0.5, 1, 1.5]);
      expect(values).toEqual([1, 2, 3]);
    }
    expect(samples.map(({ side }) => side)).toEqual(['a', 'b']);
  });

  test('with other networks are not compared', async () => {
    await expect(withSides([echo('a', 7), echo('b', 8)], async () => 'compared')).rejects.toThrow(/b has 8 parameters/);
  });

  test('that die report their last output', async () => {
    const dying = script('dying', "console.error('out of luck'); process.exitCode = 3;");
    await expect(Side.start(dying)).rejects.toThrow(/dying: ended with 3\nout of luck/);
  });
});

describe('our own side', () => {
  test('trains and evaluates', async () => {
    const samples = await withSides([ownProgram('wasm', trainingTask('mlp'), null)], async ([side]) => {
      expect(side!.ready.parameters).toBe(784 * 500 + 500 + 500 * 500 + 500 + 500 * 10 + 10);
      return [await side!.do({ do: 'train', count: 2 }), await side!.do({ do: 'evaluate', from: 0, count: 150 })];
    });
    const [trained, evaluated] = samples as [(typeof samples)[0], (typeof samples)[0]];
    expect(trained.value).toBeGreaterThan(0.5);
    expect(trained.value).toBeLessThan(3);
    expect(trained.cpu).toBeGreaterThan(0);
    expect(evaluated.value).toBeGreaterThan(0);
    expect(evaluated.value).toBeLessThan(150);
  });
});

const python = pythonForTests();

describe(`PyTorch's side${missingTorch}`, () => {
  test.skipIf(!python).each(['mlp', 'vit'] as const)('trains and evaluates the same %s', async (model) => {
    const task = trainingTask(model);
    const peer = peerProgram(python!, task, { tuned: model === 'mlp', choose: false });
    await withSides([ownProgram('wasm', task, null), peer], async ([, side]) => {
      const { value: loss } = await side!.do({ do: 'train', count: 2 });
      expect(loss).toBeGreaterThan(0.5);
      expect(loss).toBeLessThan(4);
      const { value: errors } = await side!.do({ do: 'evaluate', from: 0, count: 150 });
      expect(errors).toBeLessThan(150);
    });
  });
});
