import { parseArgs } from 'node:util';
import { UserError } from '../../main/contract/wire/errors.ts';
import { type EngineName, engineNames } from '../../main/contract/runs/run.ts';

export const modelNames = ['mlp', 'cnn', 'vit', 'dcgan64'] as const;
export type ModelName = (typeof modelNames)[number];

/** Benchmarks that `npm run bench` can run, in its order. */
export const benchNames = [
  'steps',
  'evaluation',
  'recipes',
  'soft-labels',
  'stimuli',
  'startup',
  'workers',
  'analysis',
  'outside',
  'effects',
  'labeling',
  'desk',
  'silences',
  'short-runs',
  'memory',
  'study',
  'parity',
  'latency',
  'window-start',
  'run-table',
  'slurm',
  'results',
  'first-paint',
  'report',
  'estimates',
] as const;
export type BenchName = (typeof benchNames)[number];

/** The benchmarks of the table of ratios. */
const quickBenches: readonly BenchName[] = ['steps', 'evaluation'];

export interface BenchOptions {
  names: readonly BenchName[];
  engines: readonly EngineName[];
  models: readonly ModelName[];
  quick: boolean;
  /** Number of pairs of blocks, and about the duration of a block of the slowest side. */
  rounds: number;
  seconds: number;
  /** Duration of measuring the host's latency. */
  minutes: number;
  /** Whether PyTorch is measured too, and PyTorch as tuned by hand. */
  peer: boolean;
  tuned: boolean;
  /** Limits PyTorch and TensorFlow to AVX2. */
  isa: 'avx2' | null;
  json: string | null;
  writeResults: boolean;
  /** Ignores stored results of earlier runs. */
  fresh: boolean;
}

/**
 * The command line of `npm run bench`.
 * @param available engines of this machine, the default of `--engine`
 * @throws UserError `bench.options`
 */
export function parseOptions(args: readonly string[], available: readonly EngineName[]): BenchOptions {
  const { values, positionals } = parse(args);
  const quick = values.quick ?? false;
  const named = oneOf('benchmark', benchNames, positionals);
  const isa = oneOf('--isa', ['avx2'] as const, values.isa === undefined ? [] : [values.isa]);
  return {
    names: named.length > 0 ? named : quick ? quickBenches : benchNames,
    engines: values.engine === undefined ? available : oneOf('--engine', engineNames, values.engine.split(',')),
    models: values.models === undefined ? modelNames : oneOf('--models', modelNames, values.models.split(',')),
    quick,
    rounds: positive('--rounds', values.rounds ?? (quick ? '5' : '15'), true),
    seconds: positive('--seconds', values.seconds ?? (quick ? '0.5' : '1'), false),
    minutes: positive('--minutes', values.minutes ?? (quick ? '1' : '5'), false),
    peer: values.peer ?? true,
    tuned: values.tuned ?? !quick,
    isa: isa[0] ?? null,
    json: values.json ?? null,
    writeResults: values['write-results'] ?? false,
    fresh: values.fresh ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      allowNegative: true,
      options: {
        quick: { type: 'boolean' },
        engine: { type: 'string' },
        models: { type: 'string' },
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        minutes: { type: 'string' },
        peer: { type: 'boolean' },
        tuned: { type: 'boolean' },
        isa: { type: 'string' },
        json: { type: 'string' },
        'write-results': { type: 'boolean' },
        fresh: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error));
  }
}

function oneOf<T extends string>(what: string, known: readonly T[], words: readonly string[]): T[] {
  return words.map((word) => {
    const found = known.find((name) => name === word);
    if (!found) throw wrong(`${what}: there is no ${word}, but ${known.join(', ')}`);
    return found;
  });
}

function positive(what: string, word: string, whole: boolean): number {
  const value = Number(word);
  if (value > 0 && Number.isFinite(value) && (!whole || Number.isInteger(value))) return value;
  throw wrong(`${what}: ${word} is not ${whole ? 'a whole' : 'a'} number above 0`);
}

function wrong(what: string): UserError {
  return new UserError('bench.options', what, 'npm run bench', 'See docs/performance.md for the options.');
}
