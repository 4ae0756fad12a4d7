import { z } from 'zod';
import { compareCodePoints, type ModelGroup } from '../../analysis/outcomes/index.ts';
import { takeRaters, tally } from '../../analysis/labels/index.ts';
import { analyzeRatings, type GradedResponses } from './rated-responses.ts';
import { analyzeSets, type SetResponses } from './set-responses.ts';
import { UserError } from '../../contract/wire/index.ts';
import { type AbstainResponses, analyzeAbstaining, analyzeCounts, type CountedResponses } from './counted-responses.ts';
import type { ExperimentTables } from './tables/experiment-tables.ts';
import { readResponses } from './tables/response-tables.ts';

/** Most networks of the group, and most numbers of labelers to rarefy to. */
const most = { group: 1000, sizes: 200 };

export const responsesSchema = z.object({
  group: z.array(z.string().min(1).max(200)).max(most.group),
  rarefy: z.array(z.int().min(0).max(1_000_000)).max(most.sizes).default([]),
  conversion: z.literal('normalise').nullable().default(null),
});

/** People's answers of each kind that a folder has, against one group of networks, in the layout of metrics.md 14. */
export interface ResponsesResult {
  counts?: CountedResponses;
  abstain?: AbstainResponses;
  set?: SetResponses;
  graded?: GradedResponses;
}

/** @throws UserError naming file, row and remedy */
export async function analyzeResponses(
  folder: string,
  tables: ExperimentTables,
  { group: names, rarefy, conversion }: z.output<typeof responsesSchema>,
): Promise<ResponsesResult> {
  const group = groupOf(tables, names);
  const { classes, counts, abstain, sets, graded } = await readResponses(folder, tables.images, tables.labels.classes);
  if (!counts && !abstain && !sets && !graded) {
    throw new UserError(
      'analyze.no-responses',
      'responses.json has no answers of people to analyze',
      folder,
      'Add counts.csv, abstain.csv, sets.csv or graded.csv, or remove responses.json.',
    );
  }
  return {
    ...(counts && { counts: analyzeCounts(counts, group, rarefy) }),
    ...(abstain && { abstain: analyzeAbstaining(abstain.labels, abstain.abstained, group, rarefy) }),
    ...(sets && { set: analyzeSets(sets, classes, group, rarefy) }),
    ...(graded && { graded: analyzeRatings(graded, tables.images, classes, conversion) }),
  };
}

/** Networks in the order of their names. */
function groupOf(tables: ExperimentTables, names: readonly string[]): ModelGroup {
  const places = new Map(tables.runs.map(({ name }, place) => [name, place]));
  const sorted = [...names].sort(compareCodePoints);
  const refuse = (what: string): UserError =>
    new UserError('analyze.unknown-name', what, 'responses.json', 'List runs of runs.csv, each once.');
  const members = sorted.map((name, at) => {
    const place = places.get(name);
    if (place === undefined) throw refuse(`There is no run ${name}`);
    if (sorted[at - 1] === name) throw refuse(`group lists ${name} twice`);
    return place;
  });
  const labels = takeRaters(tables.labels, members);
  return { members, names: sorted, labels, votes: tally(labels) };
}
