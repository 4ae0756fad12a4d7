import type { ActName } from './oracle.ts';

/** A change of a source file: the text, which must occur once, and what stands in its place. */
type Edit = readonly [file: string, from: string, to: string];

/** A fault in the product that a soak must find. The preload puts it into the modules that the host loads. */
export interface Fault {
  readonly edits: readonly Edit[];
  /** Acts without which it cannot show. They come first, again and again. */
  readonly acts: readonly ActName[];
}

const labeling = 'main/services/labeling';
const desk = 'main/contributions/desk';
const storage = 'main/storage';

/** Faults of the kind that nobody sees while the program runs: what was acknowledged is not there after a restart. */
export const faults: Readonly<Record<string, Fault>> = {
  'withdrawal: only acknowledged': {
    edits: [[`${labeling}/withdraw.ts`, '    hide();\n', '']],
    acts: ['end a session', 'withdraw a person of a session', 'withdraw a person of a table'],
  },
  'withdrawal: no date stays': {
    edits: [[`${storage}/labeling/withdrawals.ts`, 'for (const studyId of studies) {', 'for (const studyId of []) {']],
    acts: ['withdraw a person of a session'],
  },
  'exclusion: only acknowledged': {
    edits: [
      [
        `${desk}/sessions.ts`,
        'setExcluded(id, reason);\n    removeLabeler(workbench, session);',
        'markSeen(id, workbench.now());',
      ],
    ],
    acts: ['exclude a session'],
  },
  'exclusion: the labels still count': {
    edits: [
      [
        `${desk}/sessions.ts`,
        'setExcluded(id, reason);\n    removeLabeler(workbench, session);',
        'setExcluded(id, reason);',
      ],
    ],
    acts: ['exclude a session'],
  },
  'inclusion: only acknowledged': {
    edits: [[`${desk}/sessions.ts`, 'setExcluded(id, null);\n', 'markSeen(id, workbench.now());\n']],
    acts: ['exclude a session', 'include a session again'],
  },
  'import of a table: acknowledged before it is stored': {
    edits: [
      [
        'main/contributions/answers/tables/import.ts',
        '    storage.studies.useLabelers(studyId, [...new Set([...staying, ...complete()])], now());',
        '    setTimeout(() => storage.studies.useLabelers(studyId, [...new Set([...staying, ...complete()])], now()), 600_000);',
      ],
    ],
    acts: ['import a table'],
  },
  'import of a table: the last row is lost': {
    edits: [
      [
        'main/contributions/answers/tables/import.ts',
        'rows: labelRows(rows) };',
        'rows: [...labelRows(rows)].slice(0, -1) };',
      ],
    ],
    acts: ['import a table'],
  },
  'undo of an answer: only acknowledged': {
    edits: [
      [
        `${desk}/volunteer.ts`,
        '      checkEvent(plan, session, event);\n',
        "      if (event.kind === 'undo') continue;\n",
      ],
    ],
    acts: ['answer and undo'],
  },
  'undo of an import: a panel stays': {
    edits: [
      [
        'main/contributions/answers/storage/panels.ts',
        'UPDATE panel SET removed = 1, used = 0',
        'UPDATE panel SET used = 0',
      ],
    ],
    acts: ['import a panel', 'undo the import of a panel'],
  },
  'undo of an import: an archive stays': {
    edits: [['main/services/studies/studies.ts', '  storage.removals.markStudy(id);\n', '']],
    acts: ['import an archive', 'delete a study', 'undo the import of an archive'],
  },
  'archive: the export drops an answer': {
    edits: [
      [
        'main/contributions/archives/storage/archives.ts',
        'return exportSession(this.#db, snapshot);',
        'const whole = exportSession(this.#db, snapshot);\n    return whole && { ...whole, events: whole.events.slice(1) };',
      ],
    ],
    acts: ['export an archive'],
  },
  'archive: the export drops a label': {
    edits: [
      [
        'main/contributions/archives/storage/export-study.ts',
        'labeler_id = ? AND set_hash IN (SELECT set_hash FROM study_stimulus_set WHERE study_id = ?) ORDER BY id`',
        'labeler_id = ? AND image_id > 0 AND set_hash IN (SELECT set_hash FROM study_stimulus_set WHERE study_id = ?) ORDER BY id`',
      ],
    ],
    acts: ['export an archive'],
  },
  'archive: the import drops answers': {
    edits: [
      [
        'main/contributions/archives/storage/import-labeling.ts',
        'for (const { sitting, ...event } of events) {\n',
        'for (const { sitting, ...event } of events) {\n    if (event.seq === 3) continue;\n',
      ],
    ],
    acts: ['import an archive'],
  },
  'archive: the import drops labels': {
    edits: [
      [
        'main/contributions/archives/storage/import-labeling.ts',
        '    for (const { at, ...response } of log) {\n',
        '    for (const { at, ...response } of log.slice(1)) {\n',
      ],
    ],
    acts: ['import an archive'],
  },
  'answers: acknowledged before they are stored': {
    edits: [
      [
        `${desk}/volunteer.ts`,
        '  return storage.transaction(() => {\n    const { session, sittingId } = findSitting(workbench, page);\n    const isNew',
        '  setTimeout(() => {\n    const { session, sittingId } = findSitting(workbench, page);\n    const isNew',
      ],
      [`${desk}/volunteer.ts`, '    return sessions.get(session.id)?.answered ?? 0;\n  });', '  }, 300);\n  return 0;'],
    ],
    acts: ['answer and undo'],
  },
  'answers: the response time is lost': {
    edits: [
      [
        `${desk}/storage/log.ts`,
        'event.choice, event.shownMs, event.atMs, now, late, sittingId',
        'event.choice, event.atMs, event.atMs, now, late, sittingId',
      ],
    ],
    acts: ['answer and undo'],
  },
  'answers: the order is reversed': {
    edits: [[`${desk}/volunteer.ts`, 'for (const event of events) {', 'for (const event of events.toReversed()) {']],
    acts: ['answer and undo'],
  },
  'notes: breaks are lost': {
    edits: [
      [
        `${desk}/volunteer.ts`,
        'for (const note of notes.slice(0, free)) log',
        "for (const note of notes.slice(0, free)) if (!note.kind.startsWith('break')) log",
      ],
    ],
    acts: ['notes and breaks'],
  },
  'end of a session: one label is lost': {
    edits: [
      [`${desk}/answers.ts`, "    if (kind !== 'real') continue;", "    if (kind !== 'real' || image === 1) continue;"],
    ],
    acts: ['end a session'],
  },
  'end of a session: only acknowledged': {
    edits: [[`${desk}/volunteer.ts`, '    endSession(workbench, session);\n', '']],
    acts: ['end a session'],
  },
  'reopening: only acknowledged': {
    edits: [
      [
        `${desk}/sessions.ts`,
        "setState(id, session.state === 'declined' ? 'planned' : 'active',",
        'setState(id, session.state,',
      ],
    ],
    acts: ['reopen a session'],
  },
  'paper: a typed answer is lost': {
    edits: [
      [
        'main/contributions/offline/paper.ts',
        '      if (choice === log.choice(sessionId, trial)) return;',
        '      if (trial === 5 || choice === log.choice(sessionId, trial)) return;',
      ],
    ],
    acts: ['enter paper', 'accept paper'],
  },
  'kit: the last answer is lost': {
    edits: [
      [
        'main/contributions/offline/kit-result.ts',
        '    for (const event of events) {\n      const added',
        '    for (const event of events.slice(0, -1)) {\n      const added',
      ],
    ],
    acts: ['make a kit', 'import the result of a kit'],
  },
  'lock: another hash is stored': {
    edits: [
      [
        `${labeling}/lock.ts`,
        "locks.set(id, { ...all, reason: 'researcher' }, workbench.now());",
        'if (!locks.current(id)) locks.set(id, { ...all, hash: all.hash.replace(/^./, "0"), reason: \'researcher\' }, workbench.now());',
      ],
    ],
    acts: ['import an archive', 'lock labels'],
  },
  'declaration: a change is only acknowledged': {
    edits: [
      [
        'main/services/studies/studies.ts',
        '  tools.workbench.storage.studies.put(name, changed, tools.workbench.now());\n',
        '',
      ],
    ],
    acts: ['change the declaration'],
  },
  'study: deleting is only acknowledged': {
    edits: [['main/services/studies/studies.ts', '  storage.studies.setDeleted(id, deleted ? now() : null);\n', '']],
    acts: ['copy a study', 'delete a study', 'restore a study'],
  },
};

/** @throws Error if there is no such fault */
export function editsOf(name: string): readonly Edit[] {
  const fault = faults[name];
  if (!fault) throw new Error(`there is no fault "${name}"`);
  return fault.edits;
}

/** The text with the fault in it. @throws Error if a text does not occur once: the product has changed, mend faults.ts */
export function edited(text: string, edits: readonly Edit[]): string {
  return edits.reduce((now, [file, from, to]) => {
    const parts = now.split(from);
    if (parts.length !== 2) throw new Error(`${parts.length - 1} places in ${file} read: ${from}`);
    return parts.join(to);
  }, text);
}
