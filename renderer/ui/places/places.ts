import type { ComponentType } from 'react';
import type { DisagreedChoice, TestImageChoice } from '../../../main/contract/stimuli/stimuli.ts';
import type { DataSetSource } from '../../../main/contract/studies/study.ts';
import type { Target } from '../../../main/contract/recipes/recipes.ts';
import type { ReportChoice, ReportSection } from '../../../main/contract/api/report.ts';
import type { RunDetails, RunRow } from '../../../main/contract/api/runs.ts';
import type { ResultQuestion } from '../words/result-questions.ts';
import type { ResultsOverview, TablesResult } from '../../../main/contract/api/results-tables.ts';
import type { LiveImages, StimuliState } from '../../../main/contract/api/stimuli.ts';
import type { StudyCard } from '../../../main/contract/api/studies.ts';
import type { AnchorSpec } from '../../../main/contract/stimuli/stimuli.ts';
import type { WorkbenchClient } from '../../client/client.ts';
import type { Savable } from '../export/savable.ts';
import type { LabelingState, LabelingStimuli } from '../../../main/contract/labeling/state.ts';

/**
 * Places of screens to which contributions add, by what a component there gets. A contribution that others need declares
 * those of its own screens beside them, as `Lists` too.
 */
export interface Places {
  /** Beside a chart, an image grid or a table: takes it away. */
  'export.menu': Savable;
  /** In the header, after the list of jobs. */
  'header.tools': object;
  /** Beside the buttons of the list of studies. */
  'studies.actions': { studies: readonly StudyCard[] };
  /** Below these buttons: work on studies that are not in the list yet. */
  'studies.work': object;
  /** Below what the first screen says of the program: how one gets to know it. */
  'welcome.help': object;
  /** Cards of the first screen, after the first. */
  'welcome.card': object;
  /** Ways to begin with something that exists, on the first screen. */
  'welcome.actions': object;
  /** Entries of a study's menu. */
  'study.menu': { study: string };
  /** The weights of a run's snapshot, of `bytes`; `name`: of the run. */
  'run.snapshot': { id: number; name: string; target: Target; bytes: number };
  /** A generator: at a step that has a grid, or shipped (`study` is its name, and `step` null). `label` says which. */
  'generator.weights': { study: string; step: number | null; label: string };
  /** Beside the anchors of all classes: how a person chooses that of one class, in two columns. */
  'stimuli.anchors': {
    study: string;
    state: StimuliState;
    classIndex: number;
    setAnchor: (classIndex: number, anchor: AnchorSpec) => void;
  };
  /** Cards below those that freeze a set. */
  'stimuli.cards': { study: string; state: StimuliState };
  /** After the sentence that another set will replace the frozen one: what becomes of that. */
  'stimuli.replaced': object;
  /** Above the labels of a study: how people gave them. */
  'labeling.labels': { study: string };
  /** Buttons for the chosen runs of the table of models. */
  'models.chosen': { study: string; ids: readonly number[] };
  /** Other ways to add models than a grid of values: sentences after what a grid is for. */
  'models.ways': { study: string };
  /** Below the tables and figures of Agreement: those that are shown; null: they are not here yet. */
  'results.agreement': { shown: TablesResult | null };
  /** Fields of the form of a report, and what was chosen so far. */
  'report.choice': { choice: ReportChoice; onChange: (part: Partial<ReportChoice>) => void };
  /** Cards beside the labels of a study: files with answers. `names`: of the classes; `named`: labelers who have the name of an imported table. */
  'labeling.files': { study: string; names: readonly string[]; named: number };
  /**
   * What a study of test images alone will be. `source`: what was asked for, and where images and tables lie; `images`: once
   * they were read.
   */
  'newStudy.testImages': { source: DataSetSource; images: { source: DataSetSource } | null };
  /** Chooses test images on which people disagree. */
  'stimuli.disagreed': {
    study: string;
    /** The present choice, if it is one of this kind. */
    chosen: DisagreedChoice | null;
    /** Images of the test part; null: not known yet. */
    total: number | null;
    locked: boolean;
    saving: boolean;
    onChoose: (choice: TestImageChoice) => void;
  };
  /** Sections of the screen on this machine, before the disk; nowhere without the contribution that has this screen. */
  'machine.section': object;
  /** Facts of a run that goes to a cluster, is on one or was, in the list of its facts. */
  'run.cluster': { run: RunRow };
  /** Before the output of a run's workers: what its task on a cluster wrote. */
  'run.output': { run: RunRow };
}
export type Place = keyof Places;

/** A part of the Labeling screen before the labels: a way to get some. */
export interface LabelingPart {
  /** Of the address: `?part=sessions`. */
  readonly part: string;
  readonly title: string;
  /** Whether the screen opens with it. */
  isFirst(state: LabelingState): boolean;
  readonly Part: ComponentType<{
    study: string;
    /** The frozen stimuli. */
    stimuli: LabelingStimuli;
    /** Shows another part. */
    onPart: (part: string) => void;
  }>;
}

/** A screen with an address. */
interface AddedScreen {
  readonly path: string;
  /** In the title of the page. */
  readonly title: string;
  /** Loads its code, when it is first shown or the page has nothing else to do. */
  readonly load: () => Promise<ComponentType>;
}

/** A screen behind a study's models. Its path follows theirs: `/outside`; its title is also that of its link beside the heading of Models. */
export interface ModelsScreen extends AddedScreen {
  /** False: a part of another place leads to it, and there is no link beside the heading. */
  readonly isLinked?: false;
}

/** A screen that belongs to no study. A part of another place, such as `studies.actions`, leads to it. */
export interface OwnScreen extends AddedScreen {
  /** What it is called in the command palette (Ctrl K). */
  readonly command: string;
  /** Given, the navigation on the left leads to it too, after the core's screens. */
  readonly icon?: ComponentType<{ size: number; 'aria-hidden': true }>;
}

/** A command of the command palette. */
export interface PaletteCommand {
  readonly label: string;
  /** Other words that find it. */
  readonly keywords: readonly string[];
  readonly run: (client: WorkbenchClient) => Promise<unknown>;
}

/** A tab of a run's drawer, after those of its training. */
export interface RunPart {
  readonly part: string;
  readonly title: string;
  readonly Part: ComponentType<{ details: RunDetails }>;
  readonly isShown: (details: RunDetails) => boolean;
}

/** What runs of a contribution's kind are called. */
export interface RunKind {
  readonly kind: RunRow['kind'];
  readonly title: string;
}

/** A view of Results. */
export interface ResultView {
  /** The end of its address. */
  readonly id: string;
  readonly name: string;
  readonly View: ComponentType;
  /** What it shows, as a sentence, for studies without groups of networks, where it is not shown. Null: it is shown there too. */
  readonly shows: string | null;
  /** The tab under which its name stands, after the core's views. Absent: the first. */
  readonly question?: ResultQuestion;
  /** Whether its name stands among the views of a study; it always does while it is open. */
  readonly isOffered: (overview: ResultsOverview) => boolean;
  /** What it chooses itself, so that it is not chosen above it. Of `networks`: also where all are in groups of their own. */
  readonly chooses?: readonly ('networks' | 'labelers')[];
  /** Parameters of the address that it alone uses: they go when another view is opened. */
  readonly parameters?: readonly string[] | ((address: URLSearchParams) => readonly string[]);
}

/** A model of a contribution, and what it says about images. */
export interface OtherVoter {
  readonly key: string;
  readonly name: string;
  /** Names its mark and color, as an architecture does. */
  readonly kind: string;
  /** What it is, a clause. */
  readonly about: string;
  /** Softmax is [images, classes], or null where only labels are known. `why`: it says nothing; null: not yet. */
  readonly answer: { labels: readonly number[]; softmax: Float32Array | null } | { why: string } | null;
}

/** Models that are asked about the images that a screen shows, beside those that were trained here. */
export interface OtherVoters {
  /** A hook. @param images null: nothing is shown */
  readonly useVotes: (study: string, images: LiveImages | null) => OtherVoter[];
}

/** A measure of how far two raters agree, which the host knows by its key (`AgreementMeasure`). */
export interface ShownMeasure {
  readonly key: string;
  readonly title: string;
}

/** What a contribution adds to a section of reports. */
export interface SectionOfReports {
  readonly section: ReportSection;
  /** Of its box among the contents of a report; where the core has the section, it is named after what that has in it. */
  readonly title: string;
}

/** Lists of the core's screens to which contributions add, by what they consist of. */
export interface Lists {
  'labeling.parts': LabelingPart;
  screens: OwnScreen;
  commands: PaletteCommand;
  'models.screens': ModelsScreen;
  'run.kinds': RunKind;
  'run.parts': RunPart;
  'stimuli.voters': OtherVoters;
  'results.views': ResultView;
  /** Measures that Agreement offers, after Cohen's kappa; the first is shown where there is any with networks and people. */
  'results.measures': ShownMeasure;
  'report.sections': SectionOfReports;
}

type Components = { readonly [Each in Place]?: ComponentType<Places[Each]> };
type Additions = { readonly [Each in keyof Lists]?: readonly Lists[Each][] };

/** Components of a contribution by place, and what it adds to lists. */
export type Parts = Components & Additions;
const added: { readonly parts: Parts; readonly name: string }[] = [];

/** Adds a contribution's components; called before the page is drawn. */
export function addParts(name: string, parts: Parts): void {
  added.push({ name, parts });
}

/** The components of a place, in the order in which their contributions are listed. */
export const partsAt = <Each extends Place>(place: Each): { name: string; Part: ComponentType<Places[Each]> }[] =>
  added.flatMap(({ name, parts }) => {
    const components: Components = parts;
    const Part = components[place];
    return Part === undefined ? [] : [{ name, Part }];
  });

/** What contributions add to a list, in the order in which they are listed. */
export const listAt = <Each extends keyof Lists>(list: Each): Lists[Each][] =>
  added.flatMap(({ parts }) => {
    const additions: Additions = parts;
    return additions[list] ?? [];
  });
