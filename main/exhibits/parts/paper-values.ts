import { z } from 'zod';
import { UserError } from '../../contract/wire/errors.ts';

const spread = z.object({ mean: z.number(), std: z.number() });
const meanStd = z.tuple([z.number(), z.number()]);

/** `resources/paper/values.json`: the numbers that the paper prints. */
const paperValuesSchema = z.object({
  source: z.string(),
  pairs: z.array(z.string()),
  alphas: z.array(z.number()),
  /** Networks that it compares at each target, and people who labeled. */
  networks_per_target: z.int(),
  labelers: z.int(),
  /** People whose labels count in Table 3: one is left out in turn. */
  labelers_of_table3: z.int(),
  human_pairwise_disagreement_pct: spread,
  human_disagree_pct: z.number(),
  table2: z.record(
    z.string(),
    z.object({
      misclassified_per_model_pct: spread,
      misclassified_across_pct: z.number(),
      pairwise_disagreement_pct: spread,
      all_disagree_pct: z.number(),
    }),
  ),
  table3: z.record(
    z.string(),
    z.object({ nn_disagree_pct: z.number(), type_a_pct: z.number(), type_c_pct: z.number() }),
  ),
  table4_max_softmax: z.record(z.string(), z.record(z.string(), meanStd)),
  table5_model_certainty_pct: z
    .object({ human_certainty_classes: z.array(z.number()), images_per_class: z.array(z.number()) })
    .catchall(z.record(z.string(), z.array(meanStd))),
});
export type PaperValues = z.infer<typeof paperValuesSchema>;

/**
 * Parses the text of `values.json`.
 * @throws UserError `paper.invalid`
 */
export function parsePaperValues(text: string, path: string): PaperValues {
  try {
    return paperValuesSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new UserError(
      'paper.invalid',
      "The file with the paper's numbers cannot be read",
      path,
      'Restore resources/paper/values.json from the repository.',
      { cause },
    );
  }
}

/** A row of the paper's Table 5: mean and std of model certainty for a class of human certainty. */
export function paperTable5(
  paper: PaperValues | null,
  target: string,
  architecture: string,
  humanCertainty: number,
): { mean: number; std: number } | null {
  if (!paper) return null;
  const index = paper.table5_model_certainty_pct.human_certainty_classes.indexOf(humanCertainty);
  const cell = paper.table5_model_certainty_pct[target]?.[architecture]?.[index];
  return cell ? { mean: cell[0], std: cell[1] } : null;
}

/**
 * The paper's counts of its images for Table 1. It prints percentages; each is a unique k of n images, so the counts
 * (and both-disagree and both-agree, which it does not print) follow: A + both disagree = networks disagree,
 * both disagree + C = people disagree, all four = n (metrics.md 9).
 */
export function paperTypes(
  paper: PaperValues | null,
  target: string,
): { images: number; type_a: number; both_disagree: number; both_agree: number; type_c: number } | null {
  const row = paper?.table3[target];
  if (!paper || !row) return null;
  const images = paper.pairs.length * paper.alphas.length;
  const count = (percent: number): number => Math.round((percent * images) / 100);
  const [networks, typeA, typeC] = [count(row.nn_disagree_pct), count(row.type_a_pct), count(row.type_c_pct)];
  const both = networks - typeA;
  return { images, type_a: typeA, both_disagree: both, both_agree: images - typeA - both - typeC, type_c: typeC };
}
