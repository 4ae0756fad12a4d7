import type { Answers } from '../../../analysis/labels/index.ts';
import type { Exhibit } from '../../../contract/results/index.ts';
import { outsideWords } from '../contract/outside-words.ts';
import { count, type StudyNumbers, undefinedCell } from '../../../exhibits/parts/index.ts';
import { table2, table3, table4 } from '../../../exhibits/index.ts';
import type { DiverseAnalysis } from '../../../analysis/groups/index.ts';
import type { OutsideTest } from '../contract/outside-models.ts';

/** Tables about models that were not trained here, in reports. On the page they are rows of Tables 2 to 4. */

/** Models that were not trained here, compared with people as one group. */
export interface ReportOutside {
  /** By name. */
  models: readonly {
    name: string;
    /** `Table of answers`, `ONNX`, ... */
    kind: string;
    answers: Answers;
    /** How it did on labeled images; null: it was tried on none. */
    tested: OutsideTest | null;
    /** SHA-256 of all that decides its answers. */
    identity: string;
  }[];
  group: DiverseAnalysis;
}

const known: Record<Answers, string> = {
  labels: 'labels',
  confidence: 'labels and confidences',
  softmax: 'softmax',
};

/** Each outside model: what it is, and how it did on labeled images and against people. */
export function outsideModelsExhibit({ models, group }: ReportOutside): Exhibit {
  const place = new Set(group.models);
  return {
    id: 'outside-models',
    number: '',
    title: 'Outside models',
    people: true,
    heads: 1,
    columns: [
      ...[{ name: 'Model', names: true }, { name: 'Kind' }, { name: 'Known answers' }],
      { name: 'Accuracy %', decimals: 2, unit: '%', showN: true },
      { name: 'Agrees with the majority of people', decimals: 3, showN: true },
      { name: 'Identity' },
    ],
    rows: models.map(({ name, kind, answers, tested, identity }) => {
      const own = place.has(name) ? group.scores.per_model[name] : undefined;
      return [
        ...[name, kind, known[answers]],
        tested === null
          ? undefinedCell('It was tried on no labeled images.')
          : { ...count(tested.accuracy), n: tested.images, of: 'images' as const },
        own?.accuracy == null
          ? undefinedCell('On no image is one label of people more frequent than all others.')
          : { ...count(own.accuracy), n: own.n, of: 'images' as const },
        identity,
      ];
    }),
    notes: [
      'Not trained here and without a target: accuracy is as measured. They are compared as a group of their own, and are not among the networks of other tables.',
      'Identity: SHA-256 of all that decides a model’s answers; of a model of files, these and how they are used.',
    ],
  };
}

/** Tables 2 to 4 of outside models as one group. */
export function outsideTables(study: StudyNumbers, outside: ReportOutside): Exhibit[] {
  const choice = { kind: 'outside' } as const;
  const groups = [{ target: '', title: outsideWords.group, group: outside.group, choice, absent: [], apart: null }];
  return [table2, table3, table4].map((table) => {
    const { id, title, ...exhibit } = table({ ...study, paper: null, groups });
    return {
      ...exhibit,
      id: `outside-${id}`,
      number: '',
      title: `${outsideWords.group}: ${uncapitalized(title)}`,
      paper: false,
    };
  });
}

const uncapitalized = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1);
