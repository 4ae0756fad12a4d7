import type { DiverseAnalysis } from '../../analysis/groups/diverse.ts';
import type { HumanAnalysis } from '../../analysis/groups/human-analysis.ts';
import type { ImageClass, Fig2, Table5Row } from '../../analysis/outcomes/image-types.ts';
import type { Column, Group, TypeName } from '../../contract/results/exhibit.ts';
import type { ResponseKind } from '../../contract/stimuli/responses.ts';
import type { AbsenceReason } from '../../domain/results/absences.ts';
import type { PaperValues } from './paper-values.ts';
import { peopleWord, rangeText } from '../../domain/numbers/format.ts';
import { typeMeaning, typeTitle } from '../../domain/stimuli/image-types.ts';
import type { Target } from '../../contract/recipes/recipes.ts';

/** What the paper's tables are made from: an analysis of people and of groups of models. */
export interface StudyNumbers {
  /** Labels are simulated: texts call who gave them simulated labelers. */
  readonly rehearsal: boolean;
  /** Null where another data set makes the paper's values meaningless. */
  readonly paper: PaperValues | null;
  /** Number of people who answered; where nobody knows who they were: the most answers about an image. */
  readonly labelers: number;
  /** The kind of people's answers (metrics.md 14). */
  readonly response: ResponseKind;
  /** Nobody knows who gave which answer, as of counts. */
  readonly isAnonymous: boolean;
  /** Number of images, and of those with two labels or more. */
  readonly images: number;
  readonly determined: number;
  /** What error consistency is relative to: the images' true classes, or majorities of people. */
  readonly errorReference: 'truth' | 'majority';
  /** Null: nothing was analyzed. */
  readonly humans: HumanAnalysis | null;
  /** One a target, ascending. */
  readonly groups: readonly ComparedGroup[];
  /** By architecture, then target. */
  readonly seedCells: readonly SeedNumbers[];
}

/** A group of models that is compared with people. */
export interface ComparedGroup {
  /** Target accuracy in percent; empty for a group of outside or chosen models. */
  readonly target: string;
  /** Names it in place of a target. */
  readonly title?: string;
  readonly group: DiverseAnalysis;
  /** As pages ask for it. */
  readonly choice: Group;
  /** Models that belong to it and are in no number, a few words each: `MLP1 missed the target`. */
  readonly absent: readonly AbsentModel[];
  /** Percentage points between the highest and the lowest test accuracy; null: not all are known. */
  readonly apart: number | null;
}

/** How far test accuracies of a group lie apart. @param accuracies percent */
export function apartOf(accuracies: readonly (number | null | undefined)[]): number | null {
  const known = accuracies.flatMap((accuracy) => accuracy ?? []);
  return known.length === 0 || known.length < accuracies.length ? null : Math.max(...known) - Math.min(...known);
}

export interface AbsentModel {
  readonly model: string;
  readonly why: AbsenceReason;
}

/** All seed groups of one architecture at one target. */
export interface SeedNumbers {
  readonly architecture: string;
  readonly target: Target;
  /** Numbers of the groups, ascending. */
  readonly repeats: readonly number[];
  readonly fig2: Fig2;
  /** By class of human certainty. */
  readonly table5: Readonly<Record<string, Table5Row>>;
}

type People = Pick<StudyNumbers, 'labelers' | 'isAnonymous' | 'humans'>;

/** How many people answered; where nobody knows who they were, how many about an image: `47 to 63 an image`. */
export const peopleNumber = (study: People): number | string =>
  study.isAnonymous ? `${labelsAnImage(study)} an image` : study.labelers;

/** `47 to 63`. */
export function labelsAnImage({ labelers, humans }: People): string {
  const numbers = (humans?.n_labels ?? []).filter((n) => n > 0);
  const least = numbers.reduce((a, b) => Math.min(a, b), labelers);
  return rangeText({ least, most: labelers });
}

type Whose = Pick<StudyNumbers, 'rehearsal'>;

/** A text about people as it stands in this study: in a rehearsal they are simulated. */
export const named = ({ rehearsal }: Whose, text: string): string =>
  rehearsal
    ? text
        .replace(/\bpeople’s\b/g, 'simulated labelers’')
        .replace(/\bpeople\b/g, 'simulated labelers')
        .replace(/^People\b/, 'Simulated labelers')
    : text;

/** Column of a type. Files keep the names that they have had from the beginning. */
export function typeColumn(study: Whose, type: TypeName): Pick<Column, 'name' | 'heading'> {
  const [name, heading] = [typeInFiles(study, type), typeTitle(type, peopleWord(study))];
  return { name, ...(heading !== name && { heading }) };
}

/** A type as it is named in files. */
export function typeInFiles(study: Whose, type: TypeName): string {
  if (type === 'both_agree') return 'Both agree';
  return type === 'both_disagree' ? 'B: both disagree' : typeTitle(type, peopleWord(study));
}

/** What a type means, as files of a report say it. */
export function classMeaning(name: ImageClass | null): string {
  if (name === null) return 'undetermined';
  if (name === 'both_agree') return typeMeaning(name, 'labelers');
  if (name === 'both_disagree') return `type B, ${typeMeaning(name, 'labelers')}`;
  return `type ${typeTitle(name, 'labelers').replace(':', ',')}`;
}

/** The colors of the paper's Figure 4 (metrics.md 2.9) as types of images. */
const byColor: Record<string, ImageClass> = {
  blue: 'type_a',
  white: 'both_disagree',
  gray: 'both_agree',
  red: 'type_c',
};

/** @param category `blue`, `red`, `gray`, `white`, or anything else for undetermined. */
export const classOfCategory = (category: string | null | undefined): ImageClass | null =>
  byColor[category ?? ''] ?? null;

/** A list in words: `a`, `a and b`, `a, b and c`. */
export function inWords(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** How many images have any label. */
export const labeledImages = ({ humans }: StudyNumbers): number => (humans?.n_labels ?? []).filter((n) => n > 0).length;
