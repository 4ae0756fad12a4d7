import { at } from '../../domain/numbers/arrays.ts';
import { type CorrelationValue, correlationWithoutPairs, isCorrelation } from './correlation-interval.ts';
import { countEntropyBits, entropyBits, type Values } from '../statistics/entropy.ts';
import type { ImageInput } from '../outcomes/input.ts';
import {
  imageCounts,
  type LabelCounts,
  labelCounts,
  type LabelMatrix,
  majorities,
  missing,
  takeRaters,
  tallyCounts,
  type Votes,
} from '../labels/labels.ts';
import { namedAlone, setsByImage, type SetVotes, votesOfPeople } from '../responses/response-sets.ts';
import type { SoftmaxRows } from '../labels/softmax.ts';
import {
  cohenMeans,
  humanModelKappaMeans,
  type KappaMeans,
  modelKappaMeans,
  noKappaMeans,
  pooledKappaMeans,
  PairWords,
  type WithoutPairs,
} from './table-kappas.ts';
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

/** `pooled_kappa`: of an average person and each network, from counts alone (metrics.md 14.1). */
type KappaValue = 'cohen_kappa' | 'model_model_kappa' | 'human_model_kappa' | 'pooled_kappa';

/**
 * A value of the tables with intervals under claims (metrics.md 13.8), the other shares of Tables 1 and 3, and how
 * entropies of people and networks go together.
 */
export type TableValue = SumValue | KappaValue | CorrelationValue;

const ofPeople = new Set<TableValue>(['human_disagree_pct', 'krippendorff_alpha', 'fleiss_kappa', 'cohen_kappa']);
const kappas: readonly KappaValue[] = ['cohen_kappa', 'model_model_kappa', 'human_model_kappa', 'pooled_kappa'];
/** Values of which it must be known who gave which label. */
const ofPersons = new Set<TableValue>(['cohen_kappa', 'human_model_kappa']);
const parts: readonly PartValue[] = ['nn_disagree_pct', 'both_disagree_pct', 'both_agree_pct', 'exception_pct'];
/** The values of metrics.md 13.8. */
export const tableValues = [...(Object.keys(sumValues) as SumValue[]), ...kappas].filter(
  (value) => value !== 'pooled_kappa' && !parts.some((part) => part === value),
);

/** Values of people alone: no network changes them. */
export const isOfPeople = (value: TableValue): boolean => ofPeople.has(value);

/** Values of networks alone: they are the same whoever labels. @param hasTruth true classes say who is right */
export const isOfNetworks = (value: TableValue, hasTruth: boolean): boolean =>
  value === 'pairwise_disagreement_pct' || value === 'any_differ_pct' || (value === 'model_model_kappa' && hasTruth);

/** Values of networks alone, and those whose classes these very people define: no claim is about other people. */
export const hasNoPeople = (value: TableValue, hasTruth: boolean): boolean =>
  isOfNetworks(value, hasTruth) || value.startsWith('model_certainty_');

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
  /** True class of each image, which error consistency refers to; null or absent: majorities are. */
  readonly truth?: Int16Array | null;
  /** Sums over all networks, where they are known already. */
  readonly sums?: NetworkSums;
  /** As if so many of each image's people had been asked, drawn from these counts; absent: all of them. */
  readonly asked?: { readonly people: number; readonly counts: LabelCounts };
}

/** Words of 32 images that are compared, votes that are counted, and bytes: about ten seconds, and half a gigabyte. */
const mostSteps = 5e9;
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
  readonly #words: PairWords;
  readonly #networks: NetworkSums;
  readonly #counts: LabelCounts<Votes>;
  readonly #people: PeopleFacts;
  /** Entropy of people's labels. */
  #peopleBits: Values | null = null;
  /** Without each pair, and last of everything; so are the next two. */
  readonly #sums: Float64Array;
  #sumsWithoutBlocks: Float64Array[] | null = null;
  #sumsWithoutLabelers: Float64Array[] | null = null;
  readonly #kappas = new Map<string, KappaMeans>();

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
    this.#words = new PairWords(this.#pairOfImage, P);
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
    return this.#labels === null && ofPersons.has(value);
  }

  /**
   * Without each pair, and last of everything. NaN: undefined.
   * @param andBlocks whether `withoutBlocks` will be asked as well: both then take one pass
   */
  all(value: TableValue, andBlocks = false): WithoutPairs {
    if (isKappa(value)) return this.#kappa(value, null, andBlocks).all;
    if (isCorrelation(value)) return this.#correlation(value, this.#counts, this.#networks);
    return this.#of(value, this.#sums);
  }

  /** A value without each block, and without each pair, in the order of `blocks`. */
  withoutBlocks(value: TableValue): WithoutPairs[] {
    if (isKappa(value)) return this.#kappa(value, null, true).without;
    if (isCorrelation(value))
      return this.blocks.map((block) => this.#correlation(value, this.#counts, this.#withoutBlock(block)));
    this.#sumsWithoutBlocks ??= this.blocks.map((block) => this.#sumUnder(this.#people, this.#withoutBlock(block)));
    return this.#sumsWithoutBlocks.map((sums) => this.#of(value, sums));
  }

  /** Whether leaving out each of these would take minutes, or gigabytes. */
  takesTooLong(value: TableValue, left: 'pairs' | 'blocks' | 'labelers'): boolean {
    const { people, networks } = this.#input;
    const [H, M, P, K] = [this.labelers ?? 0, networks.raters, this.units.pairs.length, people.classes];
    if (value === 'cohen_kappa') return (H ** 2 / 2) * P * K > mostSteps;
    if (value === 'pooled_kappa') return M * (people.images * 2 + P) > mostSteps;
    if (isKappa(value)) {
      if (left === 'labelers' && hasNoPeople(value, this.hasTruth)) return false;
      // Error consistency compares all raters anew without each labeler.
      const compared = M * (value === 'human_model_kappa' ? H : M / 2) * this.#words.words;
      return (left === 'labelers' ? H : 1) * compared > mostSteps;
    }
    if (left === 'pairs') return false;
    const times = left === 'blocks' ? this.blocks.length : H;
    return times * people.images * K > mostVotes || times * (P + 1) * sumsLength(K) * 8 > mostBytes;
  }

  /** A value without each labeler, and without each pair; null: it depends on no people, or on these very people. */
  withoutLabelers(value: TableValue): WithoutPairs[] | null {
    if (hasNoPeople(value, this.hasTruth) || this.labelers === null) return null;
    const labelers = Array.from({ length: this.labelers }, (_, labeler) => labeler);
    if (value === 'cohen_kappa') return this.#kappa(value, null).without;
    if (isKappa(value)) return labelers.map((labeler) => this.#kappa(value, labeler).all);
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
    return isKappa(value) || isCorrelation(value)
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

  #kappa(value: KappaValue, without: number | null, andBlocks = false): KappaMeans {
    const [plain, whole] = [`${value} ${without}`, `${value} ${without} blocks`];
    const known = this.#kappas.get(whole) ?? (andBlocks ? undefined : this.#kappas.get(plain));
    if (known) return known;
    const means = this.#kappaMeans(value, without, andBlocks);
    this.#kappas.set(andBlocks ? whole : plain, means);
    return means;
  }

  #kappaMeans(value: KappaValue, without: number | null, andBlocks: boolean): KappaMeans {
    const all = this.#labels;
    const people = all && without !== null ? withoutRater(all, without) : all;
    const blockOf = this.#input.blocks.map((block) => this.blocks.indexOf(block));
    const networks = { labels: this.#input.networks, blockOf, blocks: andBlocks ? this.blocks.length : 0 };
    const truth = this.#input.truth ?? null;
    const counts = people && people !== all ? labelCounts(people) : this.#counts;
    if (value === 'model_model_kappa')
      return modelKappaMeans(networks, truth ?? majorities(tallyCounts(counts)), this.#words);
    if (value === 'pooled_kappa' && isWhole(counts)) return pooledKappaMeans(networks, counts, this.#words);
    if (!people) return noKappaMeans(this.#words, networks);
    return value === 'cohen_kappa'
      ? cohenMeans(people, this.#words)
      : humanModelKappaMeans(networks, people, this.#words, truth);
  }
}

export const isKappa = (value: TableValue): value is KappaValue => value.endsWith('_kappa') && value !== 'fleiss_kappa';

/** Whether votes are counts of labels. */
const isWhole = (votes: LabelCounts<Votes>): votes is LabelCounts => votes.counts instanceof Uint32Array;

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
