import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineName } from '../../../main/contract/runs/run.ts';
import { writeFileAtomic } from '../../../main/files/atomic.ts';
import { BlobStore } from '../../../main/files/blobs.ts';
import { openEngine } from '../../../main/training/engines/open.ts';
import { repository } from '../../architecture/tools.ts';
import type { Section } from '../bench-types.ts';
import { addCounted, type CountedCell, type CountedStudies, noCounted } from './counted.ts';
import {
  noRealSets,
  type RealSettings,
  realCoverage,
  type RealSets,
  realSetsSchema,
  SetDrawer,
  stimulusDesigns,
  trainNext,
} from './real.ts';
import {
  addDifference,
  addStudy,
  type DesignName,
  designNames,
  type DifferenceCounts,
  type LevelCell,
  type LevelCounts,
  noDifferences,
  noLevels,
} from './simulated.ts';
import { addPlan, noPlans, pilots, type PlanCounts } from './planner.ts';
import { addTaught, noTaught, type TaughtCounts, type TaughtName, taughtNames } from './taught.ts';
import { addEffects, effectCells, type EffectCounts, effectKey, noEffects } from './effects.ts';
import {
  countedTable,
  differenceTable,
  effectTable,
  familyTable,
  independentTable,
  levelTable,
  planTable,
  realTable,
  taughtTable,
} from './table.ts';

export const coverageParts = ['simulated', 'differences', 'counted', 'effects', 'planner', 'teachers', 'real'] as const;
export type CoveragePart = (typeof coverageParts)[number];

export interface CoverageRequest {
  parts: readonly CoveragePart[];
  /** Where results are kept. */
  folder: string;
  /** Of each cell. */
  studies: number;
  /** Of each design. */
  sets: number;
  engine: EngineName;
  settings: RealSettings;
  /** Stops after this time. */
  milliseconds: number;
  fresh: boolean;
  log: (line: string) => void;
}

/** Networks and people of the simulated studies. */
export const sizes = [
  { networks: 9, people: 10 },
  { networks: 9, people: 30 },
  { networks: 100, people: 10 },
  { networks: 100, people: 30 },
] as const;
const paperSize = sizes[0];
const countedCells: readonly CountedCell[] = [{ networks: 9 }, { networks: 20 }];

export interface CoverageFound {
  /** By cell: `design networks people`. */
  levels: Record<string, LevelCounts>;
  differences: Record<string, DifferenceCounts>;
  /** By number of networks. */
  counted: Record<string, CountedStudies>;
  effects: Record<string, EffectCounts>;
  /** By pilot. */
  plans: Record<string, PlanCounts>;
  /** By design. */
  taught: Record<string, TaughtCounts>;
  settings: RealSettings;
  real: RealSets;
}

const cellKey = ({ design, networks, people }: LevelCell): string => `${design} ${networks} ${people}`;
const levelCells: readonly LevelCell[] = sizes.flatMap((size) => designNames.map((design) => ({ design, ...size })));
const differenceCells: readonly LevelCell[] = designNames.map((design) => ({ design, ...paperSize }));

/** Studies of a cell at once: then the next cell has its turn, so that an interrupted run has all cells alike. */
const slice = 50;

/** Measures what is missing, a slice at a time, and stores each slice. */
export async function measureCoverage(request: CoverageRequest): Promise<CoverageFound> {
  const end = performance.now() + request.milliseconds;
  const isOver = (): boolean => performance.now() >= end;
  const levels = new Kept<Record<string, LevelCounts>>(request, 'levels', {});
  const differences = new Kept<Record<string, DifferenceCounts>>(request, 'differences', {});
  const counted = new Kept<Record<string, CountedStudies>>(request, 'counted', {});
  const effects = new Kept<Record<string, EffectCounts>>(request, 'effects', {});
  const plans = new Kept<Record<string, PlanCounts>>(request, 'plans', {});
  const taught = new Kept<Record<string, TaughtCounts>>(request, 'taught', {});
  for (const name of taughtNames) taught.value[name] ??= noTaught();
  for (const cell of pilots) plans.value[effectKey(cell)] ??= noPlans();
  for (const cell of effectCells) effects.value[effectKey(cell)] ??= noEffects();
  for (const cell of countedCells) counted.value[cell.networks] ??= noCounted();
  for (const cell of levelCells) levels.value[cellKey(cell)] ??= noLevels();
  for (const cell of differenceCells) differences.value[cellKey(cell)] ??= noDifferences();
  if (request.parts.includes('real')) await drawSets(request, isOver);
  for (let most = slice; most < request.studies + slice && !isOver(); most += slice) {
    const target = Math.min(most, request.studies);
    const of = { target, isOver };
    if (request.parts.includes('simulated')) fill(levels, levelCells, { ...of, key: cellKey, add: addStudy });
    if (request.parts.includes('differences'))
      fill(differences, differenceCells, { ...of, key: cellKey, add: addDifference });
    if (request.parts.includes('counted'))
      fill(counted, countedCells, { ...of, key: ({ networks }) => String(networks), add: addCounted });
    if (request.parts.includes('effects')) fill(effects, effectCells, { ...of, key: effectKey, add: addEffects });
    if (request.parts.includes('planner')) fill(plans, pilots, { ...of, key: effectKey, add: addPlan });
    if (request.parts.includes('teachers'))
      fill(taught, taughtNames, { ...of, key: (name: TaughtName) => name, add: addTaught });
    request.log(`${target} of ${request.studies} studies`);
  }
  const { settings } = request;
  return {
    levels: levels.value,
    differences: differences.value,
    counted: counted.value,
    effects: effects.value,
    plans: plans.value,
    taught: taught.value,
    settings,
    real: readSets(request),
  };
}

interface Filling<Cell, Counts> {
  target: number;
  isOver: () => boolean;
  key: (cell: Cell) => string;
  add: (counts: Counts, cell: Cell) => void;
}

function fill<Cell, Counts extends { studies: number }>(
  kept: Kept<Record<string, Counts>>,
  cells: readonly Cell[],
  { target, isOver, key, add }: Filling<Cell, Counts>,
): void {
  for (const cell of cells) {
    const counts = kept.value[key(cell)];
    if (!counts || counts.studies >= target || isOver()) continue;
    while (counts.studies < target) add(counts, cell);
    kept.save();
  }
}

/** Counts in a file; others than those of the same programs are left aside. */
class Kept<T> {
  value: T;
  readonly #file: string;
  readonly #version = programsVersion();

  constructor({ folder, fresh }: Pick<CoverageRequest, 'folder' | 'fresh'>, name: string, none: T) {
    this.#file = join(folder, `${name}.json`);
    const stored =
      !fresh && existsSync(this.#file) ? (JSON.parse(readFileSync(this.#file, 'utf8')) as Stored<T>) : null;
    this.value = stored?.version === this.#version ? stored.value : none;
  }

  save(): void {
    writeFileAtomic(this.#file, JSON.stringify({ version: this.#version, value: this.value } satisfies Stored<T>));
  }
}

interface Stored<T> {
  version: string;
  value: T;
}

const program = join(repository, 'main');

/** The module of the program at a path with wildcards. @throws Error where there is none */
function inProgram(path: string): string[] {
  const found = globSync(path, { cwd: program }).map((file) => join(program, file));
  if (found.length === 0) throw new Error(`The program has no ${path}`);
  return found;
}

/** The programs whose results are counted. */
function programsVersion(): string {
  const own = ['world.ts', 'truth.ts', 'simulated.ts', 'counted.ts', 'effects.ts', 'planner.ts', 'taught.ts'];
  const analysis = [
    'claims',
    'claim-interval',
    'correlation-interval',
    'jackknife',
    'table-sums',
    'units',
    'paired-tests',
    'outcomes',
  ];
  const contrasts = ['effects', 'effect-planner', 'label-training', 'families'];
  const hash = createHash('sha256');
  const planner = ['world', 'planner'];
  const modules = [
    ...analysis.map((name) => `analysis/**/${name}.ts`),
    ...contrasts.map((name) => `contributions/contrasts/analysis/${name}.ts`),
    ...planner.map((name) => `contributions/teaching/analysis/${name}.ts`),
  ];
  const files = [...own.map((name) => join(import.meta.dirname, name)), ...modules.flatMap(inProgram)];
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex');
}

const setsFile = ({ folder }: Pick<CoverageRequest, 'folder'>): string => join(folder, 'sets.json');

function readSets(request: Pick<CoverageRequest, 'folder' | 'settings'>): RealSets {
  const none = noRealSets(request.settings);
  const file = setsFile(request);
  const stored = existsSync(file) ? realSetsSchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))) : null;
  return stored?.success && stored.data.settings === none.settings ? stored.data : none;
}

/** Trains the networks, then draws sets of both designs by turns. */
async function drawSets(request: CoverageRequest, isOver: () => boolean): Promise<void> {
  const found = request.fresh ? noRealSets(request.settings) : readSets(request);
  const isMissing = (): boolean => stimulusDesigns.some((design) => found.sets[design].length < request.sets);
  if (!isMissing() || isOver()) return;
  const save = (): void => writeFileAtomic(setsFile(request), JSON.stringify(found));
  const blobs = new BlobStore(join(request.folder, 'blobs'));
  const bench = { engine: await openEngine(request.engine), blobs, settings: request.settings };
  while (!isOver() && (await trainNext(bench, found))) save();
  if (isOver()) return;
  const drawer = new SetDrawer(bench, found);
  while (isMissing() && !isOver()) {
    for (const design of stimulusDesigns) {
      const sets = found.sets[design];
      if (sets.length < request.sets) sets.push(await drawer.drawSet(design, sets.length));
    }
    if (found.sets.fresh.length % 10 === 0) {
      save();
      request.log(`${found.sets.fresh.length} of ${request.sets} sets`);
    }
  }
  save();
  drawer.dispose();
}

const byDesign = <T>(found: Readonly<Record<string, T>>, size: (typeof sizes)[number], none: () => T) =>
  Object.fromEntries(designNames.map((design) => [design, found[cellKey({ design, ...size })] ?? none()])) as Record<
    DesignName,
    T
  >;

/** Tables of what was found, each with its place in results/coverage.md. */
export function coverageSections({
  levels,
  differences,
  counted,
  effects,
  plans,
  taught,
  settings,
  real,
}: CoverageFound): Section[] {
  const simulated = sizes.map((size) => {
    const counts = byDesign(levels, size, noLevels);
    return { name: `coverage ${size.networks} ${size.people}`, table: levelTable(counts), data: counts };
  });
  const nulls = byDesign(differences, paperSize, noDifferences);
  const sets = { shared: realCoverage(settings, real, 'shared'), fresh: realCoverage(settings, real, 'fresh') };
  const ofPaper = byDesign(levels, paperSize, noLevels);
  return [
    ...simulated,
    { name: 'coverage independent', table: independentTable(ofPaper), data: ofPaper },
    { name: 'coverage differences', table: differenceTable(nulls), data: nulls },
    { name: 'coverage counted', table: countedTable(counted), data: counted },
    { name: 'coverage effects', table: effectTable(effects), data: effects },
    { name: 'coverage families', table: familyTable(effects), data: effects },
    { name: 'coverage plans', table: planTable(plans), data: plans },
    { name: 'coverage teachers', table: taughtTable(taught), data: taught },
    { name: 'coverage real', table: realTable(sets), data: sets },
  ];
}
