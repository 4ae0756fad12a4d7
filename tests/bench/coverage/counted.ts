import { type ClaimedInterval, claimedValue } from '../../../main/analysis/claims/claims.ts';
import { correlationValues } from '../../../main/analysis/claims/correlation-interval.ts';
import { distances } from '../../../main/analysis/statistics/distances.ts';
import { countEntropyBits, entropyBits, pearson, spearman } from '../../../main/analysis/statistics/entropy.ts';
import type { ImageInput } from '../../../main/analysis/outcomes/input.ts';
import { GroupJackknife } from '../../../main/analysis/claims/jackknife.ts';
import {
  imageCounts,
  labelCounts,
  type LabelCounts,
  type LabelMatrix,
  tallyCounts,
} from '../../../main/analysis/labels/labels.ts';
import { rarefyTypesTo } from '../../../main/analysis/responses/response-counts.ts';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { type RandomStream, randomStream } from '../../../main/domain/random/random.ts';

/**
 * Studies of test images, each a unit, of which people's counts are known: types if `asked` people had been asked,
 * divergence, and correlations of entropies. Images, counts and networks are all drawn anew.
 */
const classes = 4;
const imagesOfStudy = 300;
/** An image is named by 14 to 20 people. */
const people = { fewest: 14, most: 20 } as const;
export const asked = 10;
/** Images that the truth about these very networks is counted on: its own error costs about half a point of coverage. */
const endless = 6000;

export const countedValues = ['type_a_pct', 'type_c_pct', 'js_bits', ...correlationValues] as const;
export type CountedValue = (typeof countedValues)[number];
export const countedClaims = ['anchors', 'networks'] as const;

type Ends = readonly [lo: number | null, hi: number | null];

/** What one study says, and what is true of its very networks in endlessly many images. */
interface CountedStudy {
  readonly truth: number;
  readonly ends: Readonly<Record<(typeof countedClaims)[number], Ends>>;
}

export interface CountedStudies {
  studies: number;
  readonly found: Record<CountedValue, CountedStudy[]>;
}

export const noCounted = (): CountedStudies => ({
  studies: 0,
  found: Object.fromEntries(countedValues.map((value) => [value, []])) as unknown as CountedStudies['found'],
});

export interface CountedCell {
  readonly networks: number;
}

interface Answers {
  readonly counts: LabelCounts;
  readonly labels: LabelMatrix;
  /** Of each network, `[image][class]`. */
  readonly softmax: Float64Array[];
}

/** How much each network prefers each class, and how sure it is. */
const drawNetworks = (random: RandomStream, count: number): Float64Array[] =>
  Array.from({ length: count }, () =>
    Float64Array.from({ length: classes + 1 }, (_, k) =>
      k < classes ? 0.3 * random.normal() : Math.exp(0.2 * random.normal()),
    ),
  );

/**
 * The first class is right. How hard an image is, and which other class it is like, people and networks have partly in
 * common; what is left is an image's own for people and for networks, and each network's own.
 */
function answer(random: RandomStream, networks: readonly Float64Array[], images: number): Answers {
  const counts = new Uint32Array(images * classes);
  const values = new Int16Array(networks.length * images);
  const softmax = networks.map(() => new Float64Array(images * classes));
  const present = new Uint32Array(images);
  for (let image = 0; image < images; image++) {
    const [hard, other] = [random.normal(), 1 + random.int(classes - 1)];
    const wrong = 1 / (1 + Math.exp(4.2 - 1.8 * hard - random.normal()));
    const n = people.fewest + random.int(people.most - people.fewest + 1);
    present[image] = n;
    for (let person = 0; person < n; person++) {
      const isWrong = random.float() < wrong;
      const k = isWrong ? (random.float() < 0.8 ? other : 1 + random.int(classes - 1)) : 0;
      counts[image * classes + k]! += 1;
    }
    const common = Float64Array.from(
      { length: classes },
      (_, k) => (k === 0 ? 2.6 - 0.7 * hard : k === other ? 0.8 : 0) + random.normal(),
    );
    networks.forEach((own, network) => {
      const logits = common.map((logit, k) => own[classes]! * (logit + own[k]! + 0.6 * random.normal()));
      const most = Math.max(...logits);
      const sum = logits.reduce((total, logit) => total + Math.exp(logit - most), 0);
      logits.forEach((logit, k) => (softmax[network]![image * classes + k] = Math.exp(logit - most) / sum));
      values[network * images + image] = logits.indexOf(most);
    });
  }
  const labels = { raters: networks.length, images, classes, values };
  return { counts: { images, classes, counts, present }, labels, softmax };
}

/** The values themselves, without what makes intervals. */
export function valuesOf({ counts, labels, softmax }: Answers): Record<CountedValue, number> {
  const each = <T>(of: (image: number) => T): T[] => Array.from({ length: counts.images }, (_, image) => of(image));
  const votes = labelCounts(labels);
  const mean = each((image) =>
    Float64Array.from(
      { length: classes },
      (_, k) => softmax.reduce((sum, of) => sum + of[image * classes + k]!, 0) / softmax.length,
    ),
  );
  const human = each((image) => countEntropyBits(imageCounts(counts, image)));
  const entropies = {
    vote: each((image) => countEntropyBits(imageCounts(votes, image))),
    predictive: mean.map(entropyBits),
  };
  const types = rarefyTypesTo(
    counts,
    { members: softmax.map((_, network) => network), votes: tallyCounts(votes) },
    asked,
  );
  const divergence = mean.reduce(
    (sum, of, image) => sum + (distances(imageCounts(counts, image), of)?.js_bits ?? Number.NaN),
    0,
  );
  return {
    type_a_pct: types.type_a_pct ?? Number.NaN,
    type_c_pct: types.type_c_pct ?? Number.NaN,
    js_bits: divergence / counts.images,
    pearson_vote: pearson(human, entropies.vote) ?? Number.NaN,
    spearman_vote: spearman(human, entropies.vote) ?? Number.NaN,
    pearson_predictive: pearson(human, entropies.predictive) ?? Number.NaN,
    spearman_predictive: spearman(human, entropies.predictive) ?? Number.NaN,
  };
}

const images: readonly ImageInput[] = Array.from({ length: imagesOfStudy }, (_, id) => ({
  id,
  pairI: null,
  pairJ: null,
  alpha: null,
  independent: true,
}));

/** Adds one study. */
export function addCounted(counts: CountedStudies, { networks: count }: CountedCell): void {
  const random = randomStream(counts.studies, 'counted', count);
  const networks = drawNetworks(random, count);
  const { counts: own, labels, softmax } = answer(random, networks, imagesOfStudy);
  const truths = valuesOf(answer(random, networks, endless));
  const all = new GroupJackknife({
    images,
    people: own,
    networks: labels,
    blocks: networks.map((_, network) => String(network)),
    readSoftmax: (network) => at(softmax, network),
  });
  const ifAsked = all.ifAsked(asked, own);
  const ends = ({ lo, hi }: ClaimedInterval): Ends => [lo, hi];
  for (const value of countedValues) {
    const jackknife = value.endsWith('_pct') ? ifAsked : all;
    const { claims } = claimedValue(value, [{ jackknife, sample: true }]);
    counts.found[value].push({
      truth: truths[value],
      ends: { anchors: ends(claims.anchors), networks: ends(claims.networks) },
    });
  }
  counts.studies++;
}

/** How many of a value's intervals hold the truth of their claim: of these very networks, or the mean over others like them. */
export function countedHeld(
  { found }: CountedStudies,
  value: CountedValue,
  claim: (typeof countedClaims)[number],
): { held: number; of: number } {
  const studies = found[value];
  const mean = studies.reduce((sum, { truth }) => sum + truth, 0) / studies.length;
  const defined = studies.flatMap(({ truth, ends }) => {
    const [lo, hi] = ends[claim];
    return lo === null || hi === null ? [] : [{ lo, hi, right: claim === 'anchors' ? truth : mean }];
  });
  return { held: defined.filter(({ lo, hi, right }) => lo <= right && right <= hi).length, of: defined.length };
}
