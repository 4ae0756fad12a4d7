/** `npm run mutate`: whether tests notice small faults (docs/testing.md). */
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { Copy, type Outcome, timeLimit } from './copy.ts';
import { type Mutant, mutantsOf, shuffled } from './mutants.ts';
import { TestChoice } from './test-choice.ts';

const usage = `npm run mutate -- FOLDER|FILE|FILE:LINE ... [--seed N] [--sample N] [--quick] [--list]

Changes one operator, number or keyword at a time in a copy of the project, runs the tests of that folder and lists the
changes that no test notices. Ends with 0 if at least 90 % were noticed.
  --seed N    which changes are drawn; default 1
  --sample N  how many; default 50
  --quick     leaves out test files that take more than 10 s
  --list      lists the drawn changes and runs nothing`;

const equivalentSchema = z.array(
  z.strictObject({ file: z.string(), before: z.string(), after: z.string(), why: z.string() }),
);
type Equivalent = z.infer<typeof equivalentSchema>[number];

const root = join(import.meta.dirname, '..', '..');
const write = (line: string): void => void process.stdout.write(`${line}\n`);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    sample: { type: 'string', default: '50' },
    list: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help || positionals.length === 0) {
  write(usage);
  process.exit(values.help ? 0 : 2);
}

const show = ({ file, line, before, after }: Mutant): string => `${file}:${line}\n    - ${before}\n    + ${after}`;
const percent = (part: number, all: number): string => (all === 0 ? '-' : `${((100 * part) / all).toFixed(1)} %`);

/** The mutants of the files that the command line names. */
function named(): Mutant[] {
  const found = positionals.flatMap((given) => {
    const [path = '', line] = given.replaceAll('\\', '/').replace(/\/$/, '').split(':');
    if (!existsSync(join(root, path)))
      throw new Error(`There is no ${path}. Name folders or files below main or renderer.`);
    const folder = statSync(join(root, path)).isDirectory();
    const files = folder
      ? globSync(`${path}/**/*.{ts,tsx}`, { cwd: root }).map((file) => file.replaceAll('\\', '/'))
      : [path];
    const mutants = files.sort().flatMap((file) => mutantsOf(file, readFileSync(join(root, file), 'utf8')));
    return line === undefined ? mutants : mutants.filter((mutant) => mutant.line === Number(line));
  });
  return [...new Map(found.map((mutant) => [`${mutant.file} ${mutant.start} ${mutant.replacement}`, mutant])).values()];
}

const equivalents = equivalentSchema.parse(
  JSON.parse(readFileSync(join(import.meta.dirname, 'equivalent.json'), 'utf8')),
);
const equivalentTo = ({ file, before, after }: Mutant): Equivalent | undefined =>
  equivalents.find((entry) => entry.file === file && entry.before === before && entry.after === after);

const wanted = Number(values.sample);
const order = shuffled(named(), Number(values.seed));
const copy = new Copy(root);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => void copy.close().then(() => process.exit(130)));
try {
  process.exitCode = await main();
} finally {
  await copy.close();
}

async function main(): Promise<number> {
  const { chosen, equivalent, refused } = draw();
  if (values.list) {
    for (const mutant of chosen) write(show(mutant));
    return 0;
  }
  const choice = new TestChoice(root);
  const testsOf = new Map(chosen.map(({ file }) => [file, choice.of(file)]));
  const times = await baseline([...new Set([...testsOf.values()].flat().map(({ path }) => path))]);
  const outcomes: [Mutant, Outcome][] = [];
  for (const mutant of chosen) {
    // Near and quick tests first.
    const cost = ({ path, distance }: { path: string; distance: number }): number => (times.get(path) ?? 0) * distance;
    const known = (testsOf.get(mutant.file) ?? []).filter(({ path }) => times.has(path));
    const tests = known.toSorted((a, b) => cost(a) - cost(b)).map(({ path }) => path);
    const limit = (test: string): number => 12_000 + 5 * (times.get(test) ?? 0);
    const started = performance.now();
    const outcome = tests.length > 0 ? await judge(mutant, tests, limit) : { noticed: false, why: '' };
    outcomes.push([mutant, outcome]);
    const word = 'broken' in outcome ? 'could not run' : outcome.noticed ? 'noticed' : 'NOT NOTICED';
    const why = 'broken' in outcome ? outcome.broken : outcome.why;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    write(`${outcomes.length}/${chosen.length} ${seconds} s ${mutant.file}:${mutant.line} ${word} ${why}`);
  }
  return summarize(outcomes, equivalent, refused);
}

/** A test that exceeds its time limit notices a fault only if it ends in time without it: the machine may be busy. */
async function judge(mutant: Mutant, tests: readonly string[], limit: (test: string) => number): Promise<Outcome> {
  const outcome = await copy.try(mutant, tests, limit);
  if ('broken' in outcome || !outcome.why.endsWith(timeLimit)) return outcome;
  const late = tests.filter((test) => outcome.why.startsWith(`${test}:`));
  const without = await copy.run(late, limit);
  const isBusy = 'broken' in without || without.noticed;
  return isBusy ? { broken: `${outcome.why}, also without the fault` } : outcome;
}

/** Draws until enough mutants compile and are not known to be equivalent. */
function draw(): { chosen: Mutant[]; equivalent: Mutant[]; refused: number } {
  const chosen: Mutant[] = [];
  const equivalent: Mutant[] = [];
  let refused = 0;
  let at = 0;
  while (chosen.length < wanted && at < order.length) {
    const some = order.slice(at, at + Math.ceil((wanted - chosen.length) * 1.3));
    const compiled = new Set(copy.compiled(some));
    for (const mutant of some) {
      if (chosen.length === wanted) break;
      at++;
      if (!compiled.has(mutant)) refused++;
      else if (equivalentTo(mutant)) equivalent.push(mutant);
      else chosen.push(mutant);
    }
  }
  return { chosen, equivalent, refused };
}

/**
 * The times of the test files without a fault, in ms. With `--quick`, those that take more than 10 s have none.
 * @throws Error if one fails
 */
async function baseline(tests: readonly string[]): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  write(`${tests.length} test files without a fault`);
  const limit = values.quick ? 10_000 : 600_000;
  for (const some of values.quick ? tests.map((test) => [test]) : [tests]) {
    const outcome = await copy.run(
      some,
      () => limit,
      (test, ms) => times.set(test, ms),
    );
    if ('broken' in outcome) throw new Error(`Tests do not run: ${outcome.broken}`);
    if (outcome.noticed && !(values.quick && outcome.why.endsWith(timeLimit))) {
      throw new Error(`Tests fail without a fault: ${outcome.why}. Mend them first.`);
    }
  }
  return times;
}

function summarize(outcomes: readonly [Mutant, Outcome][], equivalent: readonly Mutant[], refused: number): number {
  const room = ({ file }: Mutant): string =>
    file
      .split('/')
      .slice(0, /^(main\/services|renderer\/features)\//.test(file) ? 3 : 2)
      .join('/');
  const missed = outcomes.filter(([, outcome]) => !('broken' in outcome) && !outcome.noticed).map(([mutant]) => mutant);
  const broken = outcomes.filter(([, outcome]) => 'broken' in outcome).map(([mutant]) => mutant);
  if (missed.length > 0) write('\nNot noticed:');
  for (const mutant of missed) write(show(mutant));
  if (broken.length > 0) write('\nCould not run:');
  for (const mutant of broken) write(show(mutant));
  if (equivalent.length > 0) write('\nEquivalent, left out:');
  for (const mutant of equivalent) write(`${show(mutant)}\n    ${equivalentTo(mutant)?.why}`);
  for (const { file, before } of equivalents) {
    const path = join(root, file);
    const stands =
      existsSync(path) &&
      readFileSync(path, 'utf8')
        .split('\n')
        .some((line) => line.trim() === before);
    if (!stands) write(`\nequivalent.json names a line that ${file} no longer has:\n    ${before}`);
  }
  write(`\nseed ${values.seed}; ${refused} more did not compile`);
  write('folder: noticed / not noticed / could not run / equivalent');
  const count = (mutants: readonly Mutant[], name: string): number =>
    mutants.filter((mutant) => room(mutant) === name).length;
  const all = outcomes.map(([mutant]) => mutant);
  for (const name of [...new Set([...all, ...equivalent].map(room))].sort()) {
    const [tried, open, failed] = [count(all, name), count(missed, name), count(broken, name)];
    const seen = tried - open - failed;
    write(
      `${name}: ${seen} / ${open} / ${failed} / ${count(equivalent, name)} (${percent(seen, seen + open)} noticed)`,
    );
  }
  const ran = all.length - broken.length;
  write(`all: ${percent(ran - missed.length, ran)} of ${ran} noticed`);
  return ran > 0 && missed.length <= ran / 10 ? 0 : 1;
}
