import { z } from 'zod';
import { labelsJsonSchema, type ExportFormat } from '../contract/tables.ts';
import { csvRow } from '../../../files/tables/index.ts';

const image = { image: ['id of the image in its stimulus set', 'whole number from 0'] } as const;
const place = {
  pair_i: ['first class of the pair that the image lies between', 'class index'],
  pair_j: ['second class of the pair', 'class index'],
  alpha: ['weight of pair_j: 0 is pair_i, 1 is pair_j', '0 to 1'],
} as const;
const labeler = {
  labeler: ['pseudonym of the person, or the name in an imported table if it was kept', 'text'],
} as const;
const simulated = {
  simulated: ['only in a rehearsal: whether the label is simulated', 'yes, no'],
} as const;

const anchors = {
  anchor_i: [
    'only if a class has several anchors: id of the one of pair_i',
    'text, unique in its class; empty: the one of its class',
  ],
  anchor_j: ['the same of pair_j', 'text, unique in its class; empty: the one of its class'],
} as const;

type Columns = Record<string, readonly [meaning: string, values: string]>;

const columns: Record<Exclude<ExportFormat, 'json'>, Columns> = {
  humans: { ...image, ...place, ...labeler, label: ['current label', 'class index'], ...simulated, ...anchors },
  events: {
    ...labeler,
    medium: ['where the session took place', 'screen, kit, paper'],
    plan_version: ['version of the labeling plan, with its texts', 'whole number from 1'],
    session_state: [
      'state of the session; time-up: its time limit ended it',
      'planned, active, finished, time-up, declined',
    ],
    images_left: ['images without an answer when the time limit ended the session', 'whole number; empty: it did not'],
    excluded: ['why figures exclude the session', 'text; empty: they include it'],
    sitting: ['number of the sitting in the session', 'whole number from 1'],
    sitting_opened_at: ['when the sitting’s page was opened', 'ISO 8601, UTC'],
    refresh_hz: ['measured frames per second of the display', 'number; empty: not measured'],
    seq: ['number of the event in its sitting', 'whole number from 0'],
    event: [
      'what happened',
      'answer, undo, timeout; focus-lost, focus-back, hidden, visible, full-screen-left, full-screen-entered, break-began, break-ended, review, work-began, working, time-up, wrong-pin, tried-to-leave, second-window, left',
    ],
    trial: ['position in the session’s order', 'whole number from 0; empty: none'],
    trial_kind: ['what the trial is for; only real ones are analyzed', 'real, repeat, practice, attention'],
    block: ['block of the order', 'whole number from 1'],
    ...image,
    ...place,
    label: ['class that was chosen', 'class index; empty: none, or can’t tell'],
    answer: ['the answer as the person read it', 'text; cannot-tell'],
    shown_ms: ['when the image was first shown or focused, since the sitting’s page was loaded', 'milliseconds'],
    at_ms: [
      'when the event came, since the sitting’s page was loaded; of an answer with two keys, the second',
      'milliseconds, on a monotonic clock',
    ],
    response_ms: ['at_ms - shown_ms', 'milliseconds; empty on paper'],
    current: ['whether it is the current event of its trial', 'yes, no'],
    late: ['time limit that the event missed: it is stored but does not count', 'image, session; empty: none'],
    stored_at: ['when it was stored, by the clock of the researcher’s computer', 'ISO 8601, UTC'],
  },
  'model-vs-human': {
    subj: ['pseudonym of the person, or the name in an imported table if it was kept', 'text'],
    session: ['always 1: one session per person', 'whole number'],
    trial: ['position in the person’s order, practice included', 'whole number from 1'],
    rt: ['time from image to current answer', 'seconds; NaN: unknown'],
    object_response: ['class that was chosen', 'name of a class; na: left blank or can’t tell'],
    category: ['class of the pair that the image is closer to', 'name of a class; na: halfway'],
    condition: ['weight of the pair’s second class, alpha', '0 to 1'],
    imagename: ['file of the image in the exported stimulus set', 'text'],
  },
  counts: {
    ...image,
    imagename: ['file of the image in the exported stimulus set', 'text'],
    ...place,
    labels: ['people who gave a label', 'whole number'],
    'count_0, count_1, ...': ['people who chose the class of this index', 'whole number'],
    ...simulated,
  },
};

/** The data dictionary of a format: a CSV with the meaning of each column, or the JSON Schema. */
export function dataDictionary(format: ExportFormat, classes: readonly string[]): { name: string; text: string } {
  if (format === 'json') {
    return { name: 'schema.json', text: `${JSON.stringify(z.toJSONSchema(labelsJsonSchema), null, 2)}\n` };
  }
  const rows = Object.entries(columns[format]).map(([column, [meaning, values]]) => csvRow([column, meaning, values]));
  const names = classes.map((name, index) => csvRow([`class ${index}`, name, '']));
  return { name: 'dictionary.csv', text: [csvRow(['column', 'meaning', 'values']), ...rows, ...names].join('') };
}
