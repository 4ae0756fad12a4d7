import type { ToolboxAnswers } from '../contract/toolbox.ts';
import { problemOf } from '../../../contract/wire/index.ts';
import { sizeOf, type SourceOf } from '../../../domain/data/index.ts';
import { formatCount, formatInteger } from '../../../domain/numbers/index.ts';
import { takenFrom } from './taken-from.ts';
import { isPersonName, toolboxColumns } from '../../formats/toolbox/model-vs-human.ts';
import type { BlobStore } from '../../../files/index.ts';
import { readCsv } from '../../../files/tables/reading/index.ts';
import { isNoResponse, readToolboxTables, type ToolboxRow } from '../../formats/toolbox/toolbox-tables.ts';
import { formatCsv } from '../../../files/tables/index.ts';
import type { DataSetRecord } from '../../../contract/api/index.ts';
import type { StimulusSetRecord } from '../../../storage/index.ts';
import { listImageFiles } from '../../formats/sources/image-files.ts';
import { answersBeside, categoryOf } from '../../formats/sources/toolbox-folder.ts';
import { refusals } from '../../../services/labels/index.ts';
import { readAnswers } from '../models/model-answers.ts';
import { readPeople } from '../panels/read.ts';
import { imageFinder } from '../tables/image-finder.ts';
import { categoriesOf, modelsMapping, peopleMapping } from './mappings.ts';

type FolderSource = SourceOf<'folder'>;

const most = { answerers: 1000, conditions: 100, names: 20, examples: 5, cells: 2 ** 28 };

/** Reads the tables of an experiment, and stores their rows as one CSV file, a blob. @param path of images or tables */
export async function gatherTables(path: string, blobs: BlobStore) {
  const images = await listImageFiles(path);
  const from = await answersBeside(path, images).finally(() => images.close());
  if (from === null)
    throw refusals.table(
      'There are no tables of model-vs-human',
      path,
      'Choose the folder that has CSV files with the columns subj, object_response and imagename.',
    );
  const listed = await listImageFiles(from);
  const rows: ToolboxRow[] = [];
  try {
    const { read, others } = await readToolboxTables(listed.tables, (row) => {
      const answer = isNoResponse(row.object_response) ? 'na' : row.object_response.normalize('NFC');
      const kept = { ...row, object_response: answer, category: row.category.normalize('NFC') };
      rows.push(kept);
    });
    const text = formatCsv([toolboxColumns, ...rows.map((row) => toolboxColumns.map((name) => row[name]))]);
    return { path: from, table: blobs.put(Buffer.from(text)), rows, read, others };
  } finally {
    listed.close();
  }
}

/** `gatherTables` with the names of who answers. @param known blob of rows that were read before; null: none were */
export async function gatherNamed(path: string, known: string | null, blobs: BlobStore) {
  const table = known !== null && blobs.touch(known) ? known : (await gatherTables(path, blobs)).table;
  const names = new Set<string>();
  await readCsv(blobs.path(table), (header) => {
    const at = header.names.indexOf('subj');
    return (cells) => {
      names.add((cells[at] ?? '').trim());
    };
  });
  return { table, names: [...names] };
}

/** The stimuli that a study will have, before it has them. @param files names of the images, by position */
function setOf(record: DataSetRecord, source: FolderSource, files: readonly string[]): StimulusSetRecord {
  const images = files.map((file, id) => ({
    id,
    pairI: null,
    pairJ: null,
    alpha: null,
    z: null,
    truth: categoriesOf(source, record).indexOf(categoryOf(file) ?? ''),
  }));
  return {
    ...sizeOf(record),
    hash: '',
    pixels: '',
    classes: record.classes,
    source: 'test-images',
    provenance: { source: 'test-images', files: [...files] },
    original: null,
    images,
  };
}

interface Tally {
  none: number;
  right: number;
  given: Uint8Array;
  /** Whether an image was answered twice. */
  isTwice: boolean;
}

/**
 * What tables beside images say of these, and whether a study could take it: all answers are read as its import will read them.
 * @param people those whom a person named as such; null: by the toolbox's own rule
 * @throws UserError `csv.*`, `labeling.table`
 */
export async function inspectToolbox(
  images: { path: string; record: DataSetRecord; source: FolderSource; files: readonly string[] },
  people: readonly string[] | null,
  blobs: BlobStore,
): Promise<ToolboxAnswers> {
  const { path, record, source, files } = images;
  const { rows, read, others, ...gathered } = await gatherTables(path, blobs);
  const set = setOf(record, source, files);
  const find = imageFinder(set);
  const [tallies, conditions, unknown] = [new Map<string, Tally>(), new Map<string, number>(), new Set<string>()];
  const answered = new Uint8Array(files.length);
  for (const { subj, object_response: answer, category, condition, imagename } of rows) {
    if (conditions.has(condition) || conditions.size < most.conditions)
      conditions.set(condition, (conditions.get(condition) ?? 0) + 1);
    const tally = tallies.get(subj) ?? newTally(tallies, subj, files.length, gathered.path);
    const image = find(imagename);
    if (image === undefined) unknown.add(imagename.slice(0, 200));
    else if (answer === 'na') tally.none += 1;
    else {
      if (tally.given[image] === 1) tally.isTwice = true;
      tally.given[image] = 1;
      answered[image] = 1;
      if (answer === category) tally.right += 1;
    }
  }
  const names = [...tallies.keys()];
  const hasRule = names.some(isPersonName);
  const isPerson = (name: string): boolean => people?.includes(name) ?? (!hasRule || isPersonName(name));
  const answerers = [...tallies]
    .map(([name, { none, right, given, isTwice }]) => {
      const answers = given.reduce((sum, one) => sum + one, 0);
      const missing = files.length - answers;
      const why = isTwice ? 'it answers an image twice' : `it has no answer for ${formatCount(missing, 'image')}`;
      const leftOut = !isPerson(name) && (isTwice || missing > 0) ? why : null;
      return { name, isPerson: isPerson(name), answers, none, right: share(right, answers), leftOut };
    })
    .sort((a, b) => Number(b.isPerson) - Number(a.isPerson) || (a.name < b.name ? -1 : 1));
  const found: Omit<ToolboxAnswers, 'problem'> = {
    ...gathered,
    tables: read.length,
    rows: rows.length,
    answerers,
    others: { count: others.length, examples: others.slice(0, most.examples) },
    conditions: [...conditions].map(([name, count]) => ({ name, rows: count })),
    unknownImages: { count: unknown.size, names: [...unknown].slice(0, most.names) },
    unanswered: answered.reduce((sum, one) => sum + (one === 1 ? 0 : 1), 0),
  };
  return { ...found, problem: await findProblem(found, { source, set, name: gathered.path }, blobs) };
}

const share = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.min(100, (100 * part) / whole);

function newTally(tallies: Map<string, Tally>, name: string, images: number, where: string): Tally {
  if (tallies.size >= most.answerers || (tallies.size + 1) * images > most.cells)
    throw refusals.table(
      `These tables have more than ${formatInteger(tallies.size)} people and models`,
      where,
      'Check the column subj, or choose a folder with fewer models.',
    );
  const tally = { none: 0, right: 0, given: new Uint8Array(images), isTwice: false };
  tallies.set(name, tally);
  return tally;
}

/** Reads everything as the import will. */
async function findProblem(
  found: Omit<ToolboxAnswers, 'problem'>,
  { source, set, name }: { source: FolderSource; set: StimulusSetRecord; name: string },
  blobs: BlobStore,
): Promise<ToolboxAnswers['problem']> {
  const { people, models } = takenFrom(found);
  const file = { path: blobs.path(found.table), name };
  const names = found.answerers.map((each) => each.name);
  const others = (own: readonly string[]): string[] => names.filter((each) => !own.includes(each));
  try {
    if (people.length + models.length === 0) {
      const [first = ''] = found.unknownImages.names;
      throw refusals.table(
        `No answer is about an image of this folder${first === '' ? '' : `; the tables have images such as “${first}”`}`,
        name,
        'Choose the folder of the images that these tables are about.',
      );
    }
    if (people.length > 0) {
      const mapping = peopleMapping(source, set.classes, others(people));
      await readPeople(file, { set, checkPerson: () => null }, mapping);
    }
    if (models.length > 0) await readAnswers(file, modelsMapping(source, set.classes, others(models)), set);
    return null;
  } catch (error) {
    return problemOf(error);
  }
}
