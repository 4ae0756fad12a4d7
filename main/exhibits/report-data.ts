import type { ReportSection } from '../contract/api/report.ts';
import type { StimulusImage } from '../domain/stimuli/stimulus-set.ts';
import type { ImageSize, Channels } from '../domain/data/images.ts';
import type { Analysis } from '../analysis/groups/analyze.ts';
import type { People } from '../analysis/labels/answers.ts';
import type { TestAnswers } from '../analysis/outcomes/test-answers.ts';
import type { Exhibit } from '../contract/results/exhibit.ts';
import type { Figure } from '../contract/results/figure.ts';
import type { EngineDescription, TaskKind, Trend } from '../contract/runs/run.ts';
import type { GeneratorProvenance } from '../contract/runs/generator.ts';
import type { ClassifierRecipe, GeneratorRecipe, Target } from '../contract/recipes/recipes.ts';
import type {
  AnchorDesign,
  AnchorRule,
  BlendedRule,
  Blending,
  StimulusSource,
  TestImageChoice,
} from '../contract/stimuli/stimuli.ts';
import type { Study } from '../contract/studies/study.ts';
import type { Interpolation } from '../domain/stimuli/interpolation.ts';
import type { PaperValues } from './parts/paper-values.ts';
import type { AddedResults } from './result-lists.ts';
import type { StudyView } from './parts/study-view.ts';

/**
 * Everything that a report shows, as plain data: no clock, file or database is read while rendering, so the same data
 * give the same bytes. Texts may contain anything; they are escaped.
 */
export interface ReportData {
  /** ISO 8601, UTC. */
  createdAt: string;
  product: { version: string; commit: string | null };
  /**
   * The study as it is declared now, defaults filled in: its words, and what is planned. What was done stands in the
   * records below, for a declaration may be changed after its images were frozen or its networks trained.
   */
  study: Study;
  dataSet: ReportDataSet;
  /** Null for imported stimuli. */
  generator: ReportGenerator | null;
  /** One for each class that has one, in class order; empty for imported stimuli. */
  anchors: readonly ReportAnchor[];
  stimuli: ReportStimuli;
  /** Recipes of the compared networks, as their runs have them. */
  recipes: readonly ReportRecipe[];
  /** Networks of the study that the report was chosen not to be of, a few words each. */
  notChosen: readonly string[];
  /** Snapshots that reached their target, diverse ones first, in the order of the tables. */
  models: readonly ReportModel[];
  /** Targets that no snapshot of a run met. Never silently left out. */
  missed: readonly ReportMissedTarget[];
  predictions: readonly ReportPredictions[];
  /** Null while nobody has labeled. */
  labelers: ReportLabelers | null;
  /** What became of labeling sessions; null: there were none. */
  labeling: ReportLabeling | null;
  /** metrics.md 11. Null when there is nothing to analyze yet; `warnings` should say why. */
  analysis: Analysis | null;
  /** The paper's numbers, to show beside ours; null where they would mean nothing (another data set). */
  paper: PaperValues | null;
  /** Networks in groups of their own, which parts of contributions are about. Absent: none was chosen, or there are none. */
  ownGroups?: readonly ReportOwnGroup[];
  /** What contributions add. */
  contributed: readonly ReportedPart[];
  /** Tables and figures that contributions make of it, as the core makes its own. Absent: none. */
  added?: AddedResults;
  runs: readonly ReportRun[];
  /** Exclusions, deviations and warnings, one sentence each. */
  warnings: readonly string[];
}

/** What a contribution adds to a section. */
export interface ReportedPart {
  section: ReportSection;
  /** Of a section that has nothing else. */
  heading?: string;
  tables: readonly Exhibit[];
  figures: readonly Figure[];
  /** A section of the page after Results that it stands in, with others of this id. Absent: it stands in its own. */
  page?: { id: string; name: string };
  /** Tables there, made as the report's own from what it compares. In files they stand last. */
  pageTables?: (study: StudyView) => readonly Exhibit[];
  /** What stands of it at the end of the page. */
  appendix?: ReportAppendix;
  /** For the findings, a paragraph each. */
  findings?: readonly string[];
  /** What it shows: in its section, and in the findings where no networks are compared at a target. */
  shows?: ReportedList;
  /** Groups of networks of their own that it is about; the report describes these. */
  collections?: 'all' | readonly string[];
  /** What it lacks, and why: sentences. */
  leftOut?: readonly string[];
  /** Its rows and notes say how many people and networks they are about, so that captions do not. */
  saysSample?: true;
  /** Networks that it is about, for captions. Absent: those of the groups that the report compares. */
  networks?: number;
}

/** A section at the end of a report's page, which has the id of the part's section. */
export interface ReportAppendix {
  /** In the list of contents. */
  name: string;
  heading: string;
  /** HTML, made with `html` of `main/reports`, which escapes every text. */
  body: string;
}

/** Headings of parts that are about a group of networks of its own. */
export const sectionsAbout = (parts: readonly ReportedPart[], group: string): string[] =>
  parts.flatMap(({ collections = [], heading }) =>
    heading !== undefined && (collections === 'all' || collections.includes(group)) ? [heading] : [],
  );

/** What a part of a report shows, in words. */
export interface ReportedList {
  /** What was done: a sentence. */
  lead: string;
  /** A sentence each. */
  found: readonly string[];
  /** The sentence where there are none. */
  none: string;
}

export interface ReportDataSet {
  name: string;
  /** Class names, in the order of their indexes. */
  classes: readonly string[];
  /** Null while no run of the study has taken it and it has not been read for it. */
  read: ReadDataSet | null;
}

/** What its files were found to hold. */
export interface ReadDataSet extends ImageSize {
  hash: string;
  trainCount: number;
  testCount: number;
  /** Mean and standard deviation of the training pixels, scaled to [0, 1], for each channel. */
  mean: readonly number[];
  std: readonly number[];
}

export interface ReportGenerator {
  recipe: GeneratorRecipe;
  seed: number;
  engine: string;
  steps: number;
  weights: string;
  /** Where it comes from if it came with the product; null: it was trained in this study. */
  shipped: GeneratorProvenance | null;
}

/** The image of z_class, chosen among candidates. */
export interface ReportAnchor {
  classIndex: number;
  png: Uint8Array;
  /** Softmax of the reference classifier for this class, 0 to 1. */
  confidence: number | null;
}

export interface ReportStimuli {
  /** SHA-256 of the models' pixels. */
  setHash: string;
  source: StimulusSource;
  /** How a generated or blended set was made; null for others. */
  made: ReportMade | null;
  /** Which test images; null for other sets. */
  chosen: TestImageChoice | null;
  /** As the networks see them. */
  width: number;
  height: number;
  channels: Channels;
  /** Pixels as the generator made them. */
  originalWidth: number;
  originalHeight: number;
  /** Ascending by id: the order of all per-image lists. */
  items: readonly ReportStimulus[];
}

/** How anchors were chosen and joined, as it was kept with the set. */
export interface ReportMade {
  interpolation: Interpolation | Blending;
  /** Anchors that the rule chose among candidates of the search, or among real images. */
  proposed: number;
  /** Latent points, or real images, given by hand, and how many of these say which sample they are or were moved away from. */
  given: number;
  givenFrom: number;
  anchorDesign: AnchorDesign;
  /** How the proposed ones were chosen. */
  anchorRule: AnchorRule | BlendedRule;
  /** Whether pairs are those that the reference classifier confuses most. */
  confusable: boolean;
  /** The search for candidates; null where its run is not here any more, and of real images. */
  search: { samples: number; seed: number } | null;
}

/** `png`: its file, as the networks see it. */
export type ReportStimulus = StimulusImage & { png: Uint8Array };

/** A recipe and the runs that take it. */
export interface ReportRecipe {
  /** What the names of its networks share, e.g. `MLP1`. */
  name: string;
  group: 'diverse' | 'seeds';
  /** As it was run. */
  recipe: ClassifierRecipe;
  /** The recipe's targets that the report is about. */
  targets: readonly Target[];
  /** Number of runs: of each seed group, or of all. */
  groups: readonly number[];
  /** Runs that have not begun. */
  waiting: number;
}

export interface ReportModel {
  /** Name among the models of the analysis, e.g. `CNN1-97.5`. */
  name: string;
  /** E.g. `MLP`. */
  architecture: string;
  group: 'diverse' | 'seeds';
  repeat: number | null;
  seed: number;
  /** Percent. */
  target: Target;
  accuracy: number;
  /** The trend's accuracy at the snapshot. */
  trend: Trend;
  /** Accuracy of the test images that did not decide, if the run landed on one half; else null. */
  otherHalf: number | null;
  /** Accuracy of the validation images, which decided, if the run stopped on them; else null. */
  validation: number | null;
  errors: number;
  testCount: number;
  /** Training step at which the target was reached. */
  step: number;
  /** Evaluations of test accuracy in the run, and those that used all test images. */
  looks: number;
  fullLooks: number;
  trainMs: number;
  lookMs: number;
  engine: string;
  weights: string;
}

/** Networks in a group of their own, such as those of a sweep: they count in parts of contributions alone. */
export interface ReportOwnGroup {
  name: string;
  /** With the snapshots of its networks and the targets that these missed. */
  recipes: readonly (ReportRecipe & { models: readonly ReportModel[]; missed: readonly ReportMissedTarget[] })[];
  /** Empty where these are too many for a report. */
  predictions: readonly ReportPredictions[];
}

export interface ReportMissedTarget {
  /** Name of the run's model, e.g. `ViT1`. */
  name: string;
  architecture: string;
  repeat: number | null;
  seed: number;
  target: Target;
  /** Percent; null when it was never evaluated. */
  nearestAccuracy: number | null;
  why: string;
}

/** One snapshot on all stimuli, in the order of `stimuli.items`. */
export interface ReportPredictions {
  model: string;
  architecture: string;
  target: Target;
  repeat: number | null;
  seed: number | null;
  /** The training, which several models may share. Absent: the model has its own. */
  block?: string;
  labels: ArrayLike<number>;
  /** [stimuli, classes], row by row. */
  softmax: ArrayLike<number>;
  /** Its answers to the test images. Absent or null: not computed. */
  test?: TestAnswers | null;
}

export interface ReportLabelers {
  /** Images are in the order of `stimuli.items`. */
  people: People;
  /** True when any of them is simulated: the report is a rehearsal then. */
  simulated: boolean;
}

/** Where a result comes from. */
export interface ReportRun {
  /** As planned, e.g. `models/CNN1`. */
  name: string;
  kind: TaskKind;
  /** The recipe as run; null for derived work (candidates, stimuli, predictions). */
  recipe: unknown;
  seed: number | null;
  engine: EngineDescription;
  dataSetHash: string | null;
  product: { version: string; commit: string | null };
  /** One line: system, processor, cores, memory. */
  machine: string;
  /** ISO 8601, UTC. */
  startedAt: string | null;
  endedAt: string | null;
}

/** How the labels of labeling sessions were handled. */
export interface ReportLabeling {
  /** Hash of the labels since they were locked; null: they may still change. */
  lock: { hash: string; lockedAt: string } | null;
  /** Sessions that were left out, by pseudonym, and why. */
  excluded: { name: string; reason: string }[];
  /** Sessions that are not finished: nothing of them is here. */
  unfinished: number;
  /** People who took back what they gave. */
  withdrawn: number;
  /** Answers of counted sessions that are no label: “can’t tell”, and trials whose time ran out. */
  cannotTell: number;
  timedOut: number;
}

/** True when anything in the report comes from simulated labelers. */
export const isRehearsal = (data: ReportData): boolean => data.labelers?.simulated === true;
