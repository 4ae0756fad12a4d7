import { fig2, imageClasses, table5 } from '../../analysis/image-types.ts';
import { seedCells, type SeedCell } from '../../analysis/groups.ts';
import { hcClasses } from '../../analysis/humans.ts';
import type { Quantity } from '../../contract/api/results-parts.ts';
import type { TablesResult } from '../../contract/api/results-tables.ts';
import { paperTable5 } from '../../reports/paper-values.ts';
import { disagreeOf, pairwiseOf } from './people.ts';
import { intervalsOf, meanOf, nobody, noDetermined, single, tooFewModels } from './quantity.ts';
import { whyNoType } from './types.ts';
import { aboutPeople, viewGroupOf, type GroupResult, type PeopleView } from './view.ts';

/** Tables 2 to 5 and Figure 2 of all targets. */
export function tablesOf(people: PeopleView): TablesResult {
  const groups = targetsOf(people).map((target) => viewGroupOf(people, { kind: 'diverse', target }));
  const cells = seedCells(people.context.input);
  return {
    ...aboutPeople(people),
    peoplePairwise: pairwiseOf(people),
    peopleDisagree: disagreeOf(people),
    table2: groups.map(table2Row),
    table3: groups.map(table3Row),
    table4: groups.map(table4Row),
    table5: cells.map((cell) => table5Row(people, cell)),
    figure2: cells.map((cell) => figure2Row(people, cell)),
  };
}

export function targetsOf({ source }: PeopleView): number[] {
  const targets = source.models.flatMap(({ input }) => (input.repeat === null ? [input.target] : []));
  return [...new Set(targets)].sort((a, b) => a - b);
}

const row = ({ group, models }: GroupResult) => ({
  target: group.kind === 'diverse' ? group.target : 0,
  models: models.length,
});

const only = (mean: number | undefined): Quantity['paper'] => (mean === undefined ? null : { mean, std: null });

function table2Row(result: GroupResult): TablesResult['table2'][number] {
  const { analysis, people } = result;
  const { table2, intervals } = analysis;
  const { determined, agreed } = people.context.humans.view;
  const undetermined = noDetermined(people);
  const paper = people.paper?.table2[String(row(result).target)];
  const noAgreed = determined > 0 && agreed === 0 ? 'because labelers agree on no image' : undetermined;
  return {
    ...row(result),
    misclassifiedPerModel: meanOf(table2.misclassified_per_model_pct, 'models', {
      because: undetermined,
      interval: intervalsOf(intervals, 'misclassified_per_model_pct'),
      paper: paper?.misclassified_per_model_pct ?? null,
    }),
    misclassifiedOfAgreed: meanOf(table2.misclassified_of_agreed_pct, 'models', { because: noAgreed }),
    misclassifiedAcross: single(table2.misclassified_across_pct, determined, 'images', {
      because: undetermined,
      interval: intervalsOf(intervals, 'misclassified_across_pct'),
      paper: only(paper?.misclassified_across_pct),
    }),
    pairwise: meanOf(table2.pairwise_disagreement_pct, 'pairs of models', {
      because: tooFewModels,
      interval: intervalsOf(intervals, 'pairwise_disagreement_pct'),
      paper: paper?.pairwise_disagreement_pct ?? null,
    }),
    allDisagree: single(table2.all_disagree_pct, people.source.images.length, 'images', {
      because: tooFewModels,
      interval: intervalsOf(intervals, 'all_disagree_pct'),
      paper: only(paper?.all_disagree_pct),
    }),
  };
}

function table3Row(result: GroupResult): TablesResult['table3'][number] {
  const { analysis, people } = result;
  const { types, intervals } = analysis;
  const { determined } = people.context.humans.view;
  const paper = people.paper?.table3[String(row(result).target)];
  const because = whyNoType(result);
  const share = (
    value: number | null | undefined,
    ofPaper: number | undefined,
    name: 'type_a_pct' | 'type_b_pct' | 'type_c_pct' | 'nn_disagree_pct' | 'exception_pct',
  ): Quantity =>
    single(value ?? null, determined, 'images', {
      because,
      interval: intervalsOf(intervals, name),
      paper: only(ofPaper),
    });
  return {
    ...row(result),
    networksDisagree: share(types?.nn_disagree_pct, paper?.nn_disagree_pct, 'nn_disagree_pct'),
    typeA: share(types?.type_a_pct, paper?.type_a_pct, 'type_a_pct'),
    typeB: share(types?.type_b_pct, undefined, 'type_b_pct'),
    typeC: share(types?.type_c_pct, paper?.type_c_pct, 'type_c_pct'),
    exception: share(types?.exception_pct, undefined, 'exception_pct'),
  };
}

function table4Row(result: GroupResult): TablesResult['table4'][number] {
  const paper = result.people.paper?.table4_max_softmax[String(row(result).target)];
  const typed = result.analysis.image_class.some((type) => type !== null);
  const classes = imageClasses.map((type): [typeof type, Quantity] => {
    const [mean, std] = paper?.[type] ?? [];
    const ofPaper = mean === undefined || std === undefined ? null : { mean, std };
    const because = typed ? 'because no image is of this type' : whyNoType(result);
    return [type, meanOf(result.analysis.table4[type], 'values', { because, paper: ofPaper })];
  });
  return { ...row(result), classes: Object.fromEntries(classes) as TablesResult['table4'][number]['classes'] };
}

const cellOf = (cell: SeedCell) => ({
  target: cell.target,
  architecture: cell.architecture,
  repeats: cell.repeats.map(({ repeat }) => repeat),
});

function table5Row(people: PeopleView, cell: SeedCell): TablesResult['table5'][number] {
  const { context, paper } = people;
  const { view } = context.humans;
  const rows = table5(cell, view);
  return {
    ...cellOf(cell),
    classes: hcClasses.map((humanCertainty) => {
      const { per_repeat: perRepeat, ...spread } = rows[String(humanCertainty)]!;
      return {
        humanCertainty,
        images: context.input.imageIds.filter((_, image) => view.hcClass[image] === humanCertainty),
        certainty: meanOf(spread, 'repeats', {
          because: people.labelers.length === 0 ? nobody : 'because no image is of this class of human certainty',
          paper: paperTable5(paper, String(cell.target), cell.architecture, humanCertainty),
        }),
        perRepeat,
      };
    }),
  };
}

function figure2Row(people: PeopleView, cell: SeedCell): TablesResult['figure2'][number] {
  const { type_a_pct: typeA, type_c_pct: typeC, nn_disagree_pct: networks } = fig2(cell, people.context.humans.view);
  const because = people.context.humans.view.determined === 0 ? noDetermined(people) : tooFewModels;
  return {
    ...cellOf(cell),
    typeA: meanOf(typeA, 'repeats', { because }),
    typeC: meanOf(typeC, 'repeats', { because }),
    networksDisagree: meanOf(networks, 'repeats', { because }),
    perRepeat: { typeA: typeA.per_repeat, typeC: typeC.per_repeat },
  };
}
