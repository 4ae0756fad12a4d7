import type { TableFile } from '../table-kinds.ts';
import { cannotTell, type PeopleWords } from '../contract/words.ts';
import type { PeopleMapping } from '../contract/panels.ts';
import type { LeftOut } from '../contract/tables.ts';
import type { ResponseKind } from '../../../contract/stimuli/index.ts';
import { mostInPanel, type PanelFindings, type PanelKind, type StoredAnswers } from '../contract/responses.ts';
import { amountOf, checkAnswers } from './stored-answers.ts';
import { formatCount } from '../../../domain/numbers/index.ts';
import { quote } from '../../../files/tables/index.ts';
import { simulatedColumn } from '../tables/humans-csv.ts';
import type { StimulusSetRecord } from '../../../storage/index.ts';
import type { PanelRow } from '../storage/panels.ts';
import { type CheckPerson, LeftOutCount, rowCheck } from '../left-out.ts';
import { refusals } from '../../../services/labels/index.ts';
import { parseImage, parseLabeler } from '../tables/columns.ts';
import type { TakeRow } from '../tables/readers.ts';
import { unknownAnnotator } from '../tables/table-file.ts';
import { type FindImage, imageCheck, imageFinder } from '../tables/image-finder.ts';

type Mapping<Layout extends PeopleMapping['layout']> = Extract<PeopleMapping, { layout: Layout }>;
type Answer = StoredAnswers[number][1];
type Row = Parameters<TakeRow>;

/** Answers of a file that are kept in memory: counts, labels and ratings; single labels, which are small. */
const mostAnswers = 5_000_000;
const mostSingle = 20_000_000;
/** Stands for people of a table without a column for them. */
const everybody = 'all';

/** What was read of a table. */
export interface ReadAnswers {
  /** By person; of single labels, in the order of rows. Empty: all people of single labels are left out. */
  rows: PanelRow[];
  findings: PanelFindings;
  leftOut: LeftOutCount;
  /** Rows that do not count. */
  passedOver: number;
}

/**
 * Tells why a row does not count; null: it does. `aside`: its name is set aside; `other-trial`: no real trial; `older`: a later
 * row answers the same trial; others: its person is left out.
 */
export function rowFilter(columns: readonly string[], mapping: PeopleMapping, check: CheckPerson) {
  if (mapping.layout !== 'answers') return () => null;
  const { kind, labeler, aside = [], trials, simulated = false } = mapping;
  const isSingle = kind === 'single';
  const names = new Set(aside);
  const [labelerAt, trialAt] = [columns.indexOf(labeler ?? ''), columns.indexOf(trials ?? '')];
  const ofRow = isSingle ? rowCheck(columns) : () => null;
  return (cells: readonly string[]) => {
    const person = (cells[labelerAt] ?? '').trim();
    if (names.has(person)) return 'aside';
    const why = ofRow(cells) ?? (labelerAt < 0 ? null : check(person, simulated));
    if (why !== null && (isSingle || why === 'withdrawn')) return why;
    return trialAt >= 0 && cells[trialAt]?.trim() !== 'real' ? 'other-trial' : null;
  };
}

/** Whether a row does not count because of the person who gave it. */
export const isLeftOut = (why: ReturnType<ReturnType<typeof rowFilter>>): why is keyof LeftOut =>
  why !== null && why !== 'aside' && why !== 'older' && why !== 'other-trial';

/** The column that marks simulated labels; -1: there is none. */
export const simulatedAt = (columns: readonly string[]): number =>
  columns.findIndex((name) => name.toLowerCase() === simulatedColumn);

/** Reads the rows of a table into answers. Call `take` for each row, then `end`. */
export class PeopleBuilder {
  readonly #file: Pick<TableFile, 'name'>;
  readonly #set: StimulusSetRecord;
  readonly #mapping: PeopleMapping;
  readonly #find: FindImage;
  readonly #checkImage: ReturnType<typeof imageCheck>;
  readonly #filter: ReturnType<typeof rowFilter>;
  readonly #column: (name: string) => number;
  readonly #take: (cells: readonly string[], image: number, where: () => string) => void;
  readonly #imageAt: number;
  readonly #labelerAt: number;
  /** Column that marks simulated labels. */
  readonly #simulatedAt: number;
  /** By person, then image. */
  readonly #people = new Map<string, Map<number, Answer | Map<number, number>>>();
  readonly #unknown = new Set<string>();
  readonly #leftOut = new LeftOutCount();
  /** Names that were met and set aside. */
  readonly #aside = new Set<string>();
  #rows = 0;
  #passedOver = 0;
  #empty = 0;
  #answers = 0;
  /** Digits after the point of shares, and the largest number of labels. */
  #digits = 0;
  #mostLabels = 0;

  /** @throws UserError `labeling.table` */
  constructor(
    columns: readonly string[],
    file: Pick<TableFile, 'name'>,
    mapping: PeopleMapping,
    { set, checkPerson }: { set: StimulusSetRecord; checkPerson: CheckPerson },
  ) {
    this.#file = file;
    this.#set = set;
    this.#mapping = mapping;
    this.#find = imageFinder(set);
    this.#checkImage = imageCheck(columns, set);
    this.#filter = rowFilter(columns, mapping, checkPerson);
    this.#column = (name) => {
      const at = columns.indexOf(name);
      if (at >= 0) return at;
      if (name === '') {
        const what = 'It is not known which columns have the images, the people and the labels';
        const remedy =
          'Choose them on the screen Labeling or with --map image=COLUMN, labeler=COLUMN and label=COLUMN, or rename them: image, labeler, label.';
        throw refusals.table(what, file.name, remedy);
      }
      const what = `The table has no column ${quote(name)}`;
      throw refusals.table(what, file.name, 'Choose one of the columns of the table.');
    };
    this.#imageAt = mapping.image === null ? -1 : this.#column(mapping.image);
    const { labeler = null, trials } = mapping.layout === 'answers' ? mapping : {};
    this.#labelerAt = labeler === null ? -1 : this.#column(labeler);
    if (trials !== undefined) this.#column(trials);
    // In any case: if it were overlooked, simulated labelers would count as people.
    this.#simulatedAt = mapping.layout === 'answers' && mapping.simulated !== true ? simulatedAt(columns) : -1;
    this.#take =
      mapping.layout === 'wide'
        ? this.#wide(mapping)
        : mapping.layout === 'labels'
          ? this.#labels(mapping)
          : this.#answer(mapping);
  }

  /** @throws UserError `labeling.table` */
  take(...[cells, where]: Row): void {
    const name = this.#imageAt < 0 ? String(this.#rows) : (cells[this.#imageAt] ?? '').trim();
    this.#rows += 1;
    const why = this.#filter(cells);
    if (why !== null) {
      this.#passedOver += 1;
      const labeler = (cells[this.#labelerAt] ?? '').trim();
      if (why === 'aside') this.#aside.add(labeler);
      else if (isLeftOut(why)) this.#leftOut.add(why, labeler);
      return;
    }
    if (isYes(cells[this.#simulatedAt])) throw isRehearsal(this.#mapping, where);
    const isSingle = this.#mapping.kind === 'single';
    const image = isSingle ? parseImage(name, this.#find, where) : this.#find(name);
    if (image === undefined) {
      if (this.#unknown.size < mostAnswers) this.#unknown.add(name.slice(0, 200));
      return;
    }
    this.#checkImage(cells, image, where);
    this.#take(cells, image, where);
    const most = isSingle ? mostSingle : mostAnswers;
    if (this.#answers > most) {
      throw refusals.table(`This table has more than ${most} answers`, where(), 'Split the table.');
    }
  }

  get #isAnonymous(): boolean {
    return this.#mapping.layout === 'answers' && this.#mapping.labeler === unknownAnnotator;
  }

  /** @throws UserError `labeling.table` if nothing can be imported */
  end(): ReadAnswers {
    const { kind } = this.#mapping;
    this.#checkDigits();
    const [ids, images] = [new Set(this.#set.images.map(({ id }) => id)), new Set<number>()];
    const rows: PanelRow[] = [];
    const truth = new TruthCount(this.#set);
    for (const [person, own] of this.#people) {
      if (kind === 'single') {
        const labels = [...own] as [number, number | null][];
        for (const [image, label] of labels) {
          images.add(image);
          truth.add(kind, image, label);
        }
        const amount = labels.filter(([, label]) => label !== null).length;
        rows.push({ pseudonym: person, amount, answers: JSON.stringify(labels) });
        continue;
      }
      const answers = [...own].sort(([a], [b]) => a - b).map(([image, answer]) => [image, storedAnswer(answer)]);
      const checked = checkAnswers<PanelKind>(kind, answers, { ids, classes: this.#set.classes.length });
      for (const [image, answer] of checked) {
        images.add(image);
        truth.add(kind, image, answer);
      }
      const row = { amount: amountOf(kind, checked), answers: JSON.stringify(checked) };
      if (checked.length > 0) rows.push({ pseudonym: kind === 'counts' ? null : person, ...row });
    }
    const findings: PanelFindings = {
      rows: this.#rows,
      images: images.size,
      empty: this.#empty,
      withdrawn: this.#leftOut.counts.withdrawn,
      unknownImages: { count: this.#unknown.size, names: [...this.#unknown].slice(0, 20) },
      ...truth.findings,
      ...(this.#aside.size > 0 && { aside: { count: this.#aside.size, names: [...this.#aside].slice(0, 20) } }),
      ...(this.#isAnonymous && { anonymous: true as const }),
    };
    const isOfNobody = kind === 'single' && this.#leftOut.total > 0;
    if (rows.length === 0 && !isOfNobody) throw this.#nothing(findings);
    if (this.#imageAt < 0) this.#checkOrder();
    return { rows, findings, leftOut: this.#leftOut, passedOver: this.#passedOver };
  }

  #nothing({ unknownImages: { count, names }, withdrawn, aside }: PanelFindings) {
    const { name } = this.#file;
    if (aside && aside.count > 0 && withdrawn + count === 0) {
      const what = `All rows of this table are set aside: they are of ${formatCount(aside.count, 'model')}, such as ${quote(aside.names[0] ?? '')}`;
      return refusals.table(what, name, 'Say which names are people, or add the models on the screen Outside models.');
    }
    if (withdrawn > 0)
      return refusals.table('Nobody in this table can be imported', name, 'All of its people withdrew.');
    const noun = this.#mapping.kind === 'single' ? 'labels' : 'answers';
    if (count === 0) return refusals.table(`This table contains no ${noun}`, name, 'Check the columns.');
    const what = `The study’s stimuli have none of the ${count} images of this table, such as ${quote(names[0] ?? '')}`;
    return refusals.table(what, name, 'Choose the column that names the images of this study.');
  }

  /** The answers of a person; a map for each image that has some. */
  #of(person: string): Map<number, Answer | Map<number, number>> {
    const known = this.#people.get(person);
    if (known) return known;
    if (this.#people.size >= mostInPanel.people) {
      throw refusals.table(
        `This table has more than ${mostInPanel.people} people`,
        this.#file.name,
        'Split the table.',
      );
    }
    const own = new Map<number, Answer | Map<number, number>>();
    this.#people.set(person, own);
    return own;
  }

  #counts(image: number, counts: Map<number, number>, where: () => string): void {
    const own = this.#of(everybody);
    if (own.has(image)) throw twice(`Image ${image}`, where, 'Keep one row for each image.');
    this.#answers += counts.size;
    if (counts.size === 0) this.#addEmpty();
    else own.set(image, counts);
  }

  /**
   * Rows in the order of images are of the images from 0 on: as many as the last image has, or more, of which the study has
   * some. @throws UserError `labeling.table`
   */
  #checkOrder(): void {
    const last = this.#set.images.at(-1)?.id ?? 0;
    if (this.#rows > last) return;
    throw refusals.table(
      `No column names the images, and the table has ${this.#rows} rows while the last image is ${last}`,
      this.#file.name,
      'Choose the column that names the images. Without one, a table needs a row for each image from 0 on.',
    );
  }

  #noteShares(texts: readonly string[], n: number): void {
    this.#digits = Math.max(this.#digits, ...texts.map(decimals));
    this.#mostLabels = Math.max(this.#mostLabels, n);
  }

  /** Shares of few digits stand for several counts. @throws UserError `labeling.table` */
  #checkDigits(): void {
    if (this.#mostLabels * 0.5 * 10 ** -this.#digits < 0.5) return;
    throw refusals.table(
      `The shares have ${formatCount(this.#digits, 'digit')} after the point, too few for ${this.#mostLabels} labels: several counts are rounded to the same share`,
      this.#file.name,
      'Choose a file with more digits, or with counts.',
    );
  }

  #addEmpty(): void {
    this.#empty += 1;
  }

  #wide({ classes, total }: Mapping<'wide'>) {
    const columns = Object.entries(classes).map(([name, label]) => ({ at: this.#column(name), name, label }));
    const twiceNamed = columns.find(({ label }, at) => columns.findIndex((each) => each.label === label) < at);
    if (twiceNamed) {
      const what = `Two columns are the class ${quote(this.#set.classes[twiceNamed.label] ?? '')}`;
      throw refusals.table(what, this.#file.name, 'Choose one column for each class.');
    }
    const totalAt = typeof total === 'string' ? this.#column(total) : -1;
    return (cells: readonly string[], image: number, where: () => string): void => {
      const texts = columns.map(({ at }) => (cells[at] ?? '').trim());
      const n = typeof total === 'string' ? wholeCount(cells[totalAt] ?? '', total, where) : total;
      const counts =
        n === null
          ? texts.map((text, index) => (text === '' ? 0 : wholeCount(text, columns[index]?.name ?? '', where)))
          : countsOfShares(texts, n, where);
      if (n !== null) this.#noteShares(texts, n);
      const given = counts.flatMap((count, index) => (count > 0 ? [[columns[index]?.label ?? 0, count] as const] : []));
      this.#counts(image, new Map(given), where);
    };
  }

  #labels({ columns, words }: Mapping<'labels'>) {
    const places = columns.map((name) => this.#column(name));
    return (cells: readonly string[], image: number, where: () => string): void => {
      const counts = new Map<number, number>();
      for (const at of places) {
        const label = wordMeaning(cells[at] ?? '', words, this.#set, where);
        if (label === cannotTell) throw noCannotTell(cells[at] ?? '', where);
        if (label !== null) counts.set(label, (counts.get(label) ?? 0) + 1);
      }
      this.#counts(image, counts, where);
    };
  }

  #answer({ kind, label, rating, words, trials }: Mapping<'answers'>) {
    const labelAt = this.#column(label);
    if (kind === 'graded' && rating === null) {
      throw refusals.table('It is not known which column has the ratings', this.#file.name, 'Choose this column.');
    }
    const ratingAt = kind === 'graded' && rating !== null ? this.#column(rating) : -1;
    return (cells: readonly string[], image: number, where: () => string): void => {
      const person = this.#labelerAt < 0 ? everybody : parseLabeler(cells[this.#labelerAt] ?? '', where);
      const cell = (cells[labelAt] ?? '').trim();
      const means = (text: string) => wordMeaning(text, words, this.#set, where);
      const own = this.#of(person);
      if (kind === 'graded')
        return this.#rating(own, image, { label: means(cell), text: cells[ratingAt] ?? '' }, where);
      const answer = kind === 'set' ? labelSet(cell, means, where) : means(cell);
      // A single label that is left blank is stored: the image was shown.
      if (answer === null && kind !== 'single') return this.#addEmpty();
      if (answer === cannotTell && kind !== 'abstain') throw noCannotTell(cell, where);
      // In a log of trials the last row of an image counts; other tables have one row for each answer.
      if (own.has(image) && trials === undefined) {
        const remedy = 'Keep one row per image and labeler, or choose the column with the kind of trial.';
        const what = `Image ${image} of labeler ${quote(person)}`;
        throw twice(what, where, kind === 'single' ? remedy : 'Keep one answer of each person.');
      }
      this.#answers += 1;
      own.set(image, answer === cannotTell ? null : answer);
    };
  }

  #rating(
    own: Map<number, Answer | Map<number, number>>,
    image: number,
    { label, text }: { label: number | typeof cannotTell | null; text: string },
    where: () => string,
  ): void {
    if (label === cannotTell) throw noCannotTell(text, where);
    if (label === null || text.trim() === '') return this.#addEmpty();
    const ratings = (own.get(image) as Map<number, number> | undefined) ?? new Map<number, number>();
    if (ratings.has(label)) {
      throw twice(`A rating of image ${image} and class ${label}`, where, 'Keep one rating of each person and class.');
    }
    own.set(image, ratings.set(label, decimal(text, where)));
    this.#answers += 1;
  }
}

/** Counts the answers that name the true class of their image: few of them hint at images in another order. */
class TruthCount {
  readonly #truths: ReadonlyMap<number, number | null>;
  #known = 0;
  #right = 0;

  constructor({ images }: StimulusSetRecord) {
    this.#truths = new Map(images.map(({ id, truth = null }) => [id, truth]));
  }

  add(kind: ResponseKind, image: number, answer: Answer): void {
    const truth = this.#truths.get(image) ?? null;
    if (truth === null || answer === null) return;
    if (kind === 'counts') {
      for (const [label, count] of answer as [number, number][]) this.#count(label === truth, count);
    } else if (kind === 'graded') {
      const ratings = answer as [number, number][];
      const top = Math.max(...ratings.map(([, rating]) => rating));
      this.#count(
        ratings.some(([label, rating]) => label === truth && rating === top),
        1,
      );
    } else this.#count(typeof answer === 'number' ? answer === truth : (answer as number[]).includes(truth), 1);
  }

  #count(isRight: boolean, answers: number): void {
    this.#known += answers;
    if (isRight) this.#right += answers;
  }

  get findings(): Pick<PanelFindings, 'truePct'> {
    return this.#known === 0 ? {} : { truePct: (100 * this.#right) / this.#known };
  }
}

const storedAnswer = (answer: Answer | Map<number, number>): Answer =>
  answer instanceof Map ? [...answer].sort(([a], [b]) => a - b) : answer;

/** @throws UserError `labeling.table` for a word without a meaning */
function wordMeaning(cell: string, words: PeopleWords, { classes }: StimulusSetRecord, where: () => string) {
  const text = cell.trim();
  const means = Object.hasOwn(words, text) ? words[text] : text === '' ? null : undefined;
  if (means === null || means === cannotTell || (means !== undefined && means < classes.length)) return means;
  throw refusals.table(`${quote(cell)} has no class`, where(), 'Choose a class for this label, or “Left blank”.');
}

/** `4|9`; null: blank. */
function labelSet(
  cell: string,
  means: (text: string) => number | typeof cannotTell | null,
  where: () => string,
): number[] | null {
  const labels = cell.split('|').flatMap((text) => {
    const label = means(text);
    if (label === cannotTell) throw noCannotTell(text, where);
    return label === null ? [] : [label];
  });
  const set = [...new Set(labels)].sort((a, b) => a - b);
  if (set.length < labels.length) throw twice(`A class in ${quote(cell)}`, where, 'Name each class once, such as 4|9.');
  return set.length === 0 ? null : set;
}

function wholeCount(cell: string, column: string, where: () => string): number {
  const text = cell.trim();
  if (/^\d{1,7}(\.0*)?$/.test(text) && Number(text) <= mostInPanel.count) return Number(text);
  const isShare = /^[\d.eE+-]+$/.test(text) && Number(text) >= 0 && Number(text) <= 1;
  throw refusals.table(
    `${column} is ${quote(cell)}, not a number of labels`,
    where(),
    isShare
      ? 'If these are shares, say how many labels each image has.'
      : `Write whole numbers from 0 to ${mostInPanel.count}.`,
  );
}

/** Digits behind the point. */
function decimals(text: string): number {
  const [, fraction = '', exponent = '0'] = /^\d*(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  return fraction.length - Number(exponent);
}

/** Counts of n labels from their shares, which must come out whole within their rounding. @throws UserError `labeling.table` */
function countsOfShares(texts: readonly string[], n: number, where: () => string): number[] {
  const shares = texts.map((text) => (text === '' ? 0 : decimal(text, where)));
  const digits = Math.max(...texts.map(decimals));
  const tolerance = Math.min(0.49, n * (0.5 * 10 ** -digits + 1e-7));
  const counts = shares.map((share) => Math.round(share * n));
  if (n === 0 && shares.some((share) => share > 0)) {
    throw refusals.table('There are shares of 0 labels', where(), 'Give the number of labels of each image.');
  }
  const odd = shares.findIndex((share, at) => share < 0 || Math.abs(share * n - (counts[at] ?? 0)) > tolerance);
  const sum = counts.reduce((all, count) => all + count, 0);
  if (odd < 0 && sum === n) return counts;
  const why =
    odd < 0
      ? `they add up to ${sum} of ${n}`
      : `${quote(texts[odd] ?? '')} of ${n} is ${((shares[odd] ?? 0) * n).toFixed(2)}`;
  throw refusals.table(
    `These shares are not counts of ${n} labels: ${why}`,
    where(),
    'Give the right number of labels of each image. Distributions that were smoothed or averaged are no counts of people.',
  );
}

function decimal(text: string, where: () => string): number {
  const value = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (Math.abs(value) <= mostInPanel.rating) return value;
  throw refusals.table(`${quote(text)} is not a finite number`, where(), 'Write numbers such as 0.5.');
}

/** Whether a cell marks a row, as those of simulated labels. */
export const isYes = (cell: string | undefined): boolean => /^(yes|true|1)$/i.test(cell?.trim() ?? '');

const isRehearsal = ({ kind }: PeopleMapping, where: () => string) =>
  refusals.table(
    'The table says that this labeler is simulated',
    where(),
    `${kind === 'single' ? 'Tick that these labels are simulated' : 'Import single labels'}, or remove this row.`,
  );

const twice = (what: string, where: () => string, remedy: string) =>
  refusals.table(`${what} occurs twice`, where(), remedy);

const noCannotTell = (text: string, where: () => string) =>
  refusals.table(
    `${quote(text)} cannot mean “can’t tell” among answers of this kind`,
    where(),
    'Choose a class for it, or “Left blank”.',
  );
