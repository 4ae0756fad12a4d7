import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import type { ResponsesArchive, SessionArchive } from '../../main/contributions/archives/format.ts';
import { studyName } from '../services/labeling/labeling-helper.ts';
import { singleLabels } from '../contributions/answers/single-labels.ts';
import { type Acting, deed, type Idea, pick } from './acts.ts';
import { importStudy, importTable, inStudy, lock, purge, withdraw } from './changes.ts';
import type { Client, Host } from './host.ts';
import { type Change, withOrders } from './oracle.ts';
import { differences, eventLine, noteLine, observeFile, responseLine, type State } from './state.ts';
import { archivedStudy, jobEnded } from './world.ts';

const nothing: Change = (state) => state;

const classNames = ['zero', 'one', 'two'];

/** A table of three people. */
const table: Idea = ({ random, next }) => {
  const number = next();
  const images = Array.from({ length: 10 + random.int(30) }, (_, image) => image);
  const rows = ['a', 'b', 'c'].flatMap((letter) =>
    images.map((image) => ({ person: `T${number}-${letter}`, image, label: random.int(3) })),
  );
  const lines = rows.map(({ person, image, label }) => `${image},${person},${classNames[label]}`);
  const text = ['image,labeler,label', ...lines, ''].join('\n');
  return [
    deed('import a table', importTable(studyName, rows), async (client, host) => {
      const upload = await host.upload('labels.csv', Buffer.from(text));
      await client.answers.importTable({
        study: studyName,
        upload,
        names: 'keep',
        mapping: singleLabels(Object.fromEntries(classNames.map((name, index) => [name, index]))),
      });
    }),
  ];
};

const withdrawImported: Idea = ({ oracle, random, withdrawn }) => {
  const { people, sessions } = oracle.state;
  const name = pick(
    random,
    [...people.keys()].filter((person) => !sessions.has(person)),
  );
  if (name === undefined) return [];
  const change = withdraw(name, studyName);
  return [
    deed('withdraw a person of a table', change, async (client) => {
      const listed = await client.labeling.others.list({ study: studyName });
      const labeler = listed.find(({ pseudonym }) => pseudonym === name)?.labeler;
      if (labeler === undefined) throw new Error(`${name} is not listed`);
      await client.labeling.others.withdraw({ study: studyName, labeler });
      withdrawn.add(name);
    }),
  ];
};

/** Counts of labels, of people whom nobody knows. */
const panel: Idea = ({ random, next }) => {
  const counts = Array.from({ length: 5 + random.int(20) }, (_, image) => ({
    image,
    labels: [1 + random.int(9), next() % 50, random.int(9)],
  }));
  const text = ['image,zero,one,two', ...counts.map(({ image, labels }) => `${image},${labels.join(',')}`), ''].join(
    '\n',
  );
  const answers = counts.map(({ image, labels }) => [
    image,
    labels.flatMap((count, label) => (count > 0 ? [[label, count]] : [])),
  ]);
  const line = `counts used ${JSON.stringify([JSON.stringify(answers)])}`;
  const change = inStudy(studyName, ({ panels }) => ({ panels: [...panels.map(unused), line] }));
  return [
    deed('import a panel', change, async (client, host) => {
      const upload = await host.upload('counts.csv', Buffer.from(text));
      await client.answers.importTable({
        study: studyName,
        upload,
        names: 'keep',
        mapping: {
          layout: 'wide',
          kind: 'counts',
          image: 'image',
          total: null,
          classes: Object.fromEntries(classNames.map((name, index) => [name, index])),
        },
      });
    }),
  ];
};

const unused = (line: string): string => line.replace(' used ', ' ');

/** The newest is listed first. */
async function newestPanel(client: Client): Promise<number> {
  const [first] = await client.answers.listPanels({ study: studyName });
  if (!first) throw new Error('no panel is listed');
  return first.id;
}

const panels = ({ oracle }: Acting): readonly string[] => oracle.state.studies.get(studyName)?.panels ?? [];

const usePanel: Idea = (acting) => {
  const last = panels(acting).at(-1);
  if (last === undefined) return [];
  const isUsed = last.includes(' used ');
  const change = inStudy(studyName, ({ panels: own }) => ({
    panels: own.map((line, index) => {
      return isUsed || index < own.length - 1 ? unused(line) : line.replace('counts ', 'counts used ');
    }),
  }));
  return [
    deed(isUsed ? 'use no panel' : 'use a panel', change, async (client) => {
      await client.answers.usePanel({ study: studyName, panel: isUsed ? null : await newestPanel(client) });
    }),
  ];
};

const removePanel: Idea = (acting) => {
  if (panels(acting).length === 0) return [];
  return [
    deed(
      'undo the import of a panel',
      inStudy(studyName, ({ panels: own }) => ({ panels: own.slice(0, -1) })),
      async (client) => client.answers.removePanel({ study: studyName, panel: await newestPanel(client) }),
    ),
  ];
};

const rename: Idea = (acting) => {
  const [title, question] = [`Title ${acting.next()}`, `Question ${acting.next()}?`];
  return [
    deed(
      'change the declaration',
      inStudy(studyName, () => ({ title, question })),
      (client) => client.studies.rename({ study: studyName, title, question }),
    ),
  ];
};

/** Studies other than the one that people label. */
const besides = ({ oracle: { state } }: Acting, isDeleted: boolean): string[] =>
  [...state.studies].flatMap(([name, own]) => (name !== studyName && own.isDeleted === isDeleted ? [name] : []));

const duplicate: Idea = (acting) => {
  const name = `copy ${acting.next()}`;
  const change: Change = (state) => {
    const own = state.studies.get(studyName);
    if (!own) throw new Error('the model has no study');
    const { question, set } = own;
    const copy = {
      title: `Copy of ${own.title}`,
      question,
      set,
      isDeleted: false,
      plans: [],
      people: [],
      withdrawals: 0,
      lock: null,
      hasPin: false,
      panels: [],
    };
    return { ...state, studies: new Map(state.studies).set(name, copy) };
  };
  return [deed('copy a study', change, (client) => client.studies.duplicate({ study: studyName, name }))];
};

const remove: Idea = (acting) => {
  const study = pick(acting.random, besides(acting, false));
  if (study === undefined) return [];
  const change = inStudy(study, () => ({ isDeleted: true }));
  return [deed('delete a study', change, (client) => client.studies.setDeleted({ study, deleted: true }))];
};

const restore: Idea = (acting) => {
  const study = pick(acting.random, besides(acting, true));
  if (study === undefined) return [];
  const change = inStudy(study, () => ({ isDeleted: false }));
  return [deed('restore a study', change, (client) => client.studies.setDeleted({ study, deleted: false }))];
};

const purgeDeleted: Idea = (acting) => {
  const study = pick(acting.random, besides(acting, true));
  if (study === undefined) return [];
  const what = study === archivedStudy ? 'undo the import of an archive' : 'delete a study for good';
  return [deed(what, purge(study), (client) => client.studies.purge({ study }))];
};

const takeArchive: Idea = ({ oracle, archive, withdrawn }) => {
  if (oracle.state.studies.has(archivedStudy)) return [];
  const change: Change = (state) => importStudy(archivedStudy, archive.state, withdrawn)(state);
  return [
    deed('import an archive', change, async (client, host) => {
      const upload = await host.upload('archive.zip', archive.bytes);
      await finished(client, (await client.archives.startImport({ upload })).job);
    }),
  ];
};

async function finished(client: Client, job: string): Promise<void> {
  const { state, messages } = await jobEnded(client, job);
  if (state !== 'done') throw new Error(`the job ended as ${state}: ${messages.join(' ')}`);
}

/** The archive has every answer that was acknowledged before it was asked for. */
const giveArchive: Idea = (acting) => [
  deed('export an archive', nothing, async (client, host) => {
    const { state } = acting.oracle;
    const { job } = await client.archives.startExport({ study: studyName, weights: false });
    await finished(client, job);
    const { address } = await client.archives.exported({ job });
    if (address === null) throw new Error('the archive has no address');
    const bytes = await download(host, address);
    acting.tally.lost.push(
      ...missingIn(unzipSync(bytes), state, acting.busy).map((what) => `the archive lacks ${what}`),
    );
  }),
];

async function download(host: Host, address: string): Promise<Uint8Array> {
  const { origin, cookie } = await host.keys();
  const response = await fetch(new URL(address, origin), { headers: { cookie, origin } });
  if (!response.ok) throw new Error(`the download answered ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

function missingIn(files: Record<string, Uint8Array>, state: State, busy: ReadonlySet<string>): string[] {
  const read = (name: string): unknown => JSON.parse(strFromU8(files[name] ?? new Uint8Array()));
  const archived = Object.keys(files)
    .filter((name) => name.startsWith('sessions/'))
    .map((name) => read(name) as SessionArchive);
  const { labelers } = read('responses.json') as ResponsesArchive;
  const own = [...state.sessions].filter(([, { study }]) => study === studyName);
  const sessions = own.flatMap(([name, session]) => {
    const found = archived.find(({ pseudonym }) => pseudonym === name);
    if (!found) return [`the session ${name}`];
    // Volunteers go on meanwhile.
    if (busy.has(name)) return [];
    const notes = found.sittings.flatMap(({ key, notes: written }) =>
      written.map(({ seq, kind, trial, atMs }) => noteLine(key, seq, kind, trial, atMs)),
    );
    const events = found.events.map(({ sitting, ...event }) => {
      const { key = '?', medium = 'screen' } = found.sittings[sitting] ?? {};
      return eventLine({ ...event, sitting: medium === 'paper' ? `paper-${sitting}` : key }, event.late ?? '');
    });
    const isSame = String(events) === String(session.events) && String(notes) === String(session.notes);
    return isSame && found.excluded === session.excluded ? [] : [`entries of the session ${name}`];
  });
  const people = (state.studies.get(studyName)?.people ?? []).flatMap((name) => {
    const log = labelers.find(({ pseudonym }) => pseudonym === name)?.log ?? [];
    const lines = log.map(({ setHash, imageId, label }) => responseLine(setHash, imageId, label));
    return String(lines) === String(state.people.get(name)?.responses) ? [] : [`labels of ${name}`];
  });
  const gone = archived.filter(({ pseudonym }) => !state.sessions.has(pseudonym)).map(({ pseudonym }) => pseudonym);
  return [...sessions, ...people, ...gone.map((name) => `nothing of ${name}, who must not be in it`)];
}

/** The newest backup has all that was acknowledged before it was asked for. */
const backUp: Idea = ({ oracle, busy, tally }) => [
  deed('make a backup', nothing, async (client, host) => {
    const { state } = oracle;
    await finished(client, (await client.machine.backUp({})).job);
    const folder = join(host.dataFolder, 'backups');
    const newest = readdirSync(folder).sort().at(-1);
    if (newest === undefined) throw new Error('there is no backup');
    const found = observeFile(join(folder, newest)).state;
    const missing = differences(withOrders(state, found), found).filter(({ place }) => !isOf(busy, place));
    if (missing.length > 0) tally.lost.push(`the backup ${newest}: ${missing.map(({ words }) => words).join('; ')}`);
  }),
];

/** Whether a difference is about a volunteer, who goes on meanwhile. */
const isOf = (busy: ReadonlySet<string>, place: string): boolean => [...busy].some((name) => place.includes(name));

const lockLabels: Idea = ({ oracle }) => {
  const own = oracle.state.studies.get(archivedStudy);
  if (!own || own.isDeleted) return [];
  if (own.lock !== null) {
    const change = inStudy(archivedStudy, () => ({ lock: null }));
    return [deed('unlock labels', change, (client) => client.labeling.lock.open({ study: archivedStudy }))];
  }
  if (own.people.length === 0) return [];
  const change = lock(archivedStudy, 'researcher');
  return [deed('lock labels', change, (client) => client.labeling.lock.set({ study: archivedStudy }))];
};

export const studyIdeas: readonly Idea[] = [
  table,
  table,
  withdrawImported,
  panel,
  usePanel,
  removePanel,
  rename,
  duplicate,
  remove,
  restore,
  purgeDeleted,
  takeArchive,
  takeArchive,
  giveArchive,
  backUp,
  lockLabels,
];
