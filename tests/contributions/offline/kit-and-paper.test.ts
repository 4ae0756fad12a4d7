import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLab } from '../../services/lab/lab-helper.ts';
import { formatCode } from '../../../main/contributions/offline/kit-code.ts';
import { hour, kitImage, kitKey, openedKit, openSealed, resultFile, sitting } from './kit-results.ts';
import { labelAll, makeSessions } from '../desk/make-sessions.ts';
import { addStimuli, answer, studyName, upload } from '../../services/labeling/labeling-helper.ts';
import { sessionTables } from '../../../main/contributions/sessions/storage/tables.ts';

function small() {
  const lab = openLab();
  addStimuli(lab.lab.workbench.storage);
  return lab;
}

test('a kit holds what a volunteer may know, and its result comes in once', async () => {
  const it = small();
  const { client, lab } = it;
  const [one, two] = await makeSessions(it, 2, {}, 'kit');
  if (!one || !two) throw new Error('no sessions');
  const kit = openedKit(await client.offline.makeKit({ study: studyName, sessions: [one.id, two.id] }));
  const [mine, other] = kit.sessions;
  if (!mine || !other) throw new Error('no sessions in the kit');
  // Each image once, and those that a session shows again as often.
  expect(kit.images.length).toBeGreaterThan(33);
  expect(kit.images.length).toBeLessThan(33 + 2 * 9);
  expect(new Set(kit.images).size).toBe(kit.images.length);
  for (const { images } of kit.sessions) expect(new Set(images).size).toBe(images.length);
  const trials = sessionTables(lab.workbench.storage).sessions.trials(one.id);
  const pixels = Buffer.from(
    (await client.desk.volunteer.images({ token: one.token, from: 0, count: 42 })).pixels,
    'base64',
  );
  mine.images.forEach((image, trial) => {
    expect(kitImage(kit, image)).toEqual(pixels.subarray(trial * 36, trial * 36 + 36));
  });
  expect(mine.images).not.toEqual(trials.map(({ image }) => image));
  expect(JSON.stringify({ ...kit, images: [] })).not.toMatch(/alpha|pair|predict|"image_?id"/i);

  const events = trials.map((_, trial) => answer(trial, trial, trial % 3));
  const part = sitting(events.slice(0, 10));
  const half = resultFile(kit, mine, { sittings: [part] });
  const look = await client.offline.inspectResult({ study: studyName, upload: await upload(it, 'a.json', half) });
  expect(look).toMatchObject({ session: one.id, events: 10, newEvents: 10, added: 10, changed: [], finished: false });
  expect(sessionTables(lab.workbench.storage).log.events(one.id)).toHaveLength(0);
  const apply = async (file: string) =>
    client.offline.applyResult({ study: studyName, upload: await upload(it, 'a.json', file) });
  expect(await apply(half)).toEqual({ session: one.id, newEvents: 10 });
  expect(await apply(half)).toEqual({ session: one.id, newEvents: 0 });
  const rest = sitting([answer(0, 0, 2), ...events.slice(10)], randomUUID(), hour(2));
  const whole = resultFile(kit, mine, { sittings: [rest, part], finished: true });
  const differences = await client.offline.inspectResult({ study: studyName, upload: await upload(it, 'b', whole) });
  expect(differences).toMatchObject({
    newEvents: 33,
    added: 32,
    changedCount: 1,
    changed: [{ trial: 0, from: 0, to: 2 }],
  });
  expect(await apply(whole)).toEqual({ session: one.id, newEvents: 33 });
  expect((await client.desk.board({ study: studyName })).sessions[0]).toMatchObject({
    state: 'finished',
    answered: 42,
    sittings: 2,
  });
  expect(await apply(whole)).toEqual({ session: one.id, newEvents: 0 });
});

test('changes of a result file are counted whole where only a part of them is listed', async () => {
  const it = openLab();
  addStimuli(it.lab.workbench.storage, 400);
  const { client } = it;
  const [row] = await makeSessions(
    it,
    1,
    { practice: 0, attention: 0, repeats: 0, order: { seed: 5, apart: 1, blocks: 1 } },
    'kit',
  );
  const kit = openedKit(await client.offline.makeKit({ study: studyName, sessions: [row?.id ?? 0] }));
  const [own] = kit.sessions;
  if (!own) throw new Error('no session');
  const all = (choice: number) => Array.from({ length: 1200 }, (_, trial) => answer(trial, trial, choice));
  const here = resultFile(kit, own, { sittings: [sitting(all(0))] });
  await client.offline.applyResult({ study: studyName, upload: await upload(it, 'a', here) });
  const later = sitting(all(1), randomUUID(), hour(3));
  const file = await upload(it, 'b', resultFile(kit, own, { sittings: [later] }));
  const look = await client.offline.inspectResult({ study: studyName, upload: file });
  expect(look).toMatchObject({ added: 0, changedCount: 1200, names: ['Zero', 'One', 'Two'], cannotTell: null });
  expect(look.changed).toHaveLength(1000);
});

test('a kit for several that is made again holds nobody’s answers; one for a single person holds their own', async () => {
  const it = small();
  const { client } = it;
  const [one, two] = await makeSessions(it, 2, {}, 'kit');
  if (!one || !two) throw new Error('no sessions');
  const make = (...sessions: number[]) => client.offline.makeKit({ study: studyName, sessions }).then(openedKit);
  const first = await make(one.id, two.id);
  for (const session of first.sessions) {
    const events = Array.from({ length: 10 }, (_, trial) => answer(trial, trial, 2));
    const file = resultFile(first, session, { sittings: [sitting(events)] });
    await client.offline.applyResult({ study: studyName, upload: await upload(it, 'a.json', file) });
  }
  const again = await make(one.id, two.id);
  expect(JSON.stringify(again).match(/"answers":\[[^\]]*\d[^\]]*\]/g)).toBeNull();
  for (const { view } of again.sessions) expect(view).toMatchObject({ next: 0, state: 'ready' });
  const own = await make(one.id);
  expect(own.sessions[0]?.view).toMatchObject({ next: 10, state: 'active' });
  expect(own.sessions[0]?.view.answers.slice(0, 10)).toEqual(new Array(10).fill(2));
});

test('whoever has a kit for several people can neither read nor sign for another: nothing but a code opens a session', async () => {
  const it = small();
  const { client, lab } = it;
  const rows = await makeSessions(it, 3, {}, 'kit');
  const made = await client.offline.makeKit({ study: studyName, sessions: rows.map(({ id }) => id) });
  const { kit, codes } = made;
  const { sessions } = openedKit(made);
  expect(codes.map(({ pseudonym }) => pseudonym)).toEqual(rows.map(({ pseudonym }) => pseudonym));
  expect(new Set(codes.map(({ code }) => code)).size).toBe(3);
  const file = JSON.stringify(kit);
  for (const [index, { code, pseudonym }] of codes.entries()) {
    expect(code).toMatch(/^[A-HJ-NP-Z2-9]{12}$/);
    const { token, key } = sessions[index] ?? {};
    for (const secret of [code, formatCode(code), pseudonym, token, key]) expect(file).not.toContain(secret);
  }
  const { locked } = kit;
  if (!locked || kit.session) throw new Error('a session is in clear');
  expect(locked.iterations).toBe(200_000);
  expect(Buffer.from(locked.salt, 'base64')).toHaveLength(16);
  for (const { key } of sessions) expect(Buffer.from(key, 'base64')).toHaveLength(32);
  const keys = codes.map(({ code }) => kitKey(locked, code));
  for (const [own, key] of keys.entries()) {
    for (const [other, sealed] of locked.sealed.entries()) {
      if (own === other) expect(openSealed(sealed, key).token).toBe(rows[own]?.token);
      else expect(() => openSealed(sealed, key)).toThrow(/authenticate/);
    }
  }
  const [mine, other] = sessions;
  if (!mine || !other) throw new Error('no sessions in the kit');
  // The address of the other is known from a result file of theirs.
  const forged = resultFile(kit, { ...other, key: mine.key }, { sittings: [sitting([answer(0, 0, 1)])] });
  const id = await upload(it, 'x.json', forged);
  await expect(client.offline.applyResult({ study: studyName, upload: id })).rejects.toThrow(/signature/);
  await lab.close();
  const database = readFileSync(join(it.dataFolder, 'workbench.sqlite'));
  for (const { code } of codes) expect(database.includes(code)).toBe(false);
});

test('a kit for one person needs no code', async () => {
  const it = small();
  const [row] = await makeSessions(it, 1, {}, 'kit');
  const { kit, codes } = await it.client.offline.makeKit({ study: studyName, sessions: [row?.id ?? 0] });
  expect(codes).toEqual([]);
  expect(kit).toMatchObject({ session: { token: row?.token }, locked: null });
});

test('a file that was edited, swapped, cut or comes from elsewhere is refused, and nothing of it is stored', async () => {
  const it = small();
  const { client, lab } = it;
  const [one, two] = await makeSessions(it, 2, {}, 'kit');
  if (!one || !two) throw new Error('no sessions');
  const kit = openedKit(await client.offline.makeKit({ study: studyName, sessions: [one.id, two.id] }));
  const [mine, other] = kit.sessions;
  if (!mine || !other) throw new Error('no sessions in the kit');
  const good = resultFile(kit, mine, { sittings: [sitting([answer(0, 0, 1)])] });
  const bad: [string, RegExp][] = [
    [good.replace('\\"choice\\":1', '\\"choice\\":2'), /signature/],
    [good.replace(mine.token, other.token), /signature/],
    [good.slice(0, 200), /not a result file/],
    ['image,labeler,label\n', /not a result file/],
    [resultFile({ ...kit, kit: randomUUID() }, mine), /unknown kit/],
    [resultFile(kit, { ...mine, token: 'A'.repeat(22) }), /another study/],
    [resultFile(kit, mine, { sittings: [sitting([answer(0, 999, 1)])] }), /no trial 999/],
    [resultFile(kit, mine, { sittings: [sitting([answer(0, 0, 9)])] }), /not one of the answers/],
  ];
  for (const [file, message] of bad) {
    const id = await upload(it, 'x.json', file);
    await expect(client.offline.applyResult({ study: studyName, upload: id })).rejects.toThrow(message);
    lab.uploads.discard(id);
  }
  expect(sessionTables(lab.workbench.storage).log.events(one.id)).toEqual([]);
  await client.desk.sessions.withdraw({ session: one.id });
  const late = await upload(it, 'x.json', good);
  await expect(client.offline.applyResult({ study: studyName, upload: late })).rejects.toThrow(/withdrawn/);
  expect(it.defects).toEqual([]);
});

test('paper is typed twice; differences and gaps keep it open; what agrees becomes the labels', async () => {
  const it = small();
  const { client, lab } = it;
  const [session] = await makeSessions(it, 1, { cannotTell: 'Can’t tell' }, 'paper');
  if (!session) throw new Error('no session');
  const ofSession = { session: session.id };
  const { paperState: state, enterPaper: enter, acceptPaper: accept } = client.offline;
  const pass = (which: 1 | 2, choose: (trial: number) => number) =>
    enter({
      ...ofSession,
      entries: Array.from({ length: session.trials }, (_, trial) => ({ pass: which, trial, choice: choose(trial) })),
    });
  await pass(1, (trial) => trial % 3);
  expect(await state(ofSession)).toMatchObject({ untyped: [], mismatches: [], accepted: false });
  expect((await state(ofSession)).once).toHaveLength(42);
  await expect(accept({ ...ofSession, leaveBlank: true })).rejects.toMatchObject({
    data: { code: 'labeling.paper-open' },
  });
  await pass(2, (trial) => (trial === 5 ? -1 : trial % 3));
  expect(await state(ofSession)).toMatchObject({ once: [], mismatches: [5] });
  await expect(accept({ ...ofSession, leaveBlank: false })).rejects.toThrow(/entered differently/);
  await enter({ ...ofSession, entries: [{ pass: 1, trial: 5, choice: -1 }] });
  await accept({ ...ofSession, leaveBlank: false });
  expect(await state(ofSession)).toMatchObject({ accepted: true, mismatches: [] });
  expect(sessionTables(lab.workbench.storage).log.choice(session.id, 5)).toBe(-1);
  const [quality] = await client.desk.quality({ study: studyName });
  expect(quality).toMatchObject({ answered: 33, responseMs: null });
});

test('removing an entry from paper removes that entry only: of its person, its pass and its image', async () => {
  const it = small();
  const rows = await makeSessions(it, 2, { practice: 0, attention: 0, repeats: 0 }, 'paper');
  const { paperState: state, enterPaper: enter } = it.client.offline;
  const entries = ([1, 2] as const).flatMap((pass) => [0, 1, 2].map((trial) => ({ pass, trial, choice: trial })));
  const [one, other] = rows.map(({ id }) => ({ session: id }));
  if (!one || !other) throw new Error('no sessions');
  for (const each of [one, other]) await enter({ ...each, entries });
  await enter({ ...one, entries: [{ pass: 1, trial: 1, choice: null }] });
  const after = await state(one);
  expect(after.first.slice(0, 4)).toEqual([0, null, 2, null]);
  expect(after.second.slice(0, 4)).toEqual([0, 1, 2, null]);
  const untouched = await state(other);
  for (const side of [untouched.first, untouched.second]) expect(side.slice(0, 4)).toEqual([0, 1, 2, null]);
});

test('a session of the screen takes no kit and no paper', async () => {
  const it = small();
  const [session] = await makeSessions(it);
  if (!session) throw new Error('no session');
  await labelAll(it, session.token);
  const { makeKit, paperState } = it.client.offline;
  await expect(makeKit({ study: studyName, sessions: [session.id] })).rejects.toThrow(/another computer/);
  await expect(paperState({ session: session.id })).rejects.toThrow(/paper/);
});

test('paper: a blank sheet is something else than what was not typed, and what lacks is named', async () => {
  const it = small();
  const { client } = it;
  const [session] = await makeSessions(it, 1, { practice: 0, attention: 0, repeats: 0 }, 'paper');
  if (!session) throw new Error('no session');
  const ofSession = { session: session.id };
  const { paperState: state, enterPaper: enter, acceptPaper: accept } = client.offline;
  const entries = (pass: 1 | 2, but: readonly number[]) =>
    Array.from({ length: 33 }, (_, trial) => ({ pass, trial, choice: trial === 4 ? ('blank' as const) : 1 })).filter(
      ({ trial }) => !but.includes(trial),
    );
  await enter({ ...ofSession, entries: [...entries(1, [7]), ...entries(2, [2, 7, 11])] });
  expect(await state(ofSession)).toMatchObject({ once: [2, 11], untyped: [7], mismatches: [] });
  await expect(accept({ ...ofSession, leaveBlank: true })).rejects.toThrow(/Images 3 and 12 were entered only once/);
  await enter({ ...ofSession, entries: [2, 11].map((trial) => ({ pass: 2, trial, choice: 1 })) });
  await expect(accept({ ...ofSession, leaveBlank: false })).rejects.toThrow(/Image 8 was not entered/);
  await enter({ ...ofSession, entries: [{ pass: 2, trial: 4, choice: 0 }] });
  expect(await state(ofSession)).toMatchObject({ mismatches: [4] });
  await enter({ ...ofSession, entries: [{ pass: 2, trial: 4, choice: 'blank' }] });
  await enter({
    ...ofSession,
    entries: ([1, 2] as const).map((pass) => ({ pass, trial: 7, choice: 'blank' as const })),
  });
  await accept({ ...ofSession, leaveBlank: false });
  const [quality] = await client.desk.quality({ study: studyName });
  expect(quality).toMatchObject({ answered: 31, blank: 2 });
});

test('paper: answers are not taken without the consent that the plan asks for, and its time is kept', async () => {
  const it = small();
  const { client, lab } = it;
  const plan = { practice: 0, attention: 0, repeats: 0, consent: 'Do you agree?' };
  const [session] = await makeSessions(it, 1, plan, 'paper');
  if (!session) throw new Error('no session');
  const ofSession = { session: session.id };
  const { paperState: state, enterPaper: enter, acceptPaper: accept, setConsent: consent } = client.offline;
  const entries = ([1, 2] as const).flatMap((pass) =>
    Array.from({ length: 33 }, (_, trial) => ({ pass, trial, choice: 1 })),
  );
  await enter({ ...ofSession, entries });
  await expect(accept({ ...ofSession, leaveBlank: false })).rejects.toThrow(/consent/);
  for (const given of [true, false]) await consent({ ...ofSession, given });
  expect(await state(ofSession)).toMatchObject({ asksConsent: true, consented: false });
  await consent({ ...ofSession, given: true });
  await accept({ ...ofSession, leaveBlank: false });
  expect(lab.workbench.storage.labeling.sessions.get(session.id)?.consentedAt).not.toBeNull();
});
