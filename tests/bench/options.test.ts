import { describe, expect, test } from 'vitest';
import { UserError } from '../../main/contract/wire/errors.ts';
import { benchNames, modelNames, parseOptions } from './options.ts';

const parse = (...args: string[]) => parseOptions(args, ['tensorflow', 'wasm']);

describe('the options of the bench', () => {
  test('without any, ask for everything on all engines of this machine', () => {
    const options = parse();
    expect(options.names).toEqual(benchNames);
    expect(options.engines).toEqual(['tensorflow', 'wasm']);
    expect(options.models).toEqual(modelNames);
    expect(options).toMatchObject({
      peer: true,
      tuned: true,
      isa: null,
      json: null,
      writeResults: false,
      fresh: false,
    });
  });

  test('--quick asks for what the table of ratios needs', () => {
    const options = parse('--quick');
    expect(options.names).toEqual(['steps', 'evaluation']);
    expect(options.tuned).toBe(false);
    expect(options.rounds).toBeLessThan(parse().rounds);
  });

  test('names and lists are taken in the order given', () => {
    const options = parse('memory', 'steps', '--models', 'vit,mlp', '--engine', 'wasm', '--rounds', '3');
    expect(options.names).toEqual(['memory', 'steps']);
    expect(options.models).toEqual(['vit', 'mlp']);
    expect(options.engines).toEqual(['wasm']);
    expect(options.rounds).toBe(3);
  });

  test('can leave PyTorch out, and keep all to AVX2', () => {
    expect(parse('--no-peer', '--isa', 'avx2')).toMatchObject({ peer: false, isa: 'avx2' });
  });

  test.each([
    [['everything']],
    [['--models', 'resnet']],
    [['--engine', 'tensorflow,abacus']],
    [['--isa', 'sse2']],
    [['--rounds', '2.5']],
    [['--seconds', '0']],
    [['--unknown']],
  ])('refuse %j', (args) => {
    expect(() => parse(...args)).toThrow(UserError);
  });
});
