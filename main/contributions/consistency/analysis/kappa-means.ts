import { type LabelCounts, type LabelMatrix, missing } from '../../../analysis/labels/index.ts';
import { cohenKappa, eachPair, popcount } from '../../../analysis/raters/index.ts';
import type { BlockedNetworks, LeftOut, WithoutPairs } from '../../../analysis/claims/index.ts';
import { kappaOf } from '../../../analysis/responses/index.ts';
import { referencesOfPeople } from './error-consistency.ts';
import { eachTrial, Trials } from './pooled-rater.ts';

/**
 * Means of kappa over pairs of raters, without each pair of classes and without each rater (metrics.md 13.8). Counts of
 * raters are sums over images, so each pair of raters is compared once.
 */

/** Images as bits, those of one pair of classes in words of their own. */
export class PairWords {
  /** Pairs of classes. */
  readonly pairs: number;
  readonly words: number;
  /** The pair of each image; `pairs`: none. */
  readonly pairOfImage: Int32Array;
  /** Whether each image is a pair by itself, as where there are no pairs: then word p is 1 or 0. */
  readonly areSingle: boolean;
  /** Words of pair p are `first[p]` to `first[p + 1] - 1`; those of no pair come last. */
  readonly #first: Int32Array;
  /** Where an image's bit is. */
  readonly #slot: Int32Array;

  /** @param pairOfImage `pairs`: of no pair */
  constructor(pairOfImage: Int32Array, pairs: number) {
    this.pairs = pairs;
    const sizes = new Int32Array(pairs + 1);
    for (const pair of pairOfImage) sizes[pair]! += 1;
    const first = new Int32Array(pairs + 2);
    sizes.forEach((n, pair) => (first[pair + 1] = first[pair]! + ((n + 31) >>> 5)));
    this.words = first[pairs + 1]!;
    this.#first = first;
    this.pairOfImage = pairOfImage;
    const used = new Int32Array(pairs + 1);
    this.#slot = pairOfImage.map((pair) => 32 * first[pair]! + used[pair]!++);
    this.areSingle = sizes.every((n, pair) => n === (pair < pairs ? 1 : 0));
  }

  bits(holds: (image: number) => boolean): Int32Array {
    const set = new Int32Array(this.words);
    this.#slot.forEach((slot, image) => {
      if (holds(image)) set[slot >>> 5]! |= 1 << (slot & 31);
    });
    return set;
  }

  /**
   * Labels as binary numbers, a plane of bits a digit: `[plane][word]`. 0: missing.
   * @param planes digits @param label of an image, or `missing`
   */
  planes(planes: number, label: (image: number) => number): Int32Array {
    const set = new Int32Array(planes * this.words);
    this.#slot.forEach((slot, image) => {
      const number = label(image) + 1;
      for (let plane = 0; plane < planes; plane++) {
        set[plane * this.words + (slot >>> 5)]! |= ((number >>> plane) & 1) << (slot & 31);
      }
    });
    return set;
  }

  /**
   * Counts, as `common` does, images of `among` whose labels are the same, and those of them that are in `set` too.
   * @param x labels as planes, as y
   */
  countSame(
    { among, set }: { among: Int32Array; set: Int32Array },
    x: Int32Array,
    y: Int32Array,
    into: { same: Int32Array; both: Int32Array },
  ): void {
    const { words, pairs } = this;
    const first = this.#first;
    const { same, both } = into;
    let [allSame, allBoth] = [0, 0];
    let word = 0;
    for (let pair = 0; pair <= pairs; pair++) {
      let [n, m] = [0, 0];
      for (const end = first[pair + 1]!; word < end; word++) {
        let differ = 0;
        for (let at = word; at < x.length; at += words) differ |= x[at]! ^ y[at]!;
        const bits = among[word]! & ~differ;
        n += popcount(bits);
        m += popcount(bits & set[word]!);
      }
      same[pair] = n;
      both[pair] = m;
      allSame += n;
      allBoth += m;
    }
    same[pairs + 1] = allSame;
    both[pairs + 1] = allBoth;
  }

  /** Images that two sets share, in each pair and, last, in all: `[pairs + 2]`; the one before last is of no pair. */
  common(x: Int32Array, y: Int32Array, into: Int32Array): Int32Array {
    const [first, pairs] = [this.#first, this.pairs];
    let all = 0;
    let word = 0;
    for (let pair = 0; pair <= pairs; pair++) {
      let count = 0;
      for (const end = first[pair + 1]!; word < end; word++) count += popcount(x[word]! & y[word]!);
      into[pair] = count;
      all += count;
    }
    into[this.pairs + 1] = all;
    return into;
  }

  counts(): Int32Array {
    return new Int32Array(this.pairs + 2);
  }
}

/** Sums of kappas by group of raters, so that the mean without one group follows. */
class Means {
  readonly #size: number;
  readonly #sums: Float64Array;
  readonly #numbers: Int32Array;
  readonly #groups: number;

  constructor(size: number, groups: number) {
    this.#size = size;
    this.#groups = groups;
    this.#sums = new Float64Array((groups + 1) * size);
    this.#numbers = new Int32Array((groups + 1) * size);
  }

  /** Adds a pair of raters of these groups. */
  add(kappas: Float64Array, a: number, b: number): void {
    for (const row of this.#rows(a, b)) {
      const [sums, numbers, size] = [this.#sums, this.#numbers, this.#size];
      for (let at = 0, to = row * size; at < size; at++, to++) {
        const kappa = kappas[at]!;
        if (Number.isNaN(kappa)) continue;
        sums[to]! += kappa;
        numbers[to]! += 1;
      }
    }
  }

  /** Adds a pair of raters of these groups by their kappas' places in `list`. */
  addListed(list: Float64Array, places: Uint8Array, a: number, b: number): void {
    for (const row of this.#rows(a, b)) {
      const [sums, numbers, size] = [this.#sums, this.#numbers, this.#size];
      for (let at = 0, to = row * size; at < size; at++, to++) {
        const kappa = list[places[at]!]!;
        if (Number.isNaN(kappa)) continue;
        sums[to]! += kappa;
        numbers[to]! += 1;
      }
    }
  }

  /** Rows of the sums over all raters and over these groups. */
  #rows(a: number, b: number): number[] {
    if (this.#groups === 0) return [0];
    return a === b ? [0, a + 1] : [0, a + 1, b + 1];
  }

  result(): LeftOut {
    const mean = (group: number | null): WithoutPairs =>
      Float64Array.from({ length: this.#size }, (_, at) => {
        const from = group === null ? -1 : (group + 1) * this.#size + at;
        const n = this.#numbers[at]! - (from < 0 ? 0 : this.#numbers[from]!);
        return n === 0 ? Number.NaN : (this.#sums[at]! - (from < 0 ? 0 : this.#sums[from]!)) / n;
      });
    return { all: mean(null), without: Array.from({ length: this.#groups }, (_, group) => mean(group)) };
  }
}

/** Kappas without each pair of classes, and last with all, from counts as `PairWords.common` gives them. */
function kappasWithout(
  into: Float64Array,
  n: Int32Array,
  rightA: Int32Array,
  rightB: Int32Array,
  both: Int32Array,
): Float64Array {
  const all = into.length;
  const [N, A, B, AB] = [n[all]!, rightA[all]!, rightB[all]!, both[all]!];
  for (let pair = 0; pair < all - 1; pair++) {
    into[pair] = kappaOf(N - n[pair]!, A - rightA[pair]!, B - rightB[pair]!, AB - both[pair]!);
  }
  into[all - 1] = kappaOf(N, A, B, AB);
  return into;
}

/**
 * What `kappasWithout` finds where each image is a pair by itself: without an image there are only as many kappas as two
 * raters have ways to be right or wrong on it.
 */
class Ways {
  /** Place in `kappas` of the kappa without each image, and last with all. */
  readonly places: Uint8Array;
  readonly #known: Int32Array;
  readonly #images: number;
  readonly #kappas = new Float64Array(9);

  /** @param known 1 for an image that has a reference, else 0 */
  constructor(known: Int32Array) {
    this.#known = known;
    this.#images = known.reduce((sum, is) => sum + is, 0);
    this.places = new Uint8Array(known.length + 1).fill(8);
  }

  /** @param rightA 1 for an image on which a rater is right, else 0 */
  kappas(rightA: Int32Array, rightB: Int32Array): Float64Array {
    const [known, places, n] = [this.#known, this.places, this.#images];
    let [A, B, AB] = [0, 0, 0];
    for (let image = 0; image < known.length; image++) {
      const a = rightA[image]!;
      const b = rightB[image]!;
      A += a;
      B += b;
      AB += a & b;
      places[image] = known[image]! | (a << 1) | (b << 2);
    }
    for (let way = 0; way < 8; way++) {
      const [a, b] = [(way >>> 1) & 1, way >>> 2];
      this.#kappas[way] = kappaOf(n - (way & 1), A - a, B - b, AB - (a & b));
    }
    this.#kappas[8] = kappaOf(n, A, B, AB);
    return this.#kappas;
  }
}

/** Error consistency of networks: the mean over their pairs. @param reference true class or `majorities`, an image each */
export function modelKappaMeans(networks: BlockedNetworks, reference: Int16Array, words: PairWords): LeftOut {
  const { labels, blockOf, blocks } = networks;
  const known = words.bits((image) => reference[image] !== missing);
  const n = words.common(known, known, words.counts());
  const right = Array.from({ length: labels.raters }, (_, network) =>
    words.bits(
      (image) => reference[image] !== missing && labels.values[network * labels.images + image] === reference[image],
    ),
  );
  const rights = right.map((set) => words.common(set, set, words.counts()));
  const means = new Means(words.pairs + 1, blocks);
  const [both, kappas] = [words.counts(), new Float64Array(words.pairs + 1)];
  const ways = words.areSingle ? new Ways(known) : null;
  eachPair(labels.raters, (a, b) => {
    if (ways) means.addListed(ways.kappas(right[a]!, right[b]!), ways.places, blockOf[a]!, blockOf[b]!);
    else {
      words.common(right[a]!, right[b]!, both);
      means.add(kappasWithout(kappas, n, rights[a]!, rights[b]!, both), blockOf[a]!, blockOf[b]!);
    }
  });
  return means.result();
}

/**
 * Error consistency of people and networks against the true classes, or else the majority of the other people: the mean over all such pairs.
 * Without each block; a labeler left out changes the majorities of the others: leave the labeler out of `people`.
 */
export function humanModelKappaMeans(
  networks: BlockedNetworks,
  people: LabelMatrix,
  words: PairWords,
  truth: Int16Array | null = null,
): LeftOut {
  const { labels, blockOf, blocks } = networks;
  const { images } = people;
  const referenceOf = referencesOfPeople(people, truth);
  const means = new Means(words.pairs + 1, blocks);
  const [n, rightHuman, rightModel, both] = [words.counts(), words.counts(), words.counts(), words.counts()];
  const kappas = new Float64Array(words.pairs + 1);
  const digits = digitsOf(labels.classes);
  const answers = blockOf.map((_, network) =>
    words.planes(digits, (image) => labels.values[network * images + image]!),
  );
  const into = { same: rightModel, both };
  for (let human = 0; human < people.raters; human++) {
    const { labels: own, reference } = referenceOf(human);
    const known = words.bits((image) => reference[image] !== missing);
    const rightOfHuman = words.bits((image) => reference[image] !== missing && reference[image] === own[image]);
    const references = words.planes(digits, (image) => reference[image]!);
    words.common(known, known, n);
    words.common(rightOfHuman, rightOfHuman, rightHuman);
    const among = { among: known, set: rightOfHuman };
    answers.forEach((planes, network) => {
      words.countSame(among, references, planes, into);
      const block = blockOf[network]!;
      means.add(kappasWithout(kappas, n, rightHuman, rightModel, both), block, block);
    });
  }
  return means.result();
}

/** Error consistency of an average person and each network (metrics.md 14.1): the mean over networks; without each block. */
export function pooledKappaMeans(
  { labels, blockOf, blocks }: BlockedNetworks,
  people: LabelCounts,
  { pairs, pairOfImage }: PairWords,
): LeftOut {
  const means = new Means(pairs + 1, blocks);
  const trials = eachTrial(people);
  const kappas = new Float64Array(pairs + 1);
  const [all, rest] = [new Trials(), new Trials()];
  const ofPair = Array.from({ length: pairs + 1 }, () => new Trials());
  for (let network = 0; network < labels.raters; network++) {
    all.clear();
    for (const own of ofPair) own.clear();
    for (const { image, weight, reference, isRight } of trials) {
      const isRightToo = labels.values[network * labels.images + image] === reference;
      all.add(weight, isRight, isRightToo);
      ofPair[pairOfImage[image]!]!.add(weight, isRight, isRightToo);
    }
    for (let pair = 0; pair < pairs; pair++) kappas[pair] = rest.setTo(all, ofPair[pair]!).kappa() ?? Number.NaN;
    kappas[pairs] = all.kappa() ?? Number.NaN;
    means.add(kappas, blockOf[network]!, blockOf[network]!);
  }
  return means.result();
}

/** Undefined means, where nobody knows who gave which label. */
export const noKappaMeans = ({ pairs }: PairWords, { blocks }: BlockedNetworks): LeftOut =>
  new Means(pairs + 1, blocks).result();

/** Cohen's kappa of people: the mean over their pairs; without each labeler. */
export function cohenMeans(people: LabelMatrix, words: PairWords): LeftOut {
  const { raters, images, classes, values } = people;
  const { pairs } = words;
  const all = pairs + 1;
  const means = new Means(pairs + 1, raters);
  const digits = digitsOf(classes);
  const counted = Array.from({ length: raters }, (_, rater) => {
    const own = values.subarray(rater * images, (rater + 1) * images);
    return {
      present: words.bits((image) => own[image] !== missing),
      planes: words.planes(digits, (image) => own[image]!),
      totals: labelTotals(own, classes, words),
      missed: [...own.keys()].filter((image) => own[image] === missing),
      own,
    };
  });
  const [same, shared, unused] = [words.counts(), words.counts(), words.counts()];
  const both = new Int32Array(words.words);
  const kappas = new Float64Array(pairs + 1);
  eachPair(raters, (first, second) => {
    const [a, b] = [counted[first]!, counted[second]!];
    for (let word = 0; word < both.length; word++) both[word] = a.present[word]! & b.present[word]!;
    words.common(both, both, shared);
    words.countSame({ among: both, set: both }, a.planes, b.planes, { same, both: unused });
    // Labels of each on the images that both have.
    const ofA = totalsWithout(a, b.missed, classes, words);
    const ofB = totalsWithout(b, a.missed, classes, words);
    for (let pair = 0; pair <= pairs; pair++) {
      const left = pair < pairs ? 1 : 0;
      let chance = 0;
      for (let k = 0; k < classes; k++) {
        const x = ofA[all * classes + k]! - left * ofA[pair * classes + k]!;
        chance += x * (ofB[all * classes + k]! - left * ofB[pair * classes + k]!);
      }
      kappas[pair] = cohenKappa(shared[all]! - left * shared[pair]!, same[all]! - left * same[pair]!, chance);
    }
    means.add(kappas, first, second);
  });
  return means.result();
}

/** How often a rater gave each label, in each pair and, last, in all: `[pairs + 2][class]`. */
function labelTotals(own: Int16Array, classes: number, { pairs, pairOfImage }: PairWords): Int32Array {
  const totals = new Int32Array((pairs + 2) * classes);
  own.forEach((label, image) => {
    if (label === missing) return;
    totals[pairOfImage[image]! * classes + label]! += 1;
    totals[(pairs + 1) * classes + label]! += 1;
  });
  return totals;
}

/** Label totals without the images `left`. */
function totalsWithout(
  { own, totals }: { own: Int16Array; totals: Int32Array },
  left: readonly number[],
  classes: number,
  { pairs, pairOfImage }: PairWords,
): Int32Array {
  if (left.length === 0) return totals;
  const rest = totals.slice();
  for (const image of left) {
    const label = own[image]!;
    if (label === missing) continue;
    rest[pairOfImage[image]! * classes + label]! -= 1;
    rest[(pairs + 1) * classes + label]! -= 1;
  }
  return rest;
}
/** Binary digits of a class, with 0 for a missing label. */
const digitsOf = (classes: number): number => 32 - Math.clz32(classes);
