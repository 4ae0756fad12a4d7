import { type Acting, deed, type Deed, type Idea, pick } from './acts.ts';
import {
  acceptPaper,
  addSessions,
  answers,
  choicesOf,
  exclude,
  finish,
  include,
  inSession,
  inStudy,
  kitResult,
  partOfFinish,
  partOfKitResult,
  removeSession,
  reopen,
  session,
  withdraw,
} from './changes.ts';
import { canonicalJson } from '../../main/domain/plans/identity.ts';
import { openedKit, resultFile } from '../contributions/offline/kit-results.ts';
import { plan, screen, studyName } from '../services/labeling/labeling-helper.ts';
import { type EventFields, noteLine, type SessionState } from './state.ts';
import { moments, uuid } from './world.ts';

/** A session of a study that is there and not locked, that nobody else works with. */
function someone(
  acting: Acting,
  fits: (session: SessionState) => boolean,
): { name: string; id: number; token: string } | null {
  const { oracle, busy, random } = acting;
  const { sessions, studies } = oracle.state;
  const names = [...sessions].flatMap(([name, own]) => {
    const study = studies.get(own.study);
    const isFree = !busy.has(name) && oracle.handles.has(name) && study?.isDeleted === false && study.lock === null;
    return isFree && fits(own) ? [name] : [];
  });
  const name = pick(random, names);
  const handle = name === undefined ? undefined : oracle.handles.get(name);
  return name === undefined || handle === undefined ? null : { name, ...handle };
}

const withSomeone =
  (
    fits: (session: SessionState) => boolean,
    deeds: (who: { name: string; id: number; token: string }, acting: Acting) => readonly Deed[],
  ): Idea =>
  (acting) => {
    const who = someone(acting, fits);
    return who ? deeds(who, acting) : [];
  };

/** Answers, changed answers and answers taken back, in one sitting, with the times of key presses. */
function someEvents({ random }: Acting, own: SessionState, sitting: string, count: number): EventFields[] {
  const choices = choicesOf(own);
  return Array.from({ length: count }, (_, seq) => {
    const open = choices.indexOf(null);
    const trial = open < 0 || random.int(5) === 0 ? random.int(choices.length) : open;
    const choice = choices[trial] !== null && random.int(3) === 0 ? null : random.int(3);
    choices[trial] = choice;
    return { sitting, seq, trial, kind: choice === null ? 'undo' : 'answer', choice, ...moments(seq, random) };
  });
}

const sent = ({ sitting: _, kind, ...event }: EventFields) => ({ ...event, kind: kind as 'answer' | 'undo' });

/** A volunteer at a desk: opens the session, answers, pauses, and perhaps ends it. */
const label = withSomeone(
  ({ medium, state, sittings }) =>
    medium === 'screen' && (state === 'planned' || state === 'active') && sittings.length < 40,
  ({ name, token }, acting) => {
    const { oracle, random } = acting;
    const sitting = uuid(random);
    const own = session(oracle.state, name);
    const events = someEvents(acting, own, sitting, 20 + random.int(80));
    const after = events.length;
    const notes = (['break-began', 'break-ended', 'focus-lost', 'focus-back'] as const).map((kind, index) => ({
      seq: after + index,
      kind,
      trial: index === 0 ? null : index,
      atMs: after * 1000 + random.int(5000) / 10 + index * 600,
    }));
    const lines = notes.map(({ seq, kind, trial, atMs }) => noteLine(sitting, seq, kind, trial, atMs));
    const deeds = [
      deed(
        'open a session',
        inSession(name, ({ sittings }) => ({ sittings: [...sittings, sitting] })),
        (client) => client.desk.volunteer.open({ token, sitting, screen }),
      ),
      deed('answer and undo', answers(name, events), (client) =>
        client.desk.volunteer.addEvents({ token, sitting, events: events.map(sent) }),
      ),
      deed(
        'notes and breaks',
        inSession(name, (before) => ({ notes: [...before.notes, ...lines] })),
        (client) => client.desk.volunteer.addNotes({ token, sitting, notes }),
      ),
    ];
    const end = deed(
      'end a session',
      finish(name),
      (client) => client.desk.volunteer.finish({ token, sitting, leaveBlank: true }),
      (state, found) => partOfFinish(name, state, found),
    );
    return random.int(3) > 0 ? [...deeds, end] : deeds;
  },
);

const create: Idea = ({ random, oracle }) => {
  const count = 1 + random.int(30);
  const medium = pick(random, ['screen', 'screen', 'kit', 'paper'] as const) ?? 'screen';
  const planVersion = oracle.state.studies.get(studyName)?.plans.length ?? 1;
  const fresh = {
    study: studyName,
    planVersion,
    medium,
    state: 'planned',
    excluded: null,
    answered: 0,
    imagesLeft: null,
    kits: 0,
    sittings: [],
    events: [],
    notes: [],
    paper: [],
  };
  return [
    {
      name: 'create sessions',
      unsure: (state, found) => {
        const added = [...found.sessions.keys()].filter((name) => !state.sessions.has(name));
        return added.length === count ? [addSessions(added, found.sessions, fresh)(state)] : [];
      },
      async run(client) {
        const rows = await client.desk.sessions.create({ study: studyName, count, medium });
        if (rows.length !== count) throw new Error(`${rows.length} of ${count} sessions were made`);
        // Their order of images shows when the folder is read.
        return addSessions(
          rows.map(({ pseudonym }) => pseudonym),
          new Map(),
          fresh,
        );
      },
    },
  ];
};

const savePlan: Idea = (acting) => {
  const changed = plan({ consent: null, repeats: 20, question: `Which one is it? (${acting.next()})` });
  return [
    deed(
      'save a plan',
      inStudy(studyName, ({ plans }) => ({ plans: [...plans, canonicalJson(changed)] })),
      (client) => client.desk.plan.save({ study: studyName, plan: changed }),
    ),
  ];
};

const setPin: Idea = ({ oracle, random }) => {
  const isSet = oracle.state.studies.get(studyName)?.hasPin ?? false;
  const pin = isSet ? null : String(1000 + random.int(9000));
  return [
    deed(
      pin === null ? 'remove a PIN' : 'set a PIN',
      inStudy(studyName, () => ({ hasPin: pin !== null })),
      (client) => client.desk.setPin({ study: studyName, pin }),
    ),
  ];
};

const isUnused = ({ state, sittings, kits, paper }: SessionState): boolean =>
  state === 'planned' && sittings.length + kits + paper.length === 0;

/** A kit is made, and its result file comes back. */
const kit = withSomeone(
  (own) => own.medium === 'kit' && isUnused(own),
  ({ name, id }, acting) => {
    const sitting = uuid(acting.random);
    const own = session(acting.oracle.state, name);
    const shown = own.trials.map((_, trial) => trial);
    const events = shown.map((trial): EventFields => {
      const choice = acting.random.int(3);
      return { sitting, seq: trial, trial, kind: 'answer', choice, ...moments(trial, acting.random) };
    });
    let file = '';
    return [
      deed(
        'make a kit',
        inSession(name, ({ kits }) => ({ kits: kits + 1 })),
        async (client) => {
          const made = openedKit(await client.offline.makeKit({ study: studyName, sessions: [id] }));
          const [own] = made.sessions;
          if (!own) throw new Error('the kit has no session');
          const openedAt = new Date(Date.now() - 60_000).toISOString();
          const one = { key: sitting, openedAt, openedMs: null, screen, events: events.map(sent), notes: [] };
          file = resultFile(made, own, { finished: true, consented: false, sittings: [one] });
        },
      ),
      deed(
        'import the result of a kit',
        kitResult(name, sitting, events),
        async (client, host) => {
          const upload = await host.upload('result.json', Buffer.from(file));
          await client.offline.applyResult({ study: studyName, upload });
        },
        (state, found) => partOfKitResult({ name, sitting, events }, state, found),
      ),
    ];
  },
);

/** Paper is typed in twice, and accepted. */
const paper = withSomeone(
  ({ medium, state, study }) => medium === 'paper' && state !== 'finished' && study === studyName,
  ({ name, id }, { oracle, random }) => {
    const choices = session(oracle.state, name).trials.map(() => (random.int(12) === 0 ? null : random.int(3)));
    const entries = ([1, 2] as const).flatMap((pass) =>
      choices.map((choice, trial) => ({ pass, trial, choice: choice ?? ('blank' as const) })),
    );
    const lines = ([1, 2] as const).flatMap((pass) =>
      choices.map((choice, trial) => `${pass}/${trial}=${choice ?? ''}`),
    );
    return [
      deed(
        'enter paper',
        inSession(name, () => ({ paper: lines })),
        (client) => client.offline.enterPaper({ session: id, entries }),
      ),
      deed('accept paper', acceptPaper(name), (client) =>
        client.offline.acceptPaper({ session: id, leaveBlank: true }),
      ),
    ];
  },
);

/** What can be done with sessions, by the name that the figures have. */
export const sessionIdeas: readonly Idea[] = [
  label,
  label,
  create,
  savePlan,
  setPin,
  kit,
  paper,
  withSomeone(isUnused, ({ name, id }) => [
    deed('remove a session', removeSession(name), (client) => client.desk.sessions.remove({ session: id })),
  ]),
  withSomeone(
    ({ state, excluded }) => state === 'finished' && excluded === null,
    ({ name, id }, acting) => {
      const reason = `tried by the soak (${acting.next()})`;
      return [
        deed('exclude a session', exclude(name, reason), (client) =>
          client.desk.sessions.exclude({ session: id, reason }),
        ),
      ];
    },
  ),
  withSomeone(
    ({ excluded }) => excluded !== null,
    ({ name, id }) => [
      deed('include a session again', include(name), (client) => client.desk.sessions.include({ session: id })),
    ],
  ),
  withSomeone(
    ({ state, study }) => state === 'finished' && study === studyName,
    ({ name, id }) => [
      deed('reopen a session', reopen(name), (client) => client.desk.sessions.reopen({ session: id })),
    ],
  ),
  (acting) => {
    const { oracle, busy, random, withdrawn } = acting;
    const names = [...oracle.state.sessions].filter(([name, { study }]) => {
      return !busy.has(name) && oracle.handles.has(name) && oracle.state.studies.get(study)?.isDeleted === false;
    });
    const [name, { study }] = pick(random, names) ?? ['', { study: '' }];
    const id = oracle.handles.get(name)?.id;
    if (id === undefined) return [];
    const change = withdraw(name, study);
    const forget = (): void => void withdrawn.add(name);
    return [
      deed(
        'withdraw a person of a session',
        change,
        async (client) => {
          await client.desk.sessions.withdraw({ session: id });
          forget();
        },
        (state, found) => {
          if (!found.sessions.has(name)) forget();
          return [change(state)];
        },
      ),
    ];
  },
];
