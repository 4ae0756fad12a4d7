/**
 * The tables of docs/reproduction.md, from a data folder in which the preset `replay` (or `paper`) has run:
 *
 *   node tests/bench/reproduction.ts FOLDER [STUDY]
 *
 * Numbers of networks alone, as metrics.md 2.2 defines them; the folder is only read.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { diverseGroups, modelGroup, seedCells, type ModelGroup } from '../../main/analysis/groups.ts';
import { orderInput, type OrderedInput } from '../../main/analysis/input.ts';
import { countPairs } from '../../main/analysis/pair-counts.ts';
import { pairwiseDisagreementPct } from '../../main/analysis/agreement.ts';
import { spread, type Spread } from '../../main/analysis/spread.ts';
import { parsePaperValues } from '../../main/exhibits/paper-values.ts';
import { readStudyData } from '../../main/services/analysis-input.ts';
import { findStudy } from '../../main/services/tools/find.ts';
import { openWorkbench } from '../../main/services/tools/workbench.ts';
import { markdownTable } from './table.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [dataFolder = '', studyName = 'replay'] = process.argv.slice(2);
const resources = join(root, 'resources');
const valuesPath = join(resources, 'paper', 'values.json');
const paper = parsePaperValues(readFileSync(valuesPath, 'utf8'), valuesPath);
const bench = openWorkbench({ root, resources, dataFolder, readOnly: true });
const study = findStudy(bench, studyName);
const data = readStudyData(bench, study.id);
if (!data) throw new Error('The study has no stimuli yet.');
const input = orderInput(data.input);

interface Disagreement {
  networks: number;
  /** Percent of all images, over pairs of networks. */
  two: Spread;
  /** Percent of all images; null for fewer than two networks. */
  any: number | null;
}

function disagreement({ labels, members, votes }: Pick<ModelGroup, 'labels' | 'members' | 'votes'>): Disagreement {
  const split = votes.distinct.reduce((sum, distinct) => sum + Number(distinct > 1), 0);
  return {
    networks: members.length,
    two: pairwiseDisagreementPct(countPairs(labels)),
    any: members.length < 2 ? null : (100 * split) / votes.distinct.length,
  };
}

const one = (value: number | null): string => (value === null ? '–' : value.toFixed(1));
const both = ({ mean, std }: { mean: number | null; std: number | null }): string => `${one(mean)} ± ${one(std)}`;
/** Over groups; one group has no spread. */
const over = (values: Spread): string => (values.n < 2 ? one(values.mean) : both(values));

/** Table 2 without people, beside the paper's. */
function diverse(of: OrderedInput): string {
  const rows = diverseGroups(of).map((group) => {
    const { networks, two, any } = disagreement(group);
    const printed = paper.table2[String(group.target)];
    const theirs = printed ? [both(printed.pairwise_disagreement_pct), one(printed.all_disagree_pct)] : ['–', '–'];
    return [`${group.target} %`, String(networks), both(two), theirs[0] ?? '', one(any), theirs[1] ?? ''];
  });
  return markdownTable(['target', 'networks', 'two differ, %', 'paper', 'any differ, %', 'paper'], rows);
}

/** The same for the three networks of one architecture among the diverse ones. */
function diverseByArchitecture(of: OrderedInput): string {
  const rows = diverseGroups(of).flatMap((group) =>
    [...new Set(group.members.map((member) => of.models[member]!.architecture))].map((architecture) => {
      const members = group.members.filter((member) => of.models[member]!.architecture === architecture);
      const { networks, two, any } = disagreement(modelGroup(of, members));
      return [`${group.target} %`, architecture, String(networks), both(two), one(any)];
    }),
  );
  return markdownTable(['target', 'architecture', 'networks', 'two differ, %', 'any differ, %'], rows);
}

/** Seed groups: each value is of one group of ten; spread over groups. */
function seeds(of: OrderedInput): string {
  const rows = seedCells(of).map(({ architecture, target, repeats }) => {
    const found = repeats.map(disagreement);
    return [
      ...[architecture, `${target} %`, repeats.map(({ members }) => members.length).join(' + ')],
      over(spread(found.map(({ two }) => two.mean))),
      over(spread(found.map(({ any }) => any))),
    ];
  });
  return markdownTable(['architecture', 'target', 'networks', 'two differ, %', 'any differ, %'], rows);
}

/** How many runs met each target, and after how many steps. */
function landed(): string {
  const links = bench.storage.studyRuns.list(study.id).filter(({ role }) => role.startsWith('models/'));
  const runs = links.flatMap(({ runId }) => bench.storage.runs.get(runId) ?? []);
  const rows = ['mlp', 'cnn', 'vit'].flatMap((kind) => {
    const results = runs.flatMap(({ task, result }) =>
      task.kind === 'classifier' && task.recipe.architecture.kind === kind && result?.kind === 'classifier'
        ? [result]
        : [],
    );
    return [97.5, 98, 98.5].map((target) => {
      const steps = results
        .flatMap(({ snapshots }) => snapshots.filter((snapshot) => snapshot.target === target).map(({ step }) => step))
        .sort((a, b) => a - b);
      const median = steps[steps.length >> 1];
      return [
        ...[kind.toUpperCase().replace('VIT', 'ViT'), `${target} %`, `${steps.length} of ${results.length}`],
        median === undefined ? '–' : `${steps[0]} / ${median} / ${steps.at(-1)}`,
      ];
    });
  });
  return markdownTable(['architecture', 'target', 'runs that met it', 'step: first / median / last'], rows);
}

console.log([diverse(input), diverseByArchitecture(input), seeds(input), landed()].join('\n\n'));
bench.storage.close();
