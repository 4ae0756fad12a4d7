import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RandomStream, randomStream } from '../../main/domain/random/random.ts';
import { removal } from '../temporary-folder.ts';
import { Silences } from './silences.ts';
import type { Template } from './world.ts';

/** What an attack did, and what it found. */
export class Tally {
  readonly counts = new Map<string, number>();
  /** Acknowledged work that was not there afterwards. */
  readonly lost: string[] = [];
  /** Somebody without permission read or did something. */
  readonly in: string[] = [];
  /** Everything else that must not happen: crashes, leaks, dishonest words. */
  readonly faults: string[] = [];

  count(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }

  get isClean(): boolean {
    return this.lost.length + this.in.length + this.faults.length === 0;
  }
}

/** One step of an attack: everything random in it comes from `random`, so the same seed and number repeat it. */
export interface Step {
  readonly index: number;
  readonly random: RandomStream;
  /** Folder of the step's own, removed after it. */
  readonly folder: string;
  readonly template: Template;
  readonly tally: Tally;
  readonly silences: Silences;
  /** The short form in the test suite: the least that still tries the attack. */
  readonly short: boolean;
  /** A fault of faults.ts that its hosts have; null: none. */
  readonly fault: string | null;
  /** Runs when the step is over, also after a failure; the last one first. */
  atEnd(work: () => unknown): void;
}

export interface Attack {
  readonly name: string;
  /** What is counted against the goals, e.g. `kills`. */
  readonly unit: string;
  /** Share of the time. */
  readonly weight: number;
  /** Left out of the short form, where other tests try the same. */
  readonly isLong?: true;
  /** Acts that it compares with a model, as its tally counts them: without one of them, that act was not judged. */
  readonly acts?: readonly string[];
  /** What it does not judge in any case. */
  readonly unjudged?: readonly string[];
  /** Why this machine cannot run it; null: it can. */
  obstacle(): string | null;
  step(step: Step): Promise<void>;
}

export interface Limits {
  seed: number;
  minutes: number;
  /** An attack stops as soon as it has tried as many of its unit. */
  goals: ReadonlyMap<string, number>;
  /** The only step to run; null: all. */
  step: number | null;
  short: boolean;
  /** Hosts have this fault of faults.ts, and the campaign ends when something is found. */
  fault?: string;
  /** Ends the campaign after its current step. */
  signal?: AbortSignal;
}

export interface Row {
  attack: Attack;
  tally: Tally;
  steps: number;
  seconds: number;
  obstacle: string | null;
}

/** A step that takes longer hangs, in milliseconds; a busy machine may take minutes for one. */
const stepTimeout = 1_200_000;

/** Runs the attacks in turn, each with its share of the time, until the time is up or all goals are reached. */
export async function runCampaign(
  attacks: readonly Attack[],
  limits: Limits,
  makeTemplate: (folder: string, random: RandomStream) => Promise<Template>,
  log: (line: string) => void,
): Promise<{ rows: Row[]; silences: Silences }> {
  const folder = mkdtempSync(join(tmpdir(), 'boundary-soak-'));
  const silences = new Silences();
  const rows = attacks.map((attack) => ({
    attack,
    tally: new Tally(),
    steps: 0,
    seconds: 0,
    obstacle: limits.short && attack.isLong ? 'not in the short form' : attack.obstacle(),
  }));
  try {
    const template = await makeTemplate(join(folder, 'template'), randomStream(limits.seed, 'template'));
    const end = performance.now() + limits.minutes * 60_000;
    let told = performance.now();
    for (;;) {
      if (performance.now() - told > progressInterval) {
        told = performance.now();
        log(`so far: ${rows.map((row) => `${row.attack.name} ${tried(row)}`).join(', ')}`);
      }
      const row = nextRow(rows, limits);
      const isFound = limits.fault !== undefined && rows.some(({ tally }) => !tally.isClean);
      if (!row || isFound || performance.now() > end || limits.signal?.aborted) break;
      const index = limits.step ?? row.steps;
      const began = performance.now();
      await runStep(
        row,
        index,
        { folder: join(folder, `${row.attack.name}-${index}`), template, silences },
        limits,
        log,
      );
      row.seconds += (performance.now() - began) / 1000;
      row.steps += 1;
    }
    return { rows, silences };
  } finally {
    rmSync(folder, removal);
  }
}

/** Milliseconds between lines that say how far it is. */
const progressInterval = 120_000;

const tried = ({ attack, tally }: Row): number => tally.counts.get(attack.unit) ?? 0;

/** The attack that has had the least of its share and is not through. */
function nextRow(rows: readonly Row[], { goals, step, short }: Limits): Row | undefined {
  const isThrough = (row: Row): boolean => {
    const { attack, steps } = row;
    if (step !== null || short) return steps > 0;
    const goal = goals.size > 0 ? (goals.get(attack.unit) ?? 0) : Number.POSITIVE_INFINITY;
    return tried(row) >= goal;
  };
  return rows
    .filter((row) => row.obstacle === null && !isThrough(row))
    .sort((a, b) => a.seconds / a.attack.weight - b.seconds / b.attack.weight)[0];
}

async function runStep(
  { attack, tally }: Row,
  index: number,
  world: Pick<Step, 'folder' | 'template' | 'silences'>,
  { seed, short, fault }: Limits,
  log: (line: string) => void,
): Promise<void> {
  const endings: (() => unknown)[] = [];
  const own = new Tally();
  mkdirSync(world.folder, { recursive: true });
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`the step hangs: no end after ${stepTimeout / 1000} s`)),
    stepTimeout,
  );
  const random = randomStream(seed, attack.name, index);
  const atEnd = (work: () => unknown): void => void endings.push(work);
  try {
    await Promise.race([
      attack.step({ ...world, index, random, tally: own, short, fault: fault ?? null, atEnd }),
      late,
    ]);
  } catch (error) {
    own.faults.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    clearTimeout(timer);
    for (const work of endings.reverse()) await Promise.resolve(work()).catch((error: unknown) => log(String(error)));
    rmSync(world.folder, removal);
  }
  for (const [what, count] of own.counts) tally.count(what, count);
  for (const kind of ['lost', 'in', 'faults'] as const) {
    for (const message of own[kind]) {
      tally[kind].push(message);
      log(`${kind.toUpperCase()} ${attack.name} step ${index}: ${message}`);
    }
  }
  if (!own.isClean) log(`repeat it: npm run soak -- --seed ${seed} --only ${attack.name} --step ${index}`);
}

/** What was tried and what was found, a row for each attack, and the silences. */
export function formatTable(rows: readonly Row[], silences: Silences): string {
  const lines = rows.flatMap((row) => {
    const { attack, tally, steps, seconds, obstacle } = row;
    if (obstacle !== null) return [`${attack.name.padEnd(12)} not tried: ${obstacle}`];
    const count = `${tried(row)} ${attack.unit}`.padEnd(16);
    const found = [tally.lost, tally.in, tally.faults].map(({ length }) => String(length).padStart(6)).join(' ');
    const details = [...tally.counts].filter(([what]) => what !== attack.unit).map(([what, n]) => `${what} ${n}`);
    return [
      `${attack.name.padEnd(12)} ${count} ${found} ${String(steps).padStart(6)} ${seconds.toFixed(0).padStart(6)} s`,
      ...details.map((detail) => `${''.padEnd(14)}${detail}`),
    ];
  });
  return [
    `${'attack'.padEnd(12)} ${'tried'.padEnd(16)} ${['lost', 'in', 'faults', 'steps'].map((name) => name.padStart(6)).join(' ')}`,
    ...lines,
    ...silences.format(),
  ].join('\n');
}

export interface Verdict {
  /** What is wrong with the result; empty: nothing. */
  found: string[];
  /** What the result says nothing about, each with the reason. */
  unjudged: string[];
}

export function judge(rows: readonly Row[], silences: Silences): Verdict {
  const count = (kind: 'lost' | 'in' | 'faults'): number =>
    rows.reduce((sum, { tally }) => sum + tally[kind].length, 0);
  const times = silences.judge();
  return {
    found: [
      ...(count('lost') > 0 ? [`${count('lost')} lost`] : []),
      ...(count('in') > 0 ? [`${count('in')} let in`] : []),
      ...(count('faults') > 0 ? [`${count('faults')} faults`] : []),
      ...times.found,
    ],
    unjudged: [...rows.flatMap(unjudged), ...times.unjudged],
  };
}

function unjudged({ attack, tally, steps, obstacle }: Row): string[] {
  if (obstacle !== null) return [`${attack.name} (${obstacle})`];
  if (steps === 0) return [`${attack.name} (no time)`];
  const missing = (attack.acts ?? []).filter((act) => !tally.counts.has(acknowledged(act)));
  const acts = missing.length > 0 ? [`${missing.join(', ')} (never acknowledged before a kill)`] : [];
  return [...acts, ...(attack.unjudged ?? [])];
}

/** How a tally counts an act that was acknowledged. */
export const acknowledged = (act: string): string => `acknowledged: ${act}`;

export const formatVerdict = (seed: number, { found, unjudged: not }: Verdict): string =>
  [
    ...(not.length > 0 ? [`not judged: ${not.join('; ')}`] : []),
    `seed ${seed}: ${found.length > 0 ? found.join(', ') : 'nothing lost, nobody in'}`,
  ].join('\n');
