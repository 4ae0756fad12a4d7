import { execFileSync, type ChildProcess, fork, spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Mutant, mutated } from './mutants.ts';
import type { Order, Report } from './test-process.ts';

export type Outcome = { noticed: boolean; why: string } | { broken: string };

/** Why a test file failed that took too long. */
export const timeLimit = 'time limit';

/** A copy of the project in which faults are made, and a vitest that runs in it. */
export class Copy {
  readonly folder: string;
  #child: ChildProcess | undefined;
  /** Written since the last order. */
  #changed: string[] = [];

  constructor(root: string) {
    this.folder = join(root, '.cache', `mutate-${process.pid}`);
    const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const files = execFileSync('git', list, { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean);
    for (const file of new Set([...files, ...globSync('out/kernels/*', { cwd: root })])) {
      mkdirSync(dirname(join(this.folder, file)), { recursive: true });
      cpSync(join(root, file), join(this.folder, file), { recursive: true, force: true });
    }
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'), 'junction');
    this.#buildOnlyPage();
  }

  /** The desktop program, which no test of the page needs, takes most of the time of a build. */
  #buildOnlyPage(): void {
    const config = join(this.folder, 'electron.vite.config.ts');
    renameSync(config, join(this.folder, 'electron.vite.complete.ts'));
    const page = `import complete from './electron.vite.complete.ts';\nexport default { renderer: complete.renderer };\n`;
    writeFileSync(config, page);
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), 'utf8');
  }

  /** The mutants that the compiler accepts: each is checked as a file of its own beside the true one. */
  compiled(mutants: readonly Mutant[]): Mutant[] {
    const name = (mutant: Mutant, index: number) => mutant.file.replace(/(?=\.tsx?$)/, `.mutant-${index}`);
    const texts = new Map(mutants.map(({ file }) => [file, this.read(file)]));
    for (const [index, mutant] of mutants.entries()) {
      writeFileSync(join(this.folder, name(mutant, index)), mutated(texts.get(mutant.file) ?? '', mutant));
    }
    const config = join(this.folder, 'tsconfig.mutants.json');
    const own = {
      extends: './tsconfig.json',
      include: ['renderer/vite.d.ts', '**/*.mutant-*.ts', '**/*.mutant-*.tsx'],
    };
    writeFileSync(config, JSON.stringify({ ...own, compilerOptions: { incremental: false, tsBuildInfoFile: null } }));
    const tsc = join(this.folder, 'node_modules', 'typescript', 'bin', 'tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', config, '--pretty', 'false'], {
      cwd: this.folder,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    rmSync(config);
    for (const [index, mutant] of mutants.entries()) rmSync(join(this.folder, name(mutant, index)));
    const refused = new Set([...stdout.matchAll(/\.mutant-(\d+)\.tsx?\(\d/g)].map(([, index]) => Number(index)));
    return mutants.filter((_, index) => !refused.has(index));
  }

  /** Runs tests with a fault in a file, and mends the file. */
  async try(mutant: Mutant, tests: readonly string[], limitMs: (test: string) => number): Promise<Outcome> {
    const text = this.read(mutant.file);
    this.#write(mutant.file, mutated(text, mutant));
    try {
      return await this.run(tests, limitMs);
    } finally {
      this.#write(mutant.file, text);
    }
  }

  /** @param limitMs time limit of a test file; a file that takes longer counts as one that failed */
  async run(
    tests: readonly string[],
    limitMs: (test: string) => number,
    ended: (test: string, ms: number, passed: boolean) => void = () => undefined,
  ): Promise<Outcome> {
    const child = this.#child ?? (await this.#start());
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const remaining = [...tests];
    let timer: NodeJS.Timeout | undefined;
    const wait = (): void => {
      clearTimeout(timer);
      const [test] = remaining;
      const ms = test === undefined ? 10_000 : limitMs(test);
      timer = setTimeout(() => {
        resolve({ noticed: true, why: `${test}: ${timeLimit}` });
        void this.#kill();
      }, ms);
    };
    const listen = (report: Report): void => {
      if (report.kind === 'ended') {
        ended(report.test, report.ms, report.passed);
        remaining.splice(0, remaining.indexOf(report.test) + 1);
        wait();
      }
      if (report.kind === 'outcome') resolve({ noticed: !report.passed, why: report.why });
      if (report.kind === 'broken') resolve({ broken: report.why });
    };
    const exited = (): void => resolve({ broken: 'vitest exited' });
    child.on('message', listen).on('exit', exited);
    wait();
    child.send({ changed: this.#changed, tests: [...tests] } satisfies Order);
    this.#changed = [];
    const outcome = await promise;
    clearTimeout(timer);
    child.off('message', listen).off('exit', exited);
    return outcome;
  }

  async close(): Promise<void> {
    await this.#kill();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  #write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
    this.#changed.push(file);
  }

  async #start(): Promise<ChildProcess> {
    const entry = join(this.folder, 'tests', 'mutate', 'test-process.ts');
    const child = fork(entry, [], { cwd: this.folder, detached: true, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    this.#child = child;
    child.once('exit', () => {
      if (this.#child === child) this.#child = undefined;
    });
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('exit', () => reject(new Error('vitest did not start')));
    });
    return child;
  }

  /** Ends vitest and the processes that it started. */
  async #kill(): Promise<void> {
    const child = this.#child;
    if (!child?.pid) return;
    this.#child = undefined;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
    await gone;
  }
}
