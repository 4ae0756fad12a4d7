import { countLabelers } from '../../analysis/humans.ts';
import type { LabelCounts } from '../../analysis/labels.ts';
import {
  imagesWith,
  mostCurvePoints,
  rarefy,
  rarefyTypes,
  type RarefiedCurve,
  type RarefiedPairs,
} from '../../analysis/rarefaction.ts';
import type { ApiInterval } from '../../contract/exhibit.ts';
import type { RarefactionResult } from '../../contract/api/results-charts.ts';
import { peopleWord } from '../../domain/format.ts';
import { whyNotOfKind } from '../../domain/response-kinds.ts';
import { bandsNote, toInterval } from '../../exhibits/cells.ts';
import { curvesEnd, sameAsTables } from '../../exhibits/rarefaction.ts';
import { groupTarget } from './tables.ts';
import { answerHeader, type GroupResult, type PeopleView, type Sides } from './view.ts';

type ApiCurve = RarefactionResult['curves'][number];

/** How each statistic depends on the number of labelers and, with a group, of networks: exact expected values. */
export function rarefactionCurves(sides: Sides): RarefactionResult {
  const { people } = sides;
  const found = curvesOf(sides);
  const bands = found.flatMap(({ intervals: of }) => of);
  const note = bandsNote(bands, peopleWord(people));
  const same = bands.some(({ lo }) => lo !== null) ? [sameAsTables] : [];
  const end = countLabelers(people.context.humans) > mostCurvePoints ? [curvesEnd] : [];
  const noClasses = whyNoClasses(people);
  const missing = noClasses === null ? [] : [`Classes an image are not shown by number of labelers. ${noClasses}`];
  const sentences = [...(note === null ? [] : [note]), ...same, ...end, ...missing];
  const intervals = sentences.length > 0 ? sentences.join(' ') : null;
  const curves = found.map(({ curve }) => curve);
  return { ...answerHeader(people), models: sides.result?.models.length ?? 0, curves, intervals };
}

/** Why it is undefined how many classes fewer people would have named; null: it is not. */
const whyNoClasses = ({ context }: PeopleView): string | null => whyNotOfKind(context.humans.kind, 'single');

/** A curve, and the intervals that are shown as its band. */
interface FoundCurve {
  curve: ApiCurve;
  intervals: readonly ApiInterval[];
}

function curvesOf({ people, result }: Sides): FoundCurve[] {
  const { images } = people.context.input;
  const pairs = { images, units: people.context.claimUnits };
  const ofPeople = {
    pairs,
    counts: people.context.humans.drawn,
    raters: Math.min(countLabelers(people.context.humans), mostCurvePoints),
    along: 'labelers' as const,
    inPaper: people.paper?.labelers_of_table3 ?? 0,
  };
  const noLabels = whyNoClasses(people) !== null;
  const own = ownCurves(ofPeople, people.paper?.human_disagree_pct).slice(0, noLabels ? 1 : undefined);
  if (!result) return own;
  const { view, models } = result;
  const ofModels = {
    pairs,
    counts: view.counts,
    raters: models.length,
    along: 'models' as const,
    inPaper: people.paper?.networks_per_target ?? 0,
  };
  const target = groupTarget(result);
  const paper = target === null ? undefined : people.paper?.table3[target];
  return [
    ...[...own, ...typeCurves(result, ofPeople, paper)],
    ...[...ownCurves(ofModels, paper?.nn_disagree_pct), ...typeCurves(result, ofModels, paper)],
  ];
}

/** The raters whose number varies. */
interface Raters {
  pairs: RarefiedPairs;
  counts: LabelCounts;
  raters: number;
  along: ApiCurve['along'];
  /** Number of them in the paper. */
  inPaper: number;
}

/** Statistics of these raters alone. */
function ownCurves(of: Raters, paper: number | undefined): FoundCurve[] {
  const { counts, raters, along } = of;
  const { disagree, distinct } = rarefy(counts, raters, of.pairs);
  const images = imagesWith(counts, raters);
  return [
    toCurve(along === 'labelers' ? 'people disagree' : 'networks disagree', of, disagree, images, paper),
    toCurve('classes per image', of, distinct, images),
  ];
}

/** Types with fewer labelers and all networks, or fewer networks and all labelers. */
function typeCurves(
  { people, view, models }: GroupResult,
  of: Raters,
  paper: { type_a_pct: number; type_c_pct: number } | undefined,
): FoundCurve[] {
  const { counts, raters } = of;
  const ofPeople = of.along === 'labelers';
  const others = (image: number): boolean | null => {
    if (ofPeople) return models.length < 2 ? null : view.group.votes.distinct[image]! > 1;
    const status = people.context.humans.view.status[image] ?? null;
    return status === null ? null : status === 'disagree';
  };
  const { a, c } = rarefyTypes(counts, raters, ofPeople ? 'people' : 'networks', others, of.pairs);
  const typed = imagesWith(counts, raters, (image) => others(image) !== null);
  return [toCurve('type A', of, a, typed, paper?.type_a_pct), toCurve('type C', of, c, typed, paper?.type_c_pct)];
}

function toCurve(
  name: ApiCurve['name'],
  { along, inPaper }: Raters,
  { values, intervals }: RarefiedCurve,
  images: readonly number[],
  mean?: number,
): FoundCurve {
  const isOfOthersToo = name === 'type A' || name === 'type C';
  const about = isOfOthersToo ? {} : { about: along === 'labelers' ? ('people' as const) : ('networks' as const) };
  // Disagreement needs two raters: types and shares start there.
  const isShown = (at: number): boolean => at > 0 || name === 'classes per image';
  const points = values.map((value, at) => ({
    raters: at + 1,
    n: images[at] ?? 0,
    value: isShown(at) ? value : null,
    lo: isShown(at) ? (intervals[at]?.lo ?? null) : null,
    hi: isShown(at) ? (intervals[at]?.hi ?? null) : null,
  }));
  return {
    curve: { name, along, points, paper: mean === undefined ? null : { raters: inPaper, mean, std: null } },
    intervals: intervals.flatMap((of, at) => (at > 0 && of ? (toInterval({ ...of, ...about }) ?? []) : [])),
  };
}
