import type { TableFile } from '../table-kinds.ts';
import type { ToolboxPlan } from '../contract/toolbox.ts';
import type { ToolboxAnswers } from '../contract/toolbox.ts';
import { type DataSetSource, type Study, studySchema } from '../../../contract/studies/index.ts';
import { sourceName, uploadedPath } from '../../../domain/data/index.ts';
import { withReading } from '../reading.ts';
import { badName, checkStudy, readDataSet, storeNewStudy } from '../../../services/declaration/index.ts';
import { freeName, placesOf } from '../../../services/workbench/index.ts';
import type { Tools, Uploads } from '../../../services/tools/index.ts';

type ToolboxTools = Pick<Tools, 'workbench' | 'launcher'> & { readonly uploads?: Uploads };

/**
 * What the tables of model-vs-human beside images say of them.
 * @param source of the images that were read @param from where they and the tables lie, also of an upload
 * @param people those whom a person named as such; null: by the toolbox's own rule
 * @throws UserError `csv.*`, `labeling.*`, `new-study.not-read`, `upload.gone`
 */
export async function toolboxAnswers(
  { workbench, launcher, uploads }: ToolboxTools,
  { source, from, people }: { source: DataSetSource; from: string; people: string[] | null },
): Promise<ToolboxAnswers> {
  const { hash } = readDataSet(workbench, source);
  const about = { ...placesOf(workbench), source, hash, people };
  const inspect = (file: TableFile) =>
    withReading({ workbench, launcher }, (reading) => reading.ask('inspectToolbox', { ...about, ...file }, file));
  const upload = uploads?.idAt(from) ?? null;
  if (!uploads || upload === null) return inspect({ path: from, name: from });
  return uploads.use(upload, async ({ path, name }) => {
    const found = await inspect({ path, name });
    return { ...found, path: uploadedPath(hash, name) };
  });
}

/** Stores the study under its name, and gives it. @throws UserError `new-study.not-read`, `study.*` */
export function createToolboxStudy(tools: Pick<Tools, 'workbench' | 'changes'>, plan: ToolboxPlan): string {
  return storeNewStudy(tools, declareToolbox(tools, plan));
}

/** A study of all images of a folder, with the answers beside them and no networks. @throws UserError `new-study.not-read`, `study.*` */
export function declareToolbox({ workbench }: Pick<Tools, 'workbench'>, plan: ToolboxPlan): Study {
  const { source, title, labelers } = plan;
  readDataSet(workbench, source);
  const { storage } = workbench;
  if (labelers.table !== undefined) storage.blobs.touch(labelers.table);
  const name = plan.name ?? freeName(storage, sourceName(source));
  const study = studySchema.safeParse({
    schema: 'boundary-workbench/study/1',
    name,
    dataSet: source,
    generator: null,
    reference: null,
    models: [],
    title: title ?? `${sourceName(source)}: models and people on the same images`,
    question: 'On which images do models fail that people recognize, and where do people fail that models recognize?',
    stimuli: { source: 'test-images', choose: { kind: 'all' } },
    labelers,
  });
  if (!study.success) throw badName(name);
  return checkStudy(study.data, `study ${name}`, storage.studies.sections);
}
