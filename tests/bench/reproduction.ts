/**
 * The tables of docs/reproduction.md, from a data folder in which its studies have run and anchors were drawn:
 *
 *   node tests/bench/reproduction.ts FOLDER [STUDY...]
 *
 * The first study is the replay, the others have its diverse networks and other generators. The folder is only read.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Effect, EffectEstimator } from '../../main/contributions/contrasts/analysis/effects.ts';
import { orderInput } from '../../main/analysis/outcomes/input.ts';
import { drawsResultFiles } from '../../main/contributions/draws/contract/task.ts';
import { drawSpread, percentileAmong } from '../../main/contributions/draws/analysis/draws.ts';
import { family } from '../../main/contributions/contrasts/analysis/families.ts';
import { spread } from '../../main/analysis/statistics/spread.ts';
import { at } from '../../main/domain/numbers/arrays.ts';
import { drawnDistributions } from '../../main/contributions/draws/exhibit.ts';
import { drawsTitle } from '../../main/contributions/draws/title.ts';
import { parsePaperValues } from '../../main/exhibits/parts/paper-values.ts';
import { readStudyData } from '../../main/services/analysis-input.ts';
import { listDraws, readDraws } from '../../main/contributions/draws/read.ts';
import { findStudy } from '../../main/services/workbench/find.ts';
import { openWorkbench } from '../../main/services/workbench/workbench.ts';
import {
  type DrawnNetwork,
  type DrawnSets,
  drawEstimator,
  levelSources,
  setEstimator,
} from './reproduction/draw-effects.ts';
import { markdownTable } from './table.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [dataFolder = '', ...named] = process.argv.slice(2);
const names = named.length > 0 ? named : ['replay', 'replay-weaker', 'replay-weaker-clear'];
const resources = join(root, 'resources');
const valuesPath = join(resources, 'paper', 'values.json');
const paper = parsePaperValues(readFileSync(valuesPath, 'utf8'), valuesPath);
const bench = openWorkbench({ root, resources, dataFolder, readOnly: true });
const studies = names.map((name) => findStudy(bench, name));
const [replay] = studies;
if (!replay) throw new Error('Name a study.');
const targets = [97.5, 98, 98.5];
const classes = 10;

const one = (value: number | null): string => (value === null ? '–' : value.toFixed(1));
const both = ({ mean, std }: { mean: number | null; std: number | null }): string => `${one(mean)} ± ${one(std)}`;
const signed = (value: number | null): string =>
  value === null ? '–' : `${value < 0 ? '−' : '+'}${Math.abs(100 * value).toFixed(2)}`;
const probability = (p: number | null): string =>
  p === null ? '–' : p < 0.001 ? '< .001' : p.toFixed(3).replace(/^0/, '');

const percent = (value: number | null): string => (value === null ? '–' : (100 * value).toFixed(1));
/** A level with its interval, in percent. */
const level = ({ estimate, lo, hi }: Effect): string =>
  lo === null ? percent(estimate) : `${percent(estimate)} (${percent(lo)} to ${percent(hi)})`;
/** A change with its interval, in points, and its p adjusted for the family. */
const change = ({ estimate, lo, hi, reason }: Effect, p: number | null): string =>
  lo === null
    ? `${signed(estimate)} (${reason})`
    : `${signed(estimate)} (${signed(lo)} to ${signed(hi)}), p ${probability(p)}`;

const steps = [
  [97.5, 98],
  [98, 98.5],
  [97.5, 98.5],
] as const;

/** Levels at each target, and the changes between targets as a family, of two networks and of any m. */
function effectsOf(name: string, m: number, estimatorOf: (order: number) => EffectEstimator) {
  const orders = [2, m].map((order) => ({ order, estimator: estimatorOf(order) }));
  const measure = (order: number): string => (order === 2 ? 'two differ' : `any of ${order} differ`);
  const levels = orders.map(({ order, estimator }) => [
    ...[name, measure(order)],
    ...targets.map((target) => level(estimator.estimate({ type: 'mean', at: { target: String(target) } }).effect)),
  ]);
  const falls = orders.flatMap(({ order, estimator }) => {
    const parts = steps.map(([from, to]) =>
      estimator.estimate({ type: 'difference', a: { target: String(to) }, b: { target: String(from) } }),
    );
    const { members } = family(parts.map((of) => ({ member: {}, of })));
    return [[name, measure(order), ...members.map(({ p_holm }, n) => change(at(parts, n).effect, p_holm))]];
  });
  return { levels, falls };
}

/** A table of levels, and one of changes. */
function effectTables(found: readonly ReturnType<typeof effectsOf>[]): string[] {
  return [
    markdownTable(
      ['networks', 'measure', ...targets.map((target) => `${target} %`)],
      found.flatMap((each) => each.levels),
    ),
    markdownTable(
      ['networks', 'measure', ...steps.map(([from, to]) => `${from} to ${to} %`)],
      found.flatMap((each) => each.falls),
    ),
  ];
}

/** The replay's own set, under the claim about networks and anchors like these. */
function ownSet(): string[] {
  const data = readStudyData(bench, replay!.id);
  if (!data) throw new Error('The replay has no stimuli yet.');
  const { models, images, modelLabels } = orderInput(data.input);
  const networks = models.map(({ name, block, target, repeat, architecture }, n) => ({
    run: block ?? name,
    set: 'own',
    target: target!,
    repeat,
    architecture,
    labels: modelLabels.values.subarray(n * images.length, (n + 1) * images.length),
  }));
  const architectures = [...new Set(networks.map(({ architecture }) => architecture))];
  const groups = [
    { name: 'diverse nine', m: 9, of: networks.filter(({ repeat }) => repeat === null) },
    ...architectures.map((name) => ({
      name: `${name} seeds`,
      m: 10,
      of: networks.filter(({ repeat, architecture }) => repeat !== null && architecture === name),
    })),
  ].filter(({ of }) => of.length > 0);
  const found = groups.map(({ name, m, of }) =>
    effectsOf(name, m, (order) => setEstimator(images, of, { m: order, classes })),
  );
  return effectTables(found);
}

/** Draws of one study by one rule, with whose labels they are. */
interface Drawn {
  study: string;
  rule: string;
  numbers: NonNullable<ReturnType<typeof readDraws>>;
  diverse: DrawnSets;
  /** By architecture: all networks of its seed groups. */
  seeds: Map<string, DrawnSets>;
}

function readAllDraws(): Drawn[] {
  return studies.flatMap((study) => {
    const models = bench.storage.models.ofStudy(study.id);
    return listDraws(bench.storage, study.id).flatMap((run): Drawn[] => {
      const numbers = readDraws(bench.storage, run, null);
      const files = drawsResultFiles.safeParse(run.result).data;
      if (!numbers || !files) return [];
      const bytes = Uint8Array.from(bench.storage.blobs.get(files.labels));
      const labels = new Uint16Array(bytes.buffer);
      const draws = numbers.draws.length;
      const snapshots = [...new Set(run.task.groups.flatMap((group) => group.snapshots))];
      const images = labels.length / draws / (1 + snapshots.length);
      const labelsOf = (snapshot: string): Uint16Array => {
        const row = 1 + snapshots.indexOf(snapshot);
        const own = new Uint16Array(draws * images);
        for (let draw = 0; draw < draws; draw++) {
          const start = (draw * (1 + snapshots.length) + row) * images;
          own.set(labels.subarray(start, start + images), draw * images);
        }
        return own;
      };
      const networks = (group: 'diverse' | 'seeds', architecture?: string): DrawnNetwork[] =>
        models
          .filter((model) => model.group === group && (!architecture || model.architecture === architecture))
          .filter(({ weights }) => snapshots.includes(weights))
          .map(({ runId, target, weights }) => ({ run: String(runId), target, labels: labelsOf(weights) }));
      const architectures = [...new Set(models.filter(({ group }) => group === 'seeds').map((m) => m.architecture))];
      return [
        {
          study: study.name,
          rule: run.task.rule,
          numbers,
          diverse: { draws, images, networks: networks('diverse') },
          seeds: new Map(architectures.map((name) => [name, { draws, images, networks: networks('seeds', name) }])),
        },
      ];
    });
  });
}

const all = readAllDraws();

/** The level over draws, and the share of draws below the paper's value. */
function levels(): string {
  const rows = all.flatMap(({ study, numbers }) =>
    targets.map((target) => {
      const ofTarget = drawnDistributions({ ...numbers, sameLayout: false }, paper).filter(
        (each) => each.group === `${target} %`,
      );
      const cells = (['pairwise_disagreement_pct', 'any_differ_pct'] as const).flatMap((measure) => {
        const found = ofTarget.find((each) => each.measure === measure);
        const values = found && drawSpread(found.values);
        if (!found || !values) return ['–', '–', '–'];
        const below = found.paper === null ? null : percentileAmong(found.values, found.paper);
        return [
          both({ mean: values.mean, std: values.std }),
          `${one(values.quantiles[0])} to ${one(values.quantiles[4])}`,
          below === null ? '–' : `${below.toFixed(0)} %`,
        ];
      });
      return [study, drawsTitle(numbers.task), String(numbers.draws.length), `${target} %`, ...cells];
    }),
  );
  const header = ['study', 'anchors', 'draws', 'target'];
  for (const name of ['two differ, %', 'any differ, %']) header.push(name, '95 % of draws', 'draws below the paper');
  return markdownTable(header, rows);
}

/** For other draws and networks like these: levels, and what changes from one target to the next, paired by training. */
function overDraws(): string[] {
  const found = all.flatMap(({ study, rule, diverse, seeds }) => {
    const groups = [
      { name: 'diverse nine', of: diverse, m: 9 },
      ...[...seeds].map(([name, of]) => ({ name: `${name.toUpperCase()} seeds`, of, m: 10 })),
    ].filter(({ of }) => of.networks.length > 0);
    return groups.map(({ name, of, m }) =>
      effectsOf(`${study}, ${rule}: ${name}`, m, (order) =>
        drawEstimator(new Map([[rule, of]]), { m: order, classes }),
      ),
    );
  });
  return effectTables(found);
}

/** The same networks on the draws of two generators by one rule, or by two rules from one generator. */
function contrasts(): string {
  const compare = (a: Drawn, b: Drawn, name: string, what: string): string[][] =>
    targets.map((target) => {
      const sets = new Map([
        ['a', a.diverse],
        ['b', b.diverse],
      ]);
      const { effect } = drawEstimator(sets, { m: 2, classes }).estimate({
        type: 'difference',
        a: { set: 'a', target: String(target) },
        b: { set: 'b', target: String(target) },
      });
      return [name, what, `${target} %`, change(effect, effect.p)];
    });
  const rules = [...new Set(all.map(({ rule }) => rule))];
  const find = (study: string, rule: string) => all.filter((each) => each.study === study && each.rule === rule);
  const generators = rules.flatMap((rule) =>
    names.slice(1).flatMap((study) => {
      const [a, b] = [find(study, rule)[0], find(replay!.name, rule)[0]];
      return a && b ? compare(a, b, `${study} − ${replay!.name}`, rule) : [];
    }),
  );
  const byRule = names.flatMap((study) =>
    rules
      .filter((rule) => rule !== 'best')
      .flatMap((rule) => {
        const [a, b] = [find(study, rule)[0], find(study, 'best')[0]];
        return a && b ? compare(a, b, `${rule} − best`, study) : [];
      }),
  );
  return markdownTable(['difference', 'within', 'target', 'two differ'], [...generators, ...byRule]);
}

/** What the level of one study (one draw, nine networks, fifteen pairs) comes from. */
function sources(): string {
  const rows = all.flatMap(({ study, rule, diverse, numbers }) =>
    targets.flatMap((target) => {
      const parts = drawEstimator(new Map([[rule, diverse]]), { m: 2, classes }).estimate({
        type: 'mean',
        at: { target: String(target) },
      });
      const found = levelSources(parts);
      if (!found) return [];
      const pairs = pairDeviation(diverse, target, numbers.task.pairs.length);
      const { anchors, networks, both: dealings } = found;
      const variance = [anchors, networks, dealings, pairs].map((value) => value ** 2);
      const total = variance.reduce((sum, value) => sum + value, 0);
      const cells = variance.map((value) => `${Math.sqrt(value).toFixed(2)} (${((100 * value) / total).toFixed(0)} %)`);
      return [[study, rule, `${target} %`, ...cells]];
    }),
  );
  const header = ['study', 'rule', 'target', 'anchors', 'networks', 'networks × anchors', 'choice of pairs'];
  return markdownTable(header, rows);
}

/** Standard deviation of the level, in percent, if as many other pairs of classes were chosen: of pairs' own means. */
function pairDeviation({ draws, images, networks }: DrawnSets, target: number, pairs: number): number {
  const group = networks.filter((network) => network.target === target);
  const perPair = images / pairs;
  const disagreement = (pair: number, draw: number): number => {
    let differ = 0;
    for (let k = 0; k < perPair; k++) {
      const image = draw * images + pair * perPair + k;
      const counts = new Map<number, number>();
      for (const { labels } of group) counts.set(labels[image]!, (counts.get(labels[image]!) ?? 0) + 1);
      const same = [...counts.values()].reduce((sum, count) => sum + (count * (count - 1)) / 2, 0);
      differ += 1 - same / ((group.length * (group.length - 1)) / 2);
    }
    return (100 * differ) / perPair;
  };
  const perDraw = Array.from({ length: pairs }, (_, pair) =>
    Array.from({ length: draws }, (_, d) => disagreement(pair, d)),
  );
  const own = perDraw.map((values) => spread(values));
  // The means of pairs differ by chance too: what that adds is taken off.
  const chance = own.reduce((sum, { std }) => sum + (std ?? 0) ** 2 / draws, 0) / pairs;
  const between = (spread(own.map(({ mean }) => mean)).std ?? 0) ** 2;
  return Math.sqrt(Math.max(0, between - chance) / pairs);
}

/** How many runs met each target, after how many steps, and where the trend stood. */
function landed(): string {
  const links = bench.storage.studyRuns.list(replay!.id).filter(({ role }) => role.startsWith('models/'));
  const runs = links.flatMap(({ runId }) => bench.storage.runs.get(runId) ?? []);
  const rows = ['mlp', 'cnn', 'vit'].flatMap((kind) => {
    const ofKind = runs.flatMap(({ id, task, result }) =>
      task.kind === 'classifier' && task.recipe.architecture.kind === kind && result?.kind === 'classifier'
        ? [{ id, asked: task.recipe.targets, snapshots: result.snapshots }]
        : [],
    );
    return targets.map((target) => {
      const asked = ofKind.filter((run) => run.asked.includes(target));
      const met = asked.flatMap(({ id, snapshots }) =>
        snapshots.filter((snapshot) => snapshot.target === target).map(({ step }) => ({ id, step })),
      );
      const order = met.map(({ step }) => step).sort((a, b) => a - b);
      const trends = met.flatMap(({ id, step }) => bench.storage.runHistory.trend(id, step).accuracy ?? []);
      const median = order[order.length >> 1];
      return [
        ...[kind.toUpperCase().replace('VIT', 'ViT'), `${target} %`, `${met.length} of ${asked.length}`],
        median === undefined ? '–' : `${order[0]} / ${median} / ${order.at(-1)}`,
        trends.length === 0 ? '–' : both(spread(trends)),
      ];
    });
  });
  const header = ['architecture', 'target', 'runs that met it', 'step: first / median / last', 'trend accuracy, %'];
  return markdownTable(header, rows);
}

console.log([...ownSet(), levels(), ...overDraws(), contrasts(), sources(), landed()].join('\n\n'));
bench.storage.close();
