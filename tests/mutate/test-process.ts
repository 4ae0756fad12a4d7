/**
 * One vitest that stays open, in the copy of the project that is the current folder. The parent process asks for test
 * files, in their order, and hears of each file that ended and of the outcome. It kills the process group if a file
 * takes too long.
 */
import { join } from 'node:path';
import { BaseSequencer, createVitest } from 'vitest/node';

export interface Order {
  /** Changed since the last order. */
  changed: string[];
  tests: string[];
}

export type Report =
  | { kind: 'ready' }
  | { kind: 'ended'; test: string; ms: number; passed: boolean }
  | { kind: 'outcome'; passed: boolean; why: string }
  | { kind: 'broken'; why: string };

class GivenOrder extends BaseSequencer {
  override sort: BaseSequencer['sort'] = async (files) => files;
}

const root = process.cwd();
const report = (message: Report): void => void process.send?.(message);

// A page that a fault stops is waited for at length: a time that a page without a fault never needs is enough.
const patience = 15_000;
process.env.BOUNDARY_PATIENCE = String(patience);

let started = 0;
const vitest = await createVitest('test', {
  root,
  watch: false,
  bail: 1,
  maxWorkers: 1,
  isolate: false,
  cache: false,
  silent: true,
  update: false,
  expect: { poll: { timeout: patience } },
  sequence: { sequencer: GivenOrder },
  // Faults that fill the memory end sooner.
  execArgv: ['--max-old-space-size=2000'],
  reporters: [
    {
      onTestModuleEnd(module) {
        const now = performance.now();
        const test = module.relativeModuleId;
        report({ kind: 'ended', test, ms: now - started, passed: module.ok() });
        started = now;
      },
    },
  ],
});
await vitest.standalone();
const project = vitest.getRootProject();

process.on('message', (order: Order) => void run(order));
process.on('disconnect', () => process.exit());
report({ kind: 'ready' });

async function run({ changed, tests }: Order): Promise<void> {
  try {
    for (const file of changed) vitest.invalidateFile(join(root, file));
    // Failures of earlier runs would count towards `bail`.
    vitest.state.filesMap.clear();
    vitest.state.idMap.clear();
    // tfjs has one backend a process, so each test file of an engine needs its own. Others share one, which is faster.
    project.config.isolate = tests.some((test) => test.startsWith('tests/training/'));
    started = performance.now();
    const specifications = tests.map((test) => project.createSpecification(join(root, test)));
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
    const failed = testModules.filter((module) => module.state() === 'failed');
    const why = failed.map((module) => module.relativeModuleId)[0] ?? String(unhandledErrors[0] ?? '');
    report({ kind: 'outcome', passed: failed.length === 0 && unhandledErrors.length === 0, why });
  } catch (error) {
    report({ kind: 'broken', why: String(error) });
  }
}
