import { expect, test } from 'vitest';
import type { VolunteerView } from '../../../../main/contributions/desk/contract/view.ts';
import { pageOf } from './page-of.ts';
import { viewOf } from './view-of.ts';

const four = { trials: 4, grid: { columns: 2, rows: 2 } };
const never = (): Promise<never> => new Promise(() => undefined);
const onLeave = async (): Promise<void> => undefined;

test('a page that opens says so, and its instructions have no warning', async () => {
  const it = await pageOf(four);
  expect(it.page.text).toBe('One moment …');
  await it.page.pass(600);
  expect(it.page.text).toMatch(/^What to do.*Start$/);
  expect(it.page.withRole('alert')).toEqual([]);
  await it.page.click('Start');
  expect(it.page.text).not.toContain('Practice');
  expect(it.page.withRole('progressbar')).toHaveLength(1);
  expect(it.page.withRole('alert')).toEqual([]);
});

test('the way out is offered after four seconds of loading, at once where the page cannot open, and never in a kit', async () => {
  const it = await pageOf(four, { open: never }, { onLeave });
  await it.page.pass(3990);
  expect(it.page.buttons).toEqual([]);
  await it.page.pass(20);
  expect(it.page.buttons).toEqual(['Researcher']);
  await it.draw({ ...it.port, open: async () => viewOf(four) });
  await it.page.pass(600);
  expect(it.page.buttons).toEqual(['Start', 'Researcher']);
});

test('an error is shown with its words; anyone may leave a session that does not exist', async () => {
  const left: (string | null)[] = [];
  const fails = { open: () => Promise.reject(new Error('it is gone')) };
  const it = await pageOf(four, fails, { onLeave: async (study) => void left.push(study), isMissing: () => false });
  await it.page.pass(600);
  expect(it.page.text).toContain(
    'Please call the researcherThis page cannot be opened. Your answers are safe.it is gone',
  );
  expect(it.page.buttons).toEqual(['Try again', 'Researcher']);
  await it.draw(it.port, { isMissing: (error) => String(error).includes('gone') });
  expect(it.page.buttons).toEqual(['Back to the workbench']);
  await it.page.click('Back to the workbench');
  expect(left).toEqual([null]);
});

test('a page that was opened for another session meanwhile shows that one', async () => {
  const first = Promise.withResolvers<VolunteerView>();
  const it = await pageOf(four, { open: () => first.promise });
  await it.page.pass(600);
  await it.draw({ ...it.port, open: async () => viewOf({ ...four, pseudonym: 'P-2' }) });
  await it.page.pass(600);
  expect(it.page.text).toContain('P-2');
  await it.page.do(() => first.resolve(viewOf({ ...four, pseudonym: 'P-1' })));
  expect(it.page.text).toContain('P-2');
  const late = Promise.withResolvers<VolunteerView>();
  await it.draw({ ...it.port, open: () => late.promise });
  await it.page.pass(600);
  await it.draw({ ...it.port, open: async () => viewOf({ ...four, pseudonym: 'P-3' }) });
  await it.page.pass(600);
  await it.page.do(() => late.reject(new Error('late')));
  expect(it.page.text).toContain('P-3');
});

test('consent comes first; without it nothing is stored, and a refusal ends the session', async () => {
  const asked: boolean[] = [];
  const consent = async (agrees: boolean): Promise<void> => {
    if (asked.push(agrees) === 1) throw new Error('no answer');
  };
  const it = await pageOf({ ...four, consent: 'May we?' }, { consent });
  await it.page.pass(600);
  expect(it.page.text).toContain('May we?');
  await it.page.dispatchToWindow('blur');
  expect(it.notes()).toEqual([]);
  await it.page.click('I agree');
  expect(it.page.withRole('alert')).toEqual(['Please call the researcher.']);
  await it.page.click('I agree');
  expect(it.page.text).toContain('What to do');
  await it.page.dispatchToWindow('blur');
  expect([asked, it.notes()]).toEqual([[true, true], ['focus-lost']]);
});

test('who declines leaves nothing behind', async () => {
  const asked: boolean[] = [];
  const it = await pageOf({ ...four, consent: 'May we?' }, { consent: async (agrees) => void asked.push(agrees) });
  await it.page.pass(600);
  await it.page.click('I do not want to take part');
  expect(it.page.text).toContain('Nothing was saved.');
  await it.page.dispatchToWindow('blur');
  expect([asked, it.stored]).toEqual([[false], []]);
});

test.for(['finished', 'time-up', 'declined'] as const)('a session that is %s stores nothing more', async (state) => {
  const it = await pageOf({ ...four, state });
  await it.page.pass(600);
  expect(it.page.text).toMatch(/^Thank you/);
  await it.page.dispatchToWindow('blur');
  expect(it.stored).toEqual([]);
});

test.for([
  ['ready', null, false, true],
  ['active', null, false, true],
  ['active', 'May we?', true, true],
  ['active', 'May we?', false, false],
] as const)(
  'a session that is %s, with consent %s given: %s, stores notes: %s',
  async ([state, consent, consented, stores]) => {
    const it = await pageOf({ ...four, state, consent, consented });
    await it.page.pass(600);
    await it.page.dispatchToWindow('blur');
    await it.page.dispatchToWindow('focus');
    expect(it.notes()).toEqual(stores ? ['focus-lost', 'focus-back'] : []);
  },
);

test('a key that is none of an answer is named until the next one', async () => {
  const it = await pageOf({ ...four, practice: 0 });
  await it.start();
  expect(await it.page.press('9')).toBe(false);
  expect(it.page.text).toContain('9 is not a key for an answer.');
  await it.page.press('Shift');
  expect(it.page.text).toContain('9 is not a key for an answer.');
  await it.page.press('1');
  expect(it.page.text).not.toContain('is not a key');
  expect(it.events()).toEqual(['0=0']);
});

test('what is answered, taken back and left open is what the page shows and stores, from practice to the end', async () => {
  const ends: boolean[] = [];
  const it = await pageOf({ ...four, practice: 1 }, { finish: async (blank) => void ends.push(blank) });
  const progress = () =>
    it.page
      .all('div')
      .find((one) => one.getAttribute('role') === 'progressbar')
      ?.getAttribute('aria-valuenow');
  await it.start();
  expect(it.page.text).toContain('Practice: these answers do not count.');
  expect(it.page.buttons).not.toContain('Check answers');
  expect(progress()).toBe('0');
  await it.page.press('1');
  expect(it.page.withRole('status')).toContain('Practice is over. Your answers count now.');
  expect([progress(), it.page.images.length]).toEqual(['25', 4]);
  await it.page.press('2');
  await it.page.click('Check answers');
  expect(it.page.text).toContain('2 images have no answer.');
  expect(it.notes()).toEqual(['review']);
  await it.page.click('Answer them');
  await it.page.press('3');
  await it.page.press('3');
  expect([it.page.text.startsWith('Almost done'), it.notes()]).toEqual([true, ['review', 'review']]);
  await it.page.click('See the images again');
  expect(it.page.text).toContain('Practice');
  await it.page.press('2');
  await it.page.press('Backspace');
  expect(it.events()).toEqual(['0=0', '1=1', '2=2', '3=2', '0=1', '1=']);
  expect(progress()).toBe('75');
  await it.page.press('End');
  await it.page.press('ArrowRight');
  await it.page.click('Check answers');
  await it.page.click('Finish without it');
  expect(ends).toEqual([]);
  await it.page.click('Finish');
  expect(ends).toEqual([true]);
  expect(it.page.text).toContain('You are done. Now save the result file.');
});

test('an answer that cannot be stored says so until it is; images that do not come do too', async () => {
  let isFull = true;
  const it = await pageOf(
    four,
    {
      addEvents: async () => {
        if (isFull) throw new Error('no room');
      },
    },
    { onLeave, isLost: false },
  );
  await it.start();
  await it.page.press('1');
  const stop = 'Please stop and call the researcher. Your last answer is not saved yet. All other answers are safe.';
  expect(it.page.withRole('alert')).toEqual([stop]);
  await it.draw(it.port, { isLost: true });
  expect(it.page.withRole('alert')[0]).toMatch(/safe\.For the researcher: if the program was closed/);
  await it.draw(it.port, { isLost: false });
  // The next key waits for it.
  await it.page.press('2');
  isFull = false;
  await it.page.pass(390);
  expect([it.page.withRole('alert'), it.focus()]).toEqual([[stop], 0]);
  await it.page.pass(10);
  expect([it.page.withRole('alert'), it.focus()]).toEqual([[], 1]);
});

test('images that do not come: the page says so, until they do', async () => {
  let isThere = false;
  const images = async (_: number, count: number): Promise<Uint8Array> => {
    if (!isThere) throw new Error('no answer');
    return new Uint8Array(16 * count).fill(7);
  };
  const it = await pageOf(four, { images }, { onLeave });
  await it.start();
  expect(it.page.withRole('alert')).toEqual(['Please call the researcher. Your answers are safe.']);
  isThere = true;
  await it.page.pass(1000);
  expect(it.page.withRole('alert')).toEqual([]);
  const drawn = it.page.all('canvas').map((canvas) => canvas.getAttribute('data-drawn'));
  expect(drawn).toEqual(new Array(5).fill(new Array(16).fill('7 7 7 255').join(' ')));
});

test('while the researcher’s form is open the page takes no key; Escape closes it', async () => {
  const it = await pageOf({ ...four, hasPin: true }, {}, { onLeave });
  await it.start();
  await it.page.click('Researcher');
  expect(await it.page.press('1')).toBe(false);
  expect(it.page.all('div').filter((one) => one.hasAttribute('inert'))).toHaveLength(1);
  const [field] = it.page.all('input');
  expect(it.page.document.activeElement).toBe(field);
  expect(field?.hasAttribute('required')).toBe(true);
  // What is typed there is no answer.
  expect(await it.page.dispatch(field!, 'keydown', { key: '1', code: 'Digit1', repeat: false })).toBe(false);
  await it.page.dispatch(field!, 'keydown', { key: 'Escape' });
  expect(it.page.buttons).toContain('Researcher');
  expect(it.page.all('div').filter((one) => one.hasAttribute('inert'))).toEqual([]);
  await it.page.press('1');
  expect(it.events()).toEqual(['0=0']);
});

test('a wrong PIN is said and noted, with the seconds to wait; the right one leaves to the study, noted before', async () => {
  const answers = [
    { ok: false, waitSeconds: 0, study: null },
    { ok: false, waitSeconds: 2.4, study: null },
    { ok: true, waitSeconds: 0, study: 'digits' },
  ];
  const typed: string[] = [];
  const left: (string | null)[] = [];
  const checkPin = async (pin: string) => {
    typed.push(pin);
    return answers[typed.length - 1] ?? Promise.reject(new Error('no answer'));
  };
  const it = await pageOf({ ...four, hasPin: true }, { checkPin }, { onLeave: async (study) => void left.push(study) });
  await it.start();
  await it.page.click('Researcher');
  const type = async (pin: string): Promise<string | undefined> => {
    const [field] = it.page.all('input');
    if (field) field.value = pin;
    await it.page.dispatch(it.page.all('form')[0]!, 'submit');
    return it.page.withRole('status').at(-1);
  };
  expect(await type('1111')).toBe('This PIN is wrong.');
  expect(await type('2222')).toBe('Wait 3 seconds.');
  expect([it.notes(), left]).toEqual([['wrong-pin', 'wrong-pin'], []]);
  await type('4711');
  expect([typed, it.notes().at(-1), left]).toEqual([['1111', '2222', '4711'], 'left', ['digits']]);
  expect(await type('4711')).toBe('The program does not answer. Please try again.');
});

test('leaving waits a second for a note that cannot be stored, and no longer', async () => {
  const left: (string | null)[] = [];
  const parts = { checkPin: async () => ({ ok: true, waitSeconds: 0, study: null }), addNotes: never };
  const it = await pageOf({ ...four, hasPin: false }, parts, { onLeave: async (study) => void left.push(study) });
  await it.start();
  await it.page.click('Researcher');
  expect([it.page.text.includes('For the researcher: leave this session?'), it.page.all('input')]).toEqual([true, []]);
  await it.page.dispatch(it.page.all('form')[0]!, 'submit');
  await it.page.pass(990);
  expect(left).toEqual([]);
  await it.page.pass(10);
  expect(left).toEqual([null]);
});

test('a session that is not open has a PIN or none: its field may stay empty', async () => {
  const it = await pageOf(four, { open: () => Promise.reject(new Error('no')) }, { onLeave });
  await it.page.pass(600);
  await it.page.click('Researcher');
  expect(it.page.text).toContain('PIN of the researcher (empty if there is none)');
  expect(it.page.all('input')[0]?.hasAttribute('required')).toBe(false);
});
