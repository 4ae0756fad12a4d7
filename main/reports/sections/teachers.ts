import { isForReading } from '../../exhibits/all.ts';
import {
  type DirectionOutcome,
  teachingDifferencesExhibit,
  type TeachingOutcomes,
  teachingOwnLabelsExhibit,
  teachingScoresExhibit,
  verdictOf,
} from '../../exhibits/teaching.ts';
import type { View } from '../../exhibits/view.ts';
import { armTitle, scoreNames } from '../../domain/target-arms.ts';
import { targetTitle } from '../../domain/targets.ts';
import { forestPlot } from '../drawings/forest.ts';
import { exhibitTable } from '../formats/as-html.ts';
import { frame, section } from '../frame.ts';
import { type Html, html } from '../html.ts';

/** What networks learn from people's labels and from other targets. */
export function teachersSection(view: View): Html {
  const all = view.data.teaching ?? [];
  const own = teachingOwnLabelsExhibit(view, all);
  const tables = [teachingDifferencesExhibit(view, all), teachingScoresExhibit(view, all)];
  if (own.rows.length > 0) tables.push(own);
  return section('part-teachers', 'Teachers', [
    frame(view, {
      id: 'teachers-figure',
      number: '',
      title: 'What networks learn from each target',
      people: true,
      body: html`<div class="blocks">${all.flatMap((outcomes) => outcomes.directions.flatMap((of) => blocks(outcomes, of)))}</div>`,
      note: html`<p>Differences from the reference: 95 % interval for other images and trainings like these; a full mark where p, adjusted by Holm’s method, is below 0.05. Scores: mean and one standard deviation over seeds, between two lines, the floor and the ceiling of the labels. Lower is better.</p>`,
    }),
    ...tables.map((table) =>
      isForReading(table)
        ? exhibitTable(view, table)
        : html`<p>The table “${table.title}” with ${table.rows.length} rows is among the files of this report.</p>`,
    ),
  ]);
}

function blocks(outcomes: TeachingOutcomes, { teachers, floor, arms }: DirectionOutcome): Html[] {
  const { outcome, reference, target } = outcomes;
  const differences = arms.flatMap((arm) => {
    const effect = arm.result?.against_reference?.[outcome];
    if (effect?.estimate == null) return [];
    const { estimate, lo, hi } = effect;
    const found = verdictOf(arm, outcome);
    return {
      name: armTitle(arm.arm),
      estimate,
      wider: null,
      isApart: found === 'higher' || found === 'lower',
      interval: lo === null || hi === null ? null : ([lo, hi] as const),
    };
  });
  const scores = arms.flatMap(({ arm, result }) => {
    const { mean = null, std = null, n = 0 } = result?.over_seeds[outcome] ?? {};
    if (mean === null || std === null) return [];
    const interval = n < 2 ? null : ([mean - std, mean + std] as const);
    return { name: armTitle(arm), estimate: mean, wider: null, interval, isApart: true };
  });
  const lines = [floor[`${outcome}_floor` as const], floor[`${outcome}_ceiling` as const]].filter(
    (line) => line !== null,
  );
  const name = scoreNames[outcome];
  return [
    { title: `${name}: difference`, drawing: forestPlot(`difference from ${armTitle(reference)}`, differences, 4) },
    { title: `${name}, between floor and ceiling`, drawing: forestPlot(name, scores, 3, lines) },
  ].flatMap(({ title, drawing }) =>
    drawing === null
      ? []
      : html`<div class="map">
          <h3>Half ${teachers} teaches, ${targetTitle(target)}: ${title}</h3>
          ${drawing}
        </div>`,
  );
}
