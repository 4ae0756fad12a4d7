import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { ExportFormat, LabelsJson } from '../contract/tables.ts';
import { iso, isoOrNull, type Tools } from '../../../services/tools/index.ts';
import { dataDictionary } from './dictionary.ts';
import type { LabelTable, StimulusRecord, StimulusSetRecord, StudyRecord } from '../../../storage/index.ts';
import type { SessionRecord } from '../../../storage/labeling/index.ts';
import type { Workbench } from '../../../services/workbench/index.ts';
import { countedLabelers, labelerNames, studyWithStimuli } from '../../../services/labels/index.ts';
import { csvRow, textCell } from '../../../files/tables/index.ts';
import { simulatedColumn } from './humans-csv.ts';
import { cannotTellChoice } from '../../../contract/labeling/index.ts';
import { currentEvents } from './current-events.ts';
import {
  arePlaced,
  hasAnchors,
  isPlaced,
  placeColumns,
  type PlacedImage,
  sameAlpha,
} from '../../../domain/stimuli/index.ts';
import { sessionTables } from '../../sessions/storage/tables.ts';

const csv = 'text/csv; charset=utf-8';

/** File name, media type and content of each export format. Its data dictionary is in dictionary.ts. */
const formats: Record<
  ExportFormat,
  { fileName: string; type: string; rows: (source: TableSource) => Iterable<string> | AsyncIterable<string> }
> = {
  humans: { fileName: 'humans.csv', type: csv, rows: humansRows },
  events: { fileName: 'labeling-events.csv', type: csv, rows: eventRows },
  json: { fileName: 'labels.json', type: 'application/json', rows: labelsJson },
  'model-vs-human': { fileName: 'model-vs-human.csv', type: csv, rows: modelVsHumanRows },
  counts: { fileName: 'label-counts.csv', type: csv, rows: countRows },
};

/** Bytes, and milliseconds of work, of a piece. Other work gets a turn after each. */
const [pieceBytes, turnMs] = [1 << 18, 10];

/** Rows of one session that are made at a time. */
const rowsAtATime = 1000;

/**
 * Offers a table and its data dictionary for download. The table is read from the database during the download, so it
 * does not contain what was withdrawn by then.
 * @throws UserError `study.not-found`, `labeling.no-stimuli`
 */
export function exportTable(
  tools: Pick<Tools, 'workbench' | 'downloads'>,
  studyName: string,
  format: ExportFormat,
): { name: string; address: string; bytes: number | null }[] {
  const source = tableSource(tools.workbench, studyName);
  const { fileName: name, type } = formats[format];
  const table = tools.downloads.offer({
    name,
    type,
    content: { stream: () => Readable.from(tableText(tools, studyName, format)) },
  });
  const dictionary = dataDictionary(format, source.set.classes);
  const bytes = Buffer.from(dictionary.text);
  const dictionaryName = `${name.replace(/\.\w+$/, '')}-${dictionary.name}`;
  const beside = tools.downloads.offer({ name: dictionaryName, type, content: { bytes } });
  return [
    { name, address: table, bytes: null },
    { name: dictionaryName, address: beside, bytes: bytes.length },
  ];
}

export async function* tableText(
  { workbench }: Pick<Tools, 'workbench'>,
  studyName: string,
  format: ExportFormat,
): AsyncGenerator<Buffer> {
  let piece = '';
  let turn = performance.now();
  for await (const text of formats[format].rows(tableSource(workbench, studyName))) {
    piece += text;
    if (piece.length < pieceBytes && performance.now() - turn < turnMs) continue;
    if (piece !== '') yield Buffer.from(piece);
    piece = '';
    await setImmediate();
    turn = performance.now();
  }
  yield Buffer.from(piece);
}

interface TableSource {
  readonly workbench: Workbench;
  readonly study: StudyRecord;
  readonly set: StimulusSetRecord;
  /** By id. */
  readonly images: ReadonlyMap<number, StimulusRecord>;
}

/** @throws UserError `study.not-found`, `labeling.no-stimuli` */
function tableSource(workbench: Workbench, studyName: string): TableSource {
  const { study, set } = studyWithStimuli(workbench, studyName);
  return { workbench, study, set, images: new Map(set.images.map((image) => [image.id, image])) };
}

/** File name of an image in an exported stimulus set. */
const imageName = (id: number): string => `${String(id).padStart(4, '0')}.png`;

/**
 * Non-negative milliseconds as text, with one decimal, which is more exact than any screen. Built from integers, because
 * formatting fractions is slow and tables have millions of rows.
 */
export function ms(value: number): string {
  const tenths = Math.round(value * 10);
  const whole = Math.floor(tenths / 10);
  const rest = tenths - whole * 10;
  return rest === 0 ? String(whole) : `${whole}.${rest}`;
}

/** Labels of people or simulated labelers. */
const readLabels = ({ workbench, study, set }: TableSource): Promise<LabelTable> =>
  workbench.storage.responses.readTable(study.id, set.hash);

/** humans.csv: image,pair_i,pair_j,alpha,labeler,label. Missing labels have no row. */
async function* humansRows(source: TableSource): AsyncGenerator<string> {
  const table = await readLabels(source);
  const marked = table.containsSimulated;
  const anchored = hasAnchors(source.set.images);
  const placed = arePlaced(source.set.images);
  yield `image${placed ? `,${placeColumns}` : ''},labeler,label${marked ? `,${simulatedColumn}` : ''}${anchored ? ',anchor_i,anchor_j' : ''}\n`;
  const names = labelerNames(table.labelers).map(textCell);
  const ends = table.labelers.map(({ simulated }) => (marked ? (simulated ? ',yes' : ',no') : ''));
  for (const [index, { id, pairI, pairJ, alpha, anchorI, anchorJ }] of source.set.images.entries()) {
    let rows = '';
    const anchors = anchored ? `,${anchorI ?? ''},${anchorJ ?? ''}` : '';
    const start = placed ? `${id},${pairI},${pairJ},${alpha},` : `${id},`;
    for (let person = 0; person < names.length; person++) {
      const label = table.labels[person]?.[index] ?? null;
      if (label !== null) rows += `${start}${names[person]},${label}${ends[person]}${anchors}\n`;
    }
    yield rows;
  }
}

async function* countRows(source: TableSource): AsyncGenerator<string> {
  const table = await readLabels(source);
  const classes = source.set.classes.map((_, index) => `count_${index}`);
  const marked = table.containsSimulated ? [simulatedColumn] : [];
  const placed = arePlaced(source.set.images);
  yield csvRow(['image', 'imagename', ...(placed ? placeColumns : []), 'labels', ...classes, ...marked]);
  for (const [index, { id, pairI, pairJ, alpha }] of source.set.images.entries()) {
    const counts = new Array<number>(classes.length).fill(0);
    let given = 0;
    for (const own of table.labels) {
      const label = own[index] ?? null;
      if (label === null) continue;
      counts[label] = (counts[label] ?? 0) + 1;
      given += 1;
    }
    const place = placed ? [pairI, pairJ, alpha] : [];
    yield csvRow([id, imageName(id), ...place, given, ...counts, ...marked.map(() => 'yes')]);
  }
}

const eventColumns = (placed: boolean): string[] => [
  ...['labeler', 'medium', 'plan_version', 'session_state', 'images_left', 'excluded'],
  ...['sitting', 'sitting_opened_at', 'refresh_hz'],
  ...['seq', 'event', 'trial', 'trial_kind', 'block', 'image', ...(placed ? placeColumns : [])],
  ...['label', 'answer'],
  ...['shown_ms', 'at_ms', 'response_ms', 'current', 'late', 'stored_at'],
];

/** The sessions, without people who withdraw during the export. */
function* exportedSessions({ workbench, study, set }: TableSource): Generator<SessionRecord> {
  const { sessions } = sessionTables(workbench.storage);
  for (const { id, setHash } of sessions.ofStudy(study.id)) {
    const session = setHash === set.hash && sessions.get(id);
    if (session) yield session;
  }
}

/** Every event and note of every session, one per row. */
function* eventRows(source: TableSource): Generator<string> {
  const placed = arePlaced(source.set.images);
  yield csvRow(eventColumns(placed));
  // Formatted once per image, not once per session.
  const cells = new Map(
    [...source.images].map(([id, { pairI, pairJ, alpha }]) => [
      id,
      placed ? `${id},${pairI},${pairJ},${alpha}` : String(id),
    ]),
  );
  for (const session of exportedSessions(source))
    yield* sessionRows(source.workbench, session, cells, placed ? ',,,' : '');
}

/** @param images the cells image, pair_i, pair_j and alpha, by the id of the image @param noPlace the last three, blank */
function* sessionRows(
  workbench: Workbench,
  session: SessionRecord,
  images: ReadonlyMap<number, string>,
  noPlace: string,
): Generator<string> {
  const { log, sessions, plans } = sessionTables(workbench.storage);
  const { plan, version } = plans.ofSession(session);
  const named = plan.names.map((name, choice) => `${choice},${textCell(name)}`);
  const trials = sessions.trials(session.id);
  const sittings = new Map(log.sittings(session.id).map((sitting, index) => [sitting.id, { ...sitting, index }]));
  const { pseudonym, medium, imagesLeft, excluded } = session;
  const state = imagesLeft === null ? session.state : 'time-up';
  const about = csvRow([pseudonym, medium, version, state, imagesLeft, excluded]).trimEnd();
  const starts = new Map(
    [...sittings].map(([id, { index, openedAt, screen }]) => [
      id,
      `${about},${index + 1},${iso(openedAt)},${screen.refreshHz ?? ''},`,
    ]),
  );
  const events = log.events(session.id);
  yield '';
  const last = currentEvents(events);
  yield '';
  const places = trials.map(
    ({ image, kind, block }) => `,${kind},${block},${images.get(image) ?? `${image}${noPlace}`},`,
  );
  const answers = (choice: number | null): string => {
    if (choice === null) return ',,';
    return choice === cannotTellChoice ? ',cannot-tell,' : `${named[choice] ?? `${choice},`},`;
  };
  const [timed, stored] = [session.medium !== 'paper', cacheLast((at: number) => `,${iso(at)}\n`)];
  let rows = '';
  // Few concatenations per row: tables have millions of rows, and each one slows down the conversion to bytes.
  for (const [index, event] of events.entries()) {
    const { id, sittingId, seq, kind, trial, choice, shownMs, atMs, late, storedAt } = event;
    const response = kind === 'answer' && timed ? ms(atMs - shownMs) : '';
    const times = `${ms(shownMs)},${ms(atMs)},${response}`;
    const current = last.get(trial)?.id === id ? ',yes,' : ',no,';
    const what = `${seq},${kind},${trial}`;
    rows += `${starts.get(sittingId)}${what}${places[trial]}${answers(choice)}${times}${current}${late ?? ''}${stored(storedAt)}`;
    if (index % rowsAtATime !== 0) continue;
    yield rows;
    rows = '';
  }
  for (const { sittingId, seq, kind, trial, atMs } of log.notes(session.id)) {
    rows += `${starts.get(sittingId)}${seq},${kind},${trial ?? ''},,,${noPlace},,,,${ms(atMs)},,,,\n`;
  }
  yield rows;
}

/** Caches the last result: answers that were stored together have the same time. */
function cacheLast<In, Out>(work: (input: In) => Out): (input: In) => Out {
  let known: { input: In; output: Out } | undefined;
  return (input) => {
    if (known?.input !== input) known = { input, output: work(input) };
    return known.output;
  };
}

/** subj,session,trial,rt,object_response,category,condition,imagename of real trials, as the toolbox model-vs-human reads. */
function* modelVsHumanRows(source: TableSource): Generator<string> {
  const { workbench, study, set, images } = source;
  yield csvRow(['subj', 'session', 'trial', 'rt', 'object_response', 'category', 'condition', 'imagename']);
  const counted = new Set(countedLabelers(workbench, study.id));
  const names = set.classes.map(textCell);
  const ends = new Map(
    [...images].map(([id, image]) => {
      const { alpha, truth = null } = image;
      const known = isPlaced(image) ? nearerClass(image) : truth;
      return [id, `${known === null ? 'na' : names[known]},${alpha ?? 'na'},${imageName(id)}\n`];
    }),
  );
  for (const session of exportedSessions(source)) {
    if (!counted.has(session.labelerId)) continue;
    const { log, sessions } = sessionTables(workbench.storage);
    const last = log.latestChoices(session.id);
    yield '';
    const [timed, words] = [session.medium !== 'paper', new Map(last.map((word) => [word.trial, word]))];
    const subject = textCell(session.pseudonym);
    let rows = '';
    sessions.trials(session.id).forEach(({ image, kind }, trial) => {
      if (kind !== 'real') return;
      const { choice = null, responseMs = null } = words.get(trial) ?? {};
      const answer = choice === null || choice === cannotTellChoice ? 'na' : names[choice];
      const seconds = timed && choice !== null && responseMs !== null ? responseMs / 1000 : 'NaN';
      rows += `${subject},1,${trial + 1},${seconds},${answer},${ends.get(image)}`;
    });
    yield rows;
  }
}

/** The class that an image is nearer to; null: it lies in the middle. */
const nearerClass = ({ pairI, pairJ, alpha }: PlacedImage): number | null =>
  sameAlpha(alpha, 0.5) ? null : alpha < 0.5 ? pairI : pairJ;

/** The labels of a study as JSON, in pieces: `labelsJsonSchema`. */
function* labelsJson(source: TableSource): Generator<string> {
  const { workbench, study, set } = source;
  const head = {
    schema: 'boundary-workbench/labels/1',
    study: study.name,
    stimulusSet: set.hash,
    classes: set.classes,
    lock: workbench.storage.labeling.locks.current(study.id)?.hash ?? null,
  };
  yield `${JSON.stringify(head).slice(0, -1)},"sessions":[`;
  let separator = '\n';
  for (const session of exportedSessions(source)) {
    yield separator;
    separator = ',\n';
    yield* sessionJson(source, session);
  }
  yield '\n]}\n';
}

/** A session as `labelsJsonSchema` has it: the same text as `JSON.stringify` writes, in pieces of `rowsAtATime` rows. */
function* sessionJson({ workbench }: TableSource, session: SessionRecord): Generator<string> {
  const { log, sessions, plans } = sessionTables(workbench.storage);
  const { plan, version } = plans.ofSession(session);
  const head = {
    labeler: session.pseudonym,
    medium: session.medium,
    state: session.state,
    excluded: session.excluded,
    planVersion: version,
    question: plan.question,
    names: plan.names,
    startedAt: isoOrNull(session.startedAt),
    finishedAt: isoOrNull(session.finishedAt),
    imagesLeft: session.imagesLeft,
  } satisfies Omit<JsonSession, 'trials' | 'sittings'>;
  // Read together, so that all of it is of one moment.
  const [sittings, all, allNotes] = [log.sittings(session.id), log.events(session.id), log.notes(session.id)];
  yield `${JSON.stringify(head).slice(0, -1)},"trials":`;
  yield* listJson(sessions.trials(session.id), (trial) => trial);
  yield ',"sittings":[';
  const events = Map.groupBy(
    all.map((event, order) => ({ event, order })),
    ({ event }) => event.sittingId,
  );
  yield '';
  const notes = Map.groupBy(allNotes, ({ sittingId }) => sittingId);
  const stored = cacheLast(iso);
  for (const [index, { id, openedAt, claimedAt, screen }] of sittings.entries()) {
    const about = {
      openedAt: iso(openedAt),
      ...(claimedAt !== null && { claimedAt: iso(claimedAt) }),
      screen,
    } satisfies Omit<JsonSitting, 'events' | 'notes'>;
    yield `${index === 0 ? '' : ','}${JSON.stringify(about).slice(0, -1)},"events":`;
    yield* listJson(events.get(id) ?? [], ({ event, order }): JsonSitting['events'][number] => {
      const { seq, trial, kind, choice, shownMs, atMs, late, storedAt } = event;
      return { seq, trial, kind, choice, shownMs, atMs, order, late, storedAt: stored(storedAt) };
    });
    yield ',"notes":';
    yield* listJson(notes.get(id) ?? [], ({ seq, trial, kind, atMs }): JsonSitting['notes'][number] => {
      return { seq, trial, kind, atMs };
    });
    yield '}';
  }
  yield ']}';
}

type JsonSession = LabelsJson['sessions'][number];
type JsonSitting = JsonSession['sittings'][number];

/** A list in JSON, `rowsAtATime` items a piece. */
function* listJson<Row>(rows: readonly Row[], item: (row: Row) => object): Generator<string> {
  for (let from = 0; from < rows.length; from += rowsAtATime) {
    const some = JSON.stringify(rows.slice(from, from + rowsAtATime).map(item));
    yield `${from === 0 ? '[' : ','}${some.slice(1, -1)}`;
  }
  yield rows.length === 0 ? '[]' : ']';
}
