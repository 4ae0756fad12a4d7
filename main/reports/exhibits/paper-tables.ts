import { imageClasses } from '../../analysis/image-types.ts';
import { byArchitecture, byNumber } from '../order.ts';
import { paperTable5, paperTypes } from '../paper-values.ts';
import { missedAt, twoModels, whyNoType, whyUndetermined } from '../sections/table-parts.ts';
import { named, noPeople, peopleWord, typeTitle, type View } from '../view.ts';
import { type Exhibit, type ExhibitCell, fromPaper, orWhy, spreadOrWhy } from './exhibit.ts';

const [ours, theirs] = ['this study', fromPaper];

/** Table 1: images by type. */
export function table1Exhibit(view: View): Exhibit {
  const rows = view.groups.flatMap(({ target, group }): ExhibitCell[][] => {
    const { types, n_models: models } = group;
    const why = whyUndetermined(view, models);
    const known = types && types.n_images > 0 ? types : null;
    const paper = paperTypes(view.paper, target);
    const own = [
      ...imageClasses.map((name) => orWhy(known?.counts[name], why)),
      orWhy(known?.n_exception, why),
      orWhy(known?.n_images, why),
    ];
    const row = [Number(target), ours, models, ...own];
    if (!paper) return [row];
    return [row, [Number(target), theirs, 9, ...imageClasses.map((name) => paper[name]), null, paper.images]];
  });
  return {
    ...{ id: 'table-1', number: 'Table 1', title: 'Images by type', people: true, rows },
    columns: [
      ...[{ name: 'Target %' }, { name: 'Source' }, { name: 'Networks' }],
      ...imageClasses.map((name) => ({ name: typeTitle(view, name) })),
      ...[{ name: 'of these exceptions' }, { name: 'Images' }],
    ],
    notes: [
      named(view, 'Exceptions: people agree on one label, networks on another. They are counted in “both agree”.'),
    ],
  };
}

/** Table 2: misclassified and disagreed on, percent. */
export function table2Exhibit(view: View): Exhibit {
  const rows = view.groups.flatMap(({ target, group: { table2, n_models: models } }): ExhibitCell[][] => {
    const paper = view.paper?.table2[target];
    const own: ExhibitCell[] = [
      ...[Number(target), ours, models],
      spreadOrWhy(table2.misclassified_per_model_pct, noPeople(view)),
      orWhy(table2.misclassified_across_pct, noPeople(view)),
      spreadOrWhy(table2.pairwise_disagreement_pct, twoModels),
      orWhy(table2.all_disagree_pct, twoModels),
    ];
    if (!paper) return [own];
    return [
      own,
      [
        ...[Number(target), theirs, 9, paper.misclassified_per_model_pct, paper.misclassified_across_pct],
        ...[paper.pairwise_disagreement_pct, paper.all_disagree_pct],
      ],
    ];
  });
  return {
    ...{ id: 'table-2', number: 'Table 2', title: 'Misclassified and disagreeing, percent of images', people: true },
    columns: [
      ...[{ name: 'Target %' }, { name: 'Source' }, { name: 'Networks' }],
      { name: 'Misclassified per network', decimals: 1, spread: true },
      { name: 'Misclassified by any', decimals: 1 },
      { name: 'Two networks differ', decimals: 1, spread: true },
      { name: 'Any networks differ', decimals: 1 },
    ],
    rows: [...rows, ...humanRows(view)],
    notes: ['Mean ± population standard deviation.'],
  };
}

function humanRows(view: View): ExhibitCell[][] {
  const { humans, meta } = view.data.analysis ?? {};
  const row = (source: string, n: number, pairwise: ExhibitCell, all: ExhibitCell): ExhibitCell[] => [
    ...[source === theirs ? 'people' : peopleWord(view), source, n, null, null, pairwise, all],
  ];
  const own = row(
    ours,
    meta?.n_labelers ?? 0,
    spreadOrWhy(humans?.pairwise_disagreement_pct, noPeople(view)),
    orWhy(humans?.disagree_pct, noPeople(view)),
  );
  const { paper } = view;
  if (!paper) return [own];
  return [own, row(theirs, 10, paper.human_pairwise_disagreement_pct, paper.human_disagree_pct)];
}

/** Table 3: shares of types, percent of the labelled images. */
export function table3Exhibit(view: View): Exhibit {
  const rows = view.groups.flatMap(({ target, group: { types, n_models: models } }): ExhibitCell[][] => {
    const why = whyUndetermined(view, models);
    const paper = view.paper?.table3[target];
    const shares = [
      types?.nn_disagree_pct,
      types?.type_a_pct,
      types?.type_b_pct,
      types?.type_c_pct,
      types?.exception_pct,
    ];
    const counts = [models, missedAt(view, target), types?.n_images ?? 0];
    const own = [Number(target), ours, ...counts, ...shares.map((value) => orWhy(value, why))];
    if (!paper) return [own];
    const printed = [paper.nn_disagree_pct, paper.type_a_pct, null, paper.type_c_pct, null];
    return [own, [Number(target), theirs, 9, null, 165, ...printed]];
  });
  return {
    ...{ id: 'table-3', number: 'Table 3', title: 'Types by target accuracy, percent', people: true, rows },
    columns: [
      ...[{ name: 'Target %' }, { name: 'Source' }, { name: 'Networks' }, { name: 'Missed' }, { name: 'Images' }],
      { name: 'Networks disagree', decimals: 1 },
      ...['Type A', 'Type B', 'Type C', 'Exceptions'].map((name) => ({ name, decimals: 1 })),
    ],
    notes: ['Type A grows with the number of networks. Missed: networks that never came close enough to the target.'],
  };
}

/** Table 4: largest softmax by type. */
export function table4Exhibit(view: View): Exhibit {
  const rows = view.groups.flatMap(({ target, group }): ExhibitCell[][] => {
    const paper = view.paper?.table4_max_softmax[target];
    const own = imageClasses.map((name) => spreadOrWhy(group.table4[name], whyNoType(view, group.n_models)));
    const row = [Number(target), ours, ...own, ...imageClasses.map((name) => group.table4[name].n)];
    if (!paper) return [row];
    const printed = imageClasses.map((name): ExhibitCell => {
      const [mean, std] = paper[name] ?? [];
      return mean === undefined || std === undefined ? null : { mean, std };
    });
    return [row, [Number(target), theirs, ...printed, null, null, null, null]];
  });
  return {
    ...{ id: 'table-4', number: 'Table 4', title: 'Largest softmax by type', people: true, rows },
    columns: [
      ...[{ name: 'Target %' }, { name: 'Source' }],
      ...imageClasses.map((name) => ({ name: typeTitle(view, name), decimals: 3, spread: true })),
      ...['A', 'both disagree', 'both agree', 'C'].map((name) => ({ name: `n, ${name}` })),
    ],
    notes: ['Mean ± population standard deviation over all networks and images of the type; n predictions.'],
  };
}

/** Table 5: certainty of seed groups by certainty of people, percent. */
export function table5Exhibit(view: View): Exhibit {
  const { table5 = {}, humans } = view.data.analysis ?? {};
  const classes = byNumber(humans?.hc_counts ?? {}).reverse();
  const why = view.data.analysis?.meta.n_determined ? 'No image has this human certainty.' : noPeople(view);
  const rows = byArchitecture(table5).flatMap(([architecture, targets]) =>
    byNumber(targets).flatMap(([target, cells]): ExhibitCell[][] => {
      const own = classes.map(([key]) => spreadOrWhy(cells[key], why));
      const row = [architecture, Number(target), ours, ...own];
      if (view.paper?.table5_model_certainty_pct[target]?.[architecture] === undefined) return [row];
      const printed = classes.map(([key]) => paperTable5(view.paper, target, architecture, Number(key)));
      return [row, [architecture, Number(target), theirs, ...printed]];
    }),
  );
  return {
    id: 'table-5',
    number: 'Table 5',
    title: `Certainty of networks by certainty of ${peopleWord(view)}, percent`,
    people: true,
    columns: [
      ...[{ name: 'Architecture' }, { name: 'Target %' }, { name: 'Source' }],
      ...classes.map(([key]) => ({ name: `${key} %`, decimals: 1, spread: true })),
    ],
    rows: [['Images', null, ours, ...classes.map(([, n]) => n)], ...rows],
    notes: ['Mean ± population standard deviation over seed groups of the mean over the images of a class.'],
  };
}

/** Figure 2: types against accuracy. */
export function figure2Exhibit(view: View): Exhibit {
  const rows = byArchitecture(view.data.analysis?.fig2 ?? {}).flatMap(([architecture, targets]) =>
    byNumber(targets).map(([target, cell]): ExhibitCell[] => {
      const why = view.data.analysis?.meta.n_determined ? twoModels : noPeople(view);
      const { type_a_pct: a, type_c_pct: c, nn_disagree_pct: all } = cell;
      return [architecture, Number(target), a.n, ...[a, c, all].map((value) => spreadOrWhy(value, why))];
    }),
  );
  return {
    ...{ id: 'figure-2', number: 'Figure 2', title: 'Types against accuracy, seed groups', people: true, rows },
    columns: [
      ...[{ name: 'Architecture' }, { name: 'Target %' }, { name: 'Groups' }],
      ...['Type A %', 'Type C %', 'Networks disagree %'].map((name) => ({ name, decimals: 1, spread: true })),
    ],
    notes: ['Mean ± population standard deviation over groups.'],
  };
}
