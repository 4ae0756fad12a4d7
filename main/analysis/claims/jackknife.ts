import { at, kept } from '../../domain/numbers/arrays.ts';
import { type CorrelationValue, correlationWithoutPairs, isCorrelation } from './correlation-interval.ts';
import { countEntropyBits, entropyBits, type Values } from '../statistics/entropy.ts';
import type { ImageInput } from '../outcomes/input.ts';
import {
  imageCounts,
  type LabelCounts,
  labelCounts,
  type LabelMatrix,
  missing,
  takeRaters,
  type Votes,
} from '../labels/labels.ts';
import { namedAlone, setsByImage, type SetVotes, votesOfPeople } from '../responses/response-sets.ts';
import type { SoftmaxRows } from '../labels/softmax.ts';
import type { LeftOut, Statistic, WithoutPairs } from './statistic.ts';
import {
  askedOf,
  askedOfAllButOne,
  leaveOutPairs,
  type NetworkSums,
  pairsWithClass,
  type PartValue,
  type PeopleFacts,
  peopleFacts,
  sumsByPair,
  sumsLength,
  type SumValue,
  sumValues,
  valuesOf,
} from './table-sums.ts';
import { type PairUnits, pairUnits } from '../outcomes/units.ts';

/** A value that every jackknife has. */
type OwnValue = SumValue | CorrelationValue;

/**
 * A value of the tables with intervals under claims (metrics.md 13.8), the other shares of Tables 1 and 3, how entropies of
 * people and networks go together, and statistics of contributions.
 */
export type TableValue = OwnValue | Statistic;

const ofPeople = new Set<OwnValue>(['human_disagree_pct', 'krippendorff_alpha', 'fleiss_kappa']);
const parts: readonly PartValue[] = ['nn_disagree_pct', 'both_disagree_pct', 'both_agree_pct', 'exception_pct'];
/** The values of metrics.md 13.8 but those of contributions. */
export const tableValues = (Object.keys(sumValues) as SumValue[]).filter(
  (value) => !parts.some((part) => part === value),
);

export const isStatistic = (value: TableValue): value is Statistic => typeof value !== 'string';

/** What it is called in files. */
export const nameOf = <Name extends OwnValue>(value: Name | Statistic): string =>
  typeof value === 'string' ? value : value.name;

/** Values of people alone: no network changes them. */
export const isOfPeople = (value: TableValue): boolean =>
  isStatistic(value) ? value.of === 'people' : ofPeople.has(value);

/** Values of networks alone: they are the same whoever labels. @param hasTruth true classes say who is right */
export const isOfNetworks = (value: TableValue, hasTruth: boolean): boolean =>
  isStatistic(value)
    ? value.of === 'networks' && hasTruth
    : value === 'pairwise_disagreement_pct' || value === 'any_differ_pct';

/** Values of networks alone, and those whose classes these very people define: no claim is about other people. */
export const hasNoPeople = (value: TableValue, hasTruth: boolean): boolean =>
  isOfNetworks(value, hasTruth) || (!isStatistic(value) && value.startsWith('model_certainty_'));

type People = LabelMatrix | LabelCounts<Votes> | SetVotes;

export interface JackknifeInput {
  readonly images: readonly ImageInput[];
  /** Labelers with a label, or their sets; votes where nobody knows who gave which: then nobody can be left out. */
  readonly people: People;
  readonly networks: LabelMatrix;
  /** The block of each network: what is left out together. */
  readonly blocks: readonly string[];
  /** Softmax of one network, `[image][k]`; null unless all networks have it. */
  readonly readSoftmax: ((network: number) => SoftmaxRows) | null;
  /** True class of each image, which says what is right; null or absent: majorities do. */
  readonly truth?: Int16Array | null;
  /** Sums over all networks, where they are known already. */
  readonly sums?: NetworkSums;
  /** As if so many of each image's people had been asked, drawn from these counts; absent: all of them. */
  readonly asked?: { readonly people: number; readonly counts: LabelCounts };
}

/** Votes that are counted, and bytes: about ten seconds, and half a gigabyte. */
const mostVotes = 4e7;
const mostBytes = 2 ** 29;

/**
 * A group's values without each pair of classes, and besides without each block of networks or each labeler, all
 * computed anew: types, majorities and references too. What no claim asks for is not computed.
 */
export class GroupJackknife {
  readonly units: PairUnits;
  readonly blocks: readonly string[];
  /** Null: nobody knows who gave which label. */
  readonly labelers: number | null;
  readonly #labels: LabelMatrix | null;
  /** Answers of people who answered with sets. */
  readonly #sets: SetVotes | null;
  readonly #input: JackknifeInput;
  readonly #pairOfImage: Int32Array;
  readonly #networks: NetworkSums;
  readonly #counts: LabelCounts<Votes>;
  readonly #people: PeopleFacts;
  /** Entropy of people's labels. */
  #peopleBits: Values | null = null;
  /** Without each pair, and last of everything; so are the next two. */
  readonly #sums: Float64Array;
  #sumsWithoutBlocks: Float64Array[] | null = null;
  #sumsWithoutLabelers: Float64Array[] | null = null;
  readonly #statistics = new Map<Statistic, Map<string, LeftOut>>();

  constructor(input: JackknifeInput, units: PairUnits = pairUnits(input.images)) {
    this.#input = input;
    this.units = units;
    this.blocks = [...new Set(input.blocks)];
    this.#labels = 'values' in input.people ? input.people : null;
    this.#sets = 'people' in input.people ? input.people : null;
    this.labelers = this.#labels?.raters ?? this.#sets?.people.length ?? null;
    const P = units.pairs.length;
    this.#pairOfImage = new Int32Array(input.images.length).fill(P);
    units.pairs.forEach((images, pair) => images.forEach((image) => (this.#pairOfImage[image] = pair)));
    this.#networks = input.sums ?? sumNetworks(input);
    this.#counts = input.asked?.counts ?? ('values' in input.people ? labelCounts(input.people) : input.people);
    this.#people = peopleFacts(this.#counts, input.asked ? askedOf(this.#counts, input.asked.people) : null);
    this.#sums = this.#sumUnder(this.#people, this.#networks);
  }

  /** Whether true classes say who is right, and not majorities of people. */
  get hasTruth(): boolean {
    return (this.#input.truth ?? null) !== null;
  }

  /** Whether the same people, by their labels, stand on another side. */
  hasPeopleOf(other: GroupJackknife): boolean {
    const [own, theirs] = [answersOf(this.#input.people), answersOf(other.#input.people)];
    return own === theirs || (own.length === theirs.length && own.every((answer, at) => answer === theirs[at]));
  }

  /** Shares as they would be if so many people had been asked about each image, drawn from these counts. */
  ifAsked(people: number, counts: LabelCounts): GroupJackknife {
    const sums = { ...this.#networks, softmax: null };
    return new GroupJackknife({ ...this.#input, asked: { people, counts }, readSoftmax: null, sums }, this.units);
  }

  /** Whether the value is of persons, and nobody knows who they are. */
  needsIdentity(value: TableValue): boolean {
    return this.#labels === null && isStatistic(value) && value.isOfPersons;
  }

  /**
   * Without each pair, and last of everything. NaN: undefined.
   * @param andBlocks whether `withoutBlocks` will be asked as well: both then take one pass
   */
  all(value: TableValue, andBlocks = false): WithoutPairs {
    if (isStatistic(value)) return this.#statistic(value, null, andBlocks).all;
    if (isCorrelation(value)) return this.#correlation(value, this.#counts, this.#networks);
    return this.#of(value, this.#sums);
  }

  /** A value without each block, and without each pair, in the order of `blocks`. */
  withoutBlocks(value: TableValue): readonly WithoutPairs[] {
    if (isStatistic(value)) return this.#statistic(value, null, true).without;
    if (isCorrelation(value))
      return this.blocks.map((block) => this.#correlation(value, this.#counts, this.#withoutBlock(block)));
    this.#sumsWithoutBlocks ??= this.blocks.map((block) => this.#sumUnder(this.#people, this.#withoutBlock(block)));
    return this.#sumsWithoutBlocks.map((sums) => this.#of(value, sums));
  }

  /** Whether leaving out each of these would take minutes, or gigabytes. */
  takesTooLong(value: TableValue, left: 'pairs' | 'blocks' | 'labelers'): boolean {
    const { people, networks } = this.#input;
    const [labelers, pairs] = [this.labelers ?? 0, this.units.pairs.length];
    if (isStatistic(value)) {
      if (left === 'labelers' && hasNoPeople(value, this.hasTruth)) return false;
      const [counts, pairOfImage] = [this.#counts, this.#pairOfImage];
      return value.takesTooLong({ counts, pairs, pairOfImage, labelers, networks: networks.raters }, left);
    }
    if (left === 'pairs') return false;
    const times = left === 'blocks' ? this.blocks.length : labelers;
    const { images, classes } = people;
    return times * images * classes > mostVotes || times * (pairs + 1) * sumsLength(classes) * 8 > mostBytes;
  }

  /** A value without each labeler, and without each pair; null: it depends on no people, or on these very people. */
  withoutLabelers(value: TableValue): readonly WithoutPairs[] | null {
    if (hasNoPeople(value, this.hasTruth) || this.labelers === null) return null;
    const labelers = Array.from({ length: this.labelers }, (_, labeler) => labeler);
    if (isStatistic(value)) {
      if (isOfPeople(value)) return this.#statistic(value, null).without;
      return labelers.map((labeler) => this.#statistic(value, labeler).all);
    }
    if (isCorrelation(value))
      return labelers.map((labeler) => this.#correlation(value, this.#countsWithout(labeler), this.#networks));
    const { asked } = this.#input;
    const m = asked ? askedOfAllButOne(this.#counts, asked.people) : null;
    this.#sumsWithoutLabelers ??= labelers.map((labeler) =>
      this.#sumUnder(peopleFacts(this.#countsWithout(labeler), m), this.#networks),
    );
    return this.#sumsWithoutLabelers.map((sums) => this.#of(value, sums));
  }

  /** Pairs that have an image of the value's class; null: it has none. */
  pairsWithClass(value: TableValue): number | null {
    return isStatistic(value) || isCorrelation(value)
      ? null
      : pairsWithClass(value, this.#sums, this.#input.people.classes);
  }

  /** Pairs that have an image that a value is of. */
  pairsOf(value: SumValue): ReadonlySet<number> {
    const ofImages = this.ofImages(value);
    const hasImage = (pair: number): boolean =>
      at(this.units.pairs, pair).some((image) => !Number.isNaN(ofImages[image]));
    return new Set([...this.units.pairs.keys()].filter(hasImage));
  }

  /** This jackknife with labels of people on some images only. */
  onImages(counts: (image: number) => boolean): GroupJackknife {
    const people = keepImages(this.#input.people, counts);
    return new GroupJackknife({ ...this.#input, people }, this.units);
  }

  /** The value of each image; NaN where the image does not count. */
  ofImages(value: SumValue): Float64Array {
    const { images, classes } = this.#input.people;
    const own = Int32Array.from({ length: images }, (_, image) => image);
    return valuesOf(value, sumsByPair(this.#people, this.#networks, own, images), classes).subarray(0, images);
  }

  /** Votes of all but one labeler. Parts of votes are summed anew: subtracted, they would leave roundings behind. */
  #countsWithout(labeler: number): LabelCounts<Votes> {
    const [labels, sets] = [this.#labels, this.#sets];
    if (labels) return countsWithout(this.#counts, labels, labeler);
    if (!sets) return this.#counts;
    const others = sets.people.toSpliced(labeler, 1);
    if (!this.#input.asked) return votesOfPeople(others, sets);
    return namedAlone(setsByImage({ images: sets.images, answers: others.flat() }), sets.classes);
  }

  /** Correlation of the entropies of people's labels and of networks' votes or mean softmax; NaN: undefined. */
  #correlation(value: CorrelationValue, people: LabelCounts<Votes>, networks: NetworkSums): WithoutPairs {
    const { images, classes } = people;
    const { votes, softmax, networks: M } = networks;
    const each = (bits: (image: number) => number | null): Values => Array.from({ length: images }, (_, n) => bits(n));
    const ofNetworks = (image: number): number | null => {
      const [from, to] = [image * classes, (image + 1) * classes];
      if (value.endsWith('_vote')) return countEntropyBits(votes.subarray(from, to));
      // What is left after a network's softmax is taken away may be a rounding below 0.
      return softmax && M > 0 ? entropyBits(softmax.sums.subarray(from, to).map((sum) => Math.max(0, sum / M))) : null;
    };
    const ofPeople = (): Values => each((image) => countEntropyBits(imageCounts(people, image)));
    if (people === this.#counts) this.#peopleBits ??= ofPeople();
    const human = people === this.#counts && this.#peopleBits ? this.#peopleBits : ofPeople();
    return correlationWithoutPairs(value, this.units, human, each(ofNetworks));
  }

  #of(value: SumValue, sums: Float64Array): WithoutPairs {
    return valuesOf(value, sums, this.#input.people.classes);
  }

  #sumUnder(people: PeopleFacts, networks: NetworkSums): Float64Array {
    const sums = sumsByPair(people, networks, this.#pairOfImage, this.units.pairs.length);
    return leaveOutPairs(sums, people.counts.classes);
  }

  #withoutBlock(block: string): NetworkSums {
    const { input, networks } = { input: this.#input, networks: this.#networks };
    const votes = networks.votes.slice();
    const softmax = networks.softmax && { sums: networks.softmax.sums.slice(), top: networks.softmax.top.slice() };
    const own = [...input.blocks.keys()].filter((network) => input.blocks[network] === block);
    for (const network of own) addNetwork(input, { votes, softmax }, network, -1);
    return { networks: networks.networks - own.length, votes, softmax };
  }

  /** @param without a labeler who is left out @param andBlocks whether blocks are left out, too */
  #statistic(value: Statistic, without: number | null, andBlocks = false): LeftOut {
    const known = kept(this.#statistics, value, () => new Map<string, LeftOut>());
    const [plain, whole] = [`${without}`, `${without} blocks`];
    const found = known.get(whole) ?? (andBlocks ? undefined : known.get(plain));
    if (found) return found;
    const computed = this.#compute(value, without, andBlocks);
    known.set(andBlocks ? whole : plain, computed);
    return computed;
  }

  #compute(value: Statistic, without: number | null, andBlocks: boolean): LeftOut {
    const all = this.#labels;
    const people = all && without !== null ? withoutRater(all, without) : all;
    const blockOf = this.#input.blocks.map((block) => this.blocks.indexOf(block));
    return value.compute({
      people,
      counts: people && people !== all ? labelCounts(people) : this.#counts,
      networks: { labels: this.#input.networks, blockOf, blocks: andBlocks ? this.blocks.length : 0 },
      truth: this.#input.truth ?? null,
      pairs: this.units.pairs.length,
      pairOfImage: this.#pairOfImage,
    });
  }
}

/** Something that is equal only for the same answers. */
const answersOf = (people: People): Int16Array | Votes => ('values' in people ? people.values : people.counts);

function keepImages(people: People, keeps: (image: number) => boolean): People {
  const { images, classes } = people;
  if ('people' in people) return votesOfPeople(people.people, people, ({ image }) => keeps(image));
  if ('values' in people)
    return { ...people, values: people.values.map((label, cell) => (keeps(cell % images) ? label : missing)) };
  const counts = people.counts.map((count, cell) => (keeps(Math.floor(cell / classes)) ? count : 0));
  return { images, classes, counts, present: people.present.map((n, image) => (keeps(image) ? n : 0)) };
}

const withoutRater = (matrix: LabelMatrix, rater: number): LabelMatrix =>
  takeRaters(
    matrix,
    Array.from({ length: matrix.raters }, (_, index) => index).filter((index) => index !== rater),
  );

function countsWithout(
  { counts, present, ...of }: LabelCounts<Votes>,
  people: LabelMatrix,
  rater: number,
): LabelCounts<Votes> {
  const left = { ...of, counts: counts.slice(), present: present.slice() };
  for (let image = 0; image < of.images; image++) {
    const label = people.values[rater * of.images + image]!;
    if (label === missing) continue;
    left.counts[image * of.classes + label]! -= 1;
    left.present[image]! -= 1;
  }
  return left;
}

function sumNetworks(input: JackknifeInput): NetworkSums {
  const { images, classes, raters } = input.networks;
  const votes = new Int32Array(images * classes);
  const softmax = input.readSoftmax && { sums: new Float64Array(images * classes), top: new Float64Array(images) };
  for (let network = 0; network < raters; network++) addNetwork(input, { votes, softmax }, network, 1);
  return { networks: raters, votes, softmax };
}

function addNetwork(
  { networks, readSoftmax }: JackknifeInput,
  { votes, softmax }: Pick<NetworkSums, 'votes' | 'softmax'>,
  network: number,
  sign: 1 | -1,
): void {
  const { images, classes, values } = networks;
  for (let image = 0; image < images; image++) {
    const label = at(values, network * images + image);
    if (label !== missing) votes[image * classes + label]! += sign;
  }
  if (!softmax || !readSoftmax) return;
  const rows = readSoftmax(network);
  for (let image = 0; image < images; image++) {
    let top = 0;
    for (let k = image * classes; k < (image + 1) * classes; k++) {
      softmax.sums[k]! += sign * rows[k]!;
      if (rows[k]! > top) top = rows[k]!;
    }
    softmax.top[image]! += sign * top;
  }
}
