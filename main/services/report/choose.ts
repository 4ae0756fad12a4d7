import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ReportChoice,
  type ReportSection,
  type ReportState,
  reportChoiceSchema,
  reportSections,
  wholeReport,
} from '../../contract/api/report.ts';
import { UserError } from '../../contract/wire/errors.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import { findStudy } from '../workbench/find.ts';
import type { Tools } from '../tools/tools.ts';
import { architectureNames } from '../../domain/networks/architectures.ts';
import { reportFolder, type Workbench } from '../workbench/workbench.ts';
import type { ReportProcess } from './report-process.ts';
import type { Target } from '../../contract/recipes/recipes.ts';
import { compareTargets } from '../../domain/numbers/targets.ts';

/** What reports are chosen and written with. */
export type ReportTools = Pick<Tools, 'workbench' | 'changes' | 'downloads' | 'jobs'> & {
  readonly reports: ReportProcess;
};

const setting = 'report';

/** What can be in a study's report, and what was chosen last. @throws UserError `study.not-found` */
export function reportState(tools: ReportTools, name: string): ReportState {
  const { storage } = tools.workbench;
  const study = findStudy(tools.workbench, name);
  const set = storage.studies.stimuli(study.id);
  const facts = readFacts(tools.workbench, study);
  const page = join(reportFolder(storage.folder, study.name), 'index.html');
  return {
    missing: set === undefined ? 'The stimuli are not made yet, so there is nothing to report.' : null,
    rehearsal: facts.simulated,
    hasManyLabels: facts.labelsAnImage > wholeReport.asked,
    choice: savedChoice(tools.workbench, study, facts) ?? firstChoice(tools),
    sections: reportSections.map((section) => ({ section, empty: whyEmpty(section, facts) })),
    targets: facts.targets,
    architectures: facts.architectures,
    repeats: facts.repeats,
    noPdf: tools.reports.printer.missing,
    writtenAt: existsSync(page) ? statSync(page).mtime.toISOString() : null,
  };
}

/** @throws UserError `study.not-found` */
export function saveChoice({ workbench }: Pick<Tools, 'workbench'>, name: string, choice: ReportChoice): void {
  const study = findStudy(workbench, name);
  workbench.storage.settings.setOfStudy(study.id, setting, choice, workbench.now());
}

/** What was chosen for a study last, as far as it is still there; null: nothing yet. */
function savedChoice({ storage }: Workbench, { id }: StudyRecord, facts: Facts): ReportChoice | null {
  const saved = storage.settings.ofStudy(id, setting, reportChoiceSchema);
  return saved ? withoutGone(saved, facts) : null;
}

/** `savedChoice` by the study's name. @throws UserError `study.not-found`, `report.nothing-saved` */
export function lastChoice(workbench: Workbench, name: string): ReportChoice {
  const study = findStudy(workbench, name);
  const choice = savedChoice(workbench, study, readFacts(workbench, study));
  if (choice) return choice;
  throw new UserError(
    'report.nothing-saved',
    `Nothing was chosen yet for the report of study "${name}"`,
    name,
    'Choose the contents on the Report screen first, or leave --saved out.',
  );
}

/** What was chosen once and is not there any more is chosen no more; all, where nothing is left. None stays none. */
function withoutGone(choice: ReportChoice, { targets, architectures, repeats }: Facts): ReportChoice {
  const left = <T>(chosen: readonly T[] | null, known: readonly T[]): T[] | null => {
    const kept = (chosen ?? []).filter((each) => known.includes(each));
    return chosen === null || (chosen.length > 0 && kept.length === 0) ? null : kept;
  };
  return {
    ...choice,
    targets: left(choice.targets, targets),
    architectures: left(choice.architectures, architectures),
    repeats: left(choice.repeats, repeats),
  };
}

/** A PDF too, where one can be made. */
const firstChoice = ({ reports }: ReportTools): ReportChoice =>
  reports.printer.missing === null
    ? { ...wholeReport, formats: ['html', 'pdf', 'latex', 'csv', 'json', 'svg'] }
    : wholeReport;

interface Facts {
  targets: Target[];
  architectures: string[];
  /** Numbers of seed groups. */
  repeats: number[];
  /** Networks that can be compared with each other at one target. */
  groups: number;
  seedGroups: number;
  /** Outside models with answers. */
  outside: number;
  /** Where other answers are used than labels: these. */
  labelers: number;
  /** About how many; the images of other answers are those that they were about when they were imported. */
  labelsAnImage: number;
  simulated: boolean;
  /** Of contributed models: why their section would be empty; null: it is not. */
  whyEmpty: ReadonlyMap<ReportSection, string | null>;
}

function readFacts({ storage }: Workbench, study: StudyRecord): Facts {
  const models = storage.models.ofStudy(study.id).filter(({ prediction }) => prediction !== null);
  const diverse = models.filter(({ group }) => group !== 'seeds');
  const targets = [...new Set(models.map(({ target }) => target))].sort(compareTargets);
  const hasStimuli = storage.studies.stimuli(study.id) !== undefined;
  const others = storage.otherAnswers.inUse(study.id);
  const labelers = hasStimuli && !others ? storage.labelers.ofStudy(study.id) : [];
  const seeds = models.filter(({ group }) => group === 'seeds');
  return {
    targets,
    architectures: [...new Set(models.map(({ architecture }) => architectureNames[architecture]))],
    repeats: [...new Set(seeds.map(({ repeat }) => repeat))].sort((a, b) => a - b),
    groups: new Set(diverse.map(({ target }) => target)).size,
    seedGroups: seeds.length,
    outside: storage.otherModels.ofStudy(study.id).filter(({ prediction }) => prediction !== null).length,
    labelers: others?.answers ?? labelers.length,
    labelsAnImage: others ? others.answers / Math.max(1, others.images) : labelers.length,
    simulated: labelers.some(({ simulated }) => simulated),
    whyEmpty: new Map(
      storage.studies.sections.flatMap(({ report }) =>
        report ? [[report.section, report.whyEmpty(study.spec)] as const] : [],
      ),
    ),
  };
}

const needsGroups = new Set<ReportSection>(['types', 'softmax', 'certainty']);
const needsPeople = new Set<ReportSection>(['types', 'softmax', 'certainty']);
/** Sections about people alone, networks alone, or both. */
const needsAnybody = new Set<ReportSection>(['along', 'agreement', 'comparison']);

function whyEmpty(
  section: ReportSection,
  { groups, seedGroups, outside, labelers, targets, whyEmpty: contributed }: Facts,
): string | null {
  if (section === 'types' && outside > 0 && labelers > 0) return null;
  if (needsGroups.has(section) && groups === 0) return 'No network has predicted the stimuli yet.';
  if (needsPeople.has(section) && labelers === 0) return 'Nobody has labeled yet: what needs people stays undefined.';
  if (needsAnybody.has(section) && groups === 0 && labelers === 0)
    return 'No network has predicted the stimuli yet, and nobody has labeled them.';
  if (section === 'comparison' && labelers === 0) return 'Nobody has labeled yet: what needs people stays undefined.';
  if (section === 'effects' && targets.length === 0) return 'No network has predicted the stimuli yet.';
  if (section === 'seeds' && seedGroups === 0) return 'This study has no seed groups.';
  return contributed.get(section) ?? null;
}
