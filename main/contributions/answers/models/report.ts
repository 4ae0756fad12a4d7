import { analyzeDiverse, createContext, Memo } from '../../../analysis/groups/index.ts';
import { answersOf } from '../../../analysis/labels/index.ts';
import { modelGroup, orderInput } from '../../../analysis/outcomes/index.ts';
import type { ClaimChoice } from '../../../contract/results/index.ts';
import { outsideWords } from '../contract/outside-words.ts';
import type { ReportedPart } from '../../../exhibits/index.ts';
import type { ReportTools } from '../../../services/results/index.ts';
import { outsideModelsExhibit, outsideTables, type ReportOutside } from '../exhibits/outside.ts';
import type { StudyRecord } from '../../../storage/index.ts';
import { labelsInput, type Sources } from '../../../services/index.ts';
import type { Workbench } from '../../../services/workbench/index.ts';

/** The outside models of a study that have answered for its stimuli, on a page of their own after Results. */
export function reportOutside({ workbench, sources, study, choice: { claim } }: ReportTools): ReportedPart[] {
  const outside = readOutside(workbench, sources, study, claim);
  if (!outside) return [];
  const page = { id: 'outside', name: outsideWords.group };
  const part = { page, tables: [], figures: [] };
  return [
    { ...part, section: 'networks', pageTables: () => [outsideModelsExhibit(outside)] },
    { ...part, section: 'types', pageTables: (view) => outsideTables(view, outside) },
  ];
}

/** With their analysis as one group; null: there are none. */
export function readOutside(
  { storage: { otherModels } }: Workbench,
  sources: Sources,
  study: StudyRecord,
  claim: ClaimChoice,
): ReportOutside | null {
  // Most studies have none, and reading all labels takes long.
  if (!otherModels.ofStudy(study.id).some(({ prediction }) => prediction !== null)) return null;
  const source = sources.read(study);
  const models = source?.models.filter(({ outside }) => outside !== null) ?? [];
  if (!source || models.length === 0) return null;
  const input = orderInput({
    ...labelsInput({ ...source, models }),
    classes: source.classes.length,
    readSoftmax: (model) => models[model]!.softmax(),
  });
  const context = createContext(input, { memo: new Memo(), resampling: false, claim });
  return {
    models: models.flatMap(({ input: { name, architecture, ...of }, outside }) =>
      outside === null
        ? []
        : [{ name, kind: architecture, answers: answersOf(of), tested: outside.tested, identity: outside.identity }],
    ),
    group: analyzeDiverse(modelGroup(input, [...input.models.keys()]), context).analysis,
  };
}
