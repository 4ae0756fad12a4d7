import type { PanelArchive, RunArchive, SessionArchive } from './format.ts';
import type { StoredAnswers } from '../answers/contract/responses.ts';
import { amountOf } from '../answers/panels/stored-answers.ts';
import type { ArchivePiece } from './storage/pieces.ts';
import { listParts } from '../../files/index.ts';
import type { CheckedArchive } from './read-archive.ts';

/** JSON characters of one message: the host parses it in about a millisecond. */
const messageLength = 128 * 1024;

/** The records of a checked archive in the order in which they are stored, in messages of about `messageLength`. */
export async function* piecesOf(archive: CheckedArchive): AsyncGenerator<ArchivePiece[]> {
  let [pieces, length]: [ArchivePiece[], number] = [[], 0];
  for await (const piece of inOrder(archive)) {
    pieces.push(piece);
    length += JSON.stringify(piece).length;
    if (length < messageLength) continue;
    yield pieces;
    [pieces, length] = [[], 0];
  }
  if (pieces.length > 0) yield pieces;
}

async function* inOrder(archive: CheckedArchive): AsyncGenerator<ArchivePiece> {
  const { study, labeling } = archive;
  const { name, createdAt, dataSets, settings } = study;
  yield { kind: 'study', name, createdAt, dataSets };
  for (const some of listParts(settings)) yield { kind: 'settings', settings: some };
  for (const specs of listParts(study.specs)) yield { kind: 'specs', specs };
  for (const key of archive.runKeys) yield* runPieces(await archive.run(key));
  for (const links of listParts(study.links)) yield { kind: 'links', links };
  for (const { images, ...set } of archive.sets) {
    yield { kind: 'set', set };
    for (const some of listParts(images)) yield { kind: 'images', images: some };
    yield { kind: 'set-end' };
  }
  for (const sets of listParts(study.sets)) yield { kind: 'sets', sets };
  for (const predictions of listParts(study.predictions)) yield { kind: 'predictions', predictions };
  for (const models of listParts(study.outside ?? [])) yield { kind: 'outside', models };
  for (const withdrawals of listParts(labeling.withdrawals)) yield { kind: 'withdrawals', withdrawals };
  for (const { log, ...labeler } of archive.responses.labelers) {
    yield { kind: 'labeler', labeler, firstAt: log[0]?.at ?? null };
    for (const some of listParts(log)) yield { kind: 'responses', log: some };
    yield { kind: 'labeler-end' };
  }
  for await (const panel of archive.panels()) yield* panelPieces(panel);
  for (const plans of listParts(labeling.plans)) yield { kind: 'plans', plans };
  for (const locks of listParts(labeling.locks)) yield { kind: 'locks', locks };
  for await (const session of archive.sessions()) yield* sessionPieces(session);
}

function* runPieces({
  attempts,
  metrics,
  checkpoints,
  snapshots,
  grids,
  log,
  ...run
}: RunArchive): Generator<ArchivePiece> {
  yield { kind: 'run', run, attempts: attempts.length };
  for (const some of listParts(attempts)) yield { kind: 'run-rows', rows: { attempts: some } };
  for (const some of listParts(checkpoints)) yield { kind: 'run-rows', rows: { checkpoints: some } };
  for (const some of listParts(snapshots)) yield { kind: 'run-rows', rows: { snapshots: some } };
  for (const some of listParts(grids)) yield { kind: 'run-rows', rows: { grids: some } };
  for (const some of listParts(log)) yield { kind: 'run-rows', rows: { log: some } };
  for (const { series, steps, values } of metrics) {
    for (let from = 0; from < steps.length; from += pointsAtATime) {
      const to = from + pointsAtATime;
      const part = { series, steps: steps.slice(from, to), values: values.slice(from, to) };
      yield { kind: 'run-rows', rows: { metrics: [part] } };
    }
  }
}

/** Answers of one person are one row, so a piece is about as large as the largest. */
function* panelPieces(archive: PanelArchive): Generator<ArchivePiece> {
  const { kind, setHash, source, key, findings, importedAt, used } = archive;
  yield { kind: 'panel', panel: { kind, setHash, source, key, findings, importedAt, used } };
  const row = (answers: StoredAnswers) => ({ amount: amountOf(kind, answers), answers: JSON.stringify(answers) });
  if (archive.kind === 'counts') yield { kind: 'panel-answers', rows: [{ labeler: null, ...row(archive.counts) }] };
  else
    for (const { labeler, answers } of archive.people)
      yield { kind: 'panel-answers', rows: [{ labeler, ...row(answers) }] };
}

const pointsAtATime = 2000;

function* sessionPieces({ sittings, events, paper, ...session }: SessionArchive): Generator<ArchivePiece> {
  yield { kind: 'session', session };
  for (const some of listParts(sittings.map(({ notes: _, ...sitting }) => sitting))) {
    yield { kind: 'session-rows', rows: { sittings: some } };
  }
  const notes = sittings.flatMap((sitting, index) => sitting.notes.map((note) => ({ sitting: index, note })));
  for (const some of listParts(notes)) yield { kind: 'session-rows', rows: { notes: some } };
  for (const some of listParts(events)) yield { kind: 'session-rows', rows: { events: some } };
  for (const some of listParts(paper)) yield { kind: 'session-rows', rows: { paper: some } };
  yield { kind: 'session-end' };
}
