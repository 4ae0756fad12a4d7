import { basename } from 'node:path';
import type { ToolboxLabelers } from '../../../contract/studies/index.ts';
import type { UserError } from '../../../contract/wire/index.ts';
import { formatCount } from '../../../domain/numbers/index.ts';
import { answersAmount } from '../../../domain/results/index.ts';
import { setAside } from '../contract/panel-words.ts';
import type { ReadingProcess } from '../reading-process.ts';
import { storeAnswers } from '../tables/import.ts';
import { modelsMapping, peopleMapping } from './mappings.ts';
import { refusals, studyWithStimuli } from '../../../services/labels/index.ts';
import { placesOf, type Workbench } from '../../../services/workbench/index.ts';
import { addModels, refuseTakenNames } from '../models/add-models.ts';
import { panelsOf } from '../storage/panels.ts';

/**
 * Stores the answers that a study declares: those of people as a panel, those of models as outside models; all or none.
 * Repeating it changes nothing, also where another panel was chosen since. @returns what was stored, in words
 * @throws UserError `csv.*`, `labeling.*`, `outside.*`
 */
export async function provideToolbox(
  workbench: Workbench,
  study: { name: string; spec: ToolboxLabelers },
  reading: ReadingProcess,
): Promise<string> {
  const { storage } = workbench;
  const { spec } = study;
  const { study: record, set } = studyWithStimuli(workbench, study.name);
  const { dataSet } = record.spec;
  if (dataSet.source !== 'folder') throw notOfFolder(study.name);
  const places = placesOf(workbench);
  const name = basename(spec.path);
  const given = { path: spec.path, name };
  const gathered = { ...places, ...given, table: spec.table ?? null };
  const { table, names } = await reading.ask('gatherToolbox', gathered, given);
  const missing = [...spec.people, ...spec.models].find((each) => !names.includes(each));
  if (missing !== undefined)
    throw refusals.table(
      `The tables have no answers of “${missing}”`,
      spec.path,
      'Correct labelers.people and labelers.models of the study file.',
    );
  const others = (own: readonly string[]): string[] => names.filter((each) => !own.includes(each));
  const file = { path: storage.blobs.path(table), name };
  const about = { ...places, ...file };
  const wanted = { kind: null, mapping: peopleMapping(dataSet, set.classes, others(spec.people)) };
  const people = spec.people.length === 0 ? null : await reading.readTable({ ...about, study: study.name, wanted });
  const models =
    spec.models.length === 0
      ? null
      : await reading.ask(
          'readAnswers',
          { ...about, study: study.name, mapping: modelsMapping(dataSet, set.classes, others(spec.models)) },
          file,
        );
  if (models) refuseTakenNames(workbench, record, models);
  const said: string[] = [];
  if (people) {
    const known = panelsOf(storage)
      .ofStudy(record.id)
      .find(({ source, setHash }) => source === people.source && setHash === set.hash);
    const into = { studyName: study.name, setHash: set.hash, names: 'keep' as const };
    const stored = known ? null : (await storeAnswers(workbench, into, { file, ...people })).imported;
    const panel = stored?.kind === 'panel' ? stored.panel : known;
    if (!panel) throw new Error('answers of people are a panel');
    const aside = setAside(panel);
    said.push(`${answersAmount(panel)}${aside.length > 0 ? `; set aside: ${aside.join(', ')}` : ''}`);
  }
  if (models) {
    addModels(workbench, record, file.name, models);
    said.push(formatCount(models.models.length, 'outside model'));
  }
  return said.join('; ');
}

const notOfFolder = (study: string): UserError =>
  refusals.table(
    'Answers in tables of model-vs-human need the images that they are about',
    `study ${study}, labelers`,
    'Take the images of their folder as the data set: `boundary study new --from FOLDER`.',
  );
