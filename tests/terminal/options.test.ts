import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { engineNames } from '../../main/contract/runs/run.ts';
import { setting } from '../../main/contract/settings/settings.ts';
import { readSettings } from '../../main/domain/settings/settings.ts';
import {
  chosenEngine,
  columnsIn,
  existingPath,
  meaningsIn,
  namesIn,
  oneOf,
  percent,
  wholeNumber,
} from '../../main/terminal/context.ts';
import { settingChoice, settingNumber, settingOption } from '../../main/terminal/setting-options.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const refusal = (code: string, message: string, where: string, remedy: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message), where, remedy });

describe('an engine', () => {
  const withVariable = (value: string | undefined): void => {
    const before = process.env.BOUNDARY_ENGINE;
    const set = (to: string | undefined): void => {
      if (to === undefined) delete process.env.BOUNDARY_ENGINE;
      else process.env.BOUNDARY_ENGINE = to;
    };
    onTestFinished(() => set(before));
    set(value);
  };

  test.each([undefined, '', 'auto'])('is the fastest one for %j', (name) => {
    withVariable(name);
    expect(chosenEngine(undefined)).toBeNull();
    withVariable('wasm');
    expect(chosenEngine('auto')).toBeNull();
  });

  test('is the one of the option, else the one of the variable', () => {
    withVariable('wasm');
    expect(chosenEngine(undefined)).toBe('wasm');
    for (const name of engineNames) expect(chosenEngine(name)).toBe(name);
  });

  test('that does not exist is refused where it was named', () => {
    withVariable('abacus');
    const choose = `Choose one of: auto, ${engineNames.join(', ')}.`;
    expect(() => chosenEngine(undefined)).toThrow(refusal('engine.unknown', '"abacus"', 'BOUNDARY_ENGINE', choose));
    expect(() => chosenEngine('slide rule')).toThrow(refusal('engine.unknown', '"slide rule"', '--engine', choose));
  });
});

describe('a whole number', () => {
  test('is taken between its limits, and at them', () => {
    const limits = fc.tuple(fc.integer(), fc.nat(50), fc.integer({ min: -60, max: 60 }));
    fc.assert(
      fc.property(limits, ([lowest, width, beside]) => {
        const read = () => wholeNumber(String(lowest + beside), '--n', lowest, lowest + width);
        if (beside >= 0 && beside <= width) expect(read()).toBe(lowest + beside);
        else expect(read).toThrow(`from ${lowest} to ${lowest + width}`);
      }),
    );
  });

  test.each(['2.5', 'many', 'NaN', 'Infinity'])('is not %s', (text) => {
    const error = refusal('option.not-a-number', `"${text}"`, '--n', 'Give a whole number, e.g. --n 1.');
    expect(() => wholeNumber(text, '--n', 1, 9)).toThrow(error);
  });
});

test('a word is one of those that an option takes', () => {
  expect(oneOf('csv', ['html', 'csv'], '--format')).toBe('csv');
  const error = refusal(
    'option.unknown-word',
    'not one of html, csv',
    '--format',
    'Choose one of them, e.g. --format html.',
  );
  expect(() => oneOf('doc', ['html', 'csv'], '--format')).toThrow(error);
  expect(() => oneOf('cs', ['html', 'csv'], '--format')).toThrow(error);
});

describe('a percentage', () => {
  test.each([
    ['20', 20],
    ['20%', 20],
    ['0.5', 0.5],
    ['100', 100],
  ])('%s is %d', (text, value) => expect(percent(text, '--share')).toBe(value));

  test('that was left out is null', () => expect(percent(undefined, '--share')).toBeNull());

  test.each(['0', '-1', '100.1', 'half', '5%%'])('is not %s', (text) => {
    const error = refusal(
      'option.not-a-percentage',
      `"${text}"`,
      '--share',
      'Give a number from 1 to 100, e.g. --share 20.',
    );
    expect(() => percent(text, '--share')).toThrow(error);
  });
});

test('a path is that of a file which exists, from the current folder', () => {
  const file = join(temporaryFolder(), 'answers.csv');
  expect(() => existingPath(file, 'FILE')).toThrow(refusal('file.not-found', file, 'FILE', 'Check the path.'));
  writeFileSync(file, '');
  expect(existingPath(relative(process.cwd(), file), 'FILE')).toBe(file);
});

test('names are separated by commas', () => {
  expect(namesIn(undefined)).toBeNull();
  expect(namesIn(' ada, ,grace,,a b ')).toEqual(['ada', 'grace', 'a b']);
});

describe('columns of a table', () => {
  test('are named by what they have', () =>
    expect(columnsIn(['label = answer', 'image=file=name'])).toEqual({ label: ' answer', image: 'file=name' }));

  test('none are none', () => expect(columnsIn()).toEqual({}));

  test.each(['answer', '=answer', 'x'.repeat(70)])('are not named by %s', (text) => {
    const hint = 'Write what the column has, "=" and its name, such as --map label=answer.';
    expect(() => columnsIn([text])).toThrow(refusal('option.map', `"${text.slice(0, 60)}" names`, '--map', hint));
  });
});

describe('the class that a label means', () => {
  const classes = ['cat', 'dog', '2=2', 'owl'];

  test('is given by its name or its number', () =>
    expect(meaningsIn(['chat=cat', 'hibou=3', 'c=0', 'a=b=dog'], classes)).toEqual({
      chat: 0,
      hibou: 3,
      c: 0,
      'a=b': 1,
    }));

  test('none are none', () => expect(meaningsIn(undefined, classes)).toEqual({}));

  test.each(['=cat', 'chat=', 'chat', 'chat=4', 'chat=-1', 'chat=0.5', 'chat=wolf', 'y'.repeat(70)])(
    'is not given by %s',
    (text) => {
      const hint = 'Write the label, "=" and a class: cat, dog, 2=2...';
      const error = refusal('option.class', `"${text.slice(0, 60)}" names`, '--class', hint);
      expect(() => meaningsIn([text], classes)).toThrow(error);
    },
  );
});

describe('an option that is a setting', () => {
  const settings = readSettings(
    z.strictObject({
      seedsPerStep: setting(z.int().min(2).max(8).default(4), { title: 'Seeds', help: 'How many seeds' }),
      images: setting(z.number().nullable().default(null), { title: 'Images', help: 'How many images' }),
      engine: setting(z.enum(['wasm', 'webgpu']).default('wasm'), { title: 'Engine', help: 'What computes' }),
      word: setting(z.string().max(40).optional(), { title: 'Word', help: 'What it says' }),
    }),
  );

  test('says what it takes, what it means, and its default or its choices', () => {
    expect(settingOption(settings, 'seedsPerStep')).toEqual([
      '--seeds-per-step <number>',
      'How many seeds (default: 4)',
    ]);
    expect(settingOption(settings, 'images')).toEqual(['--images <number>', 'How many images']);
    expect(settingOption(settings, 'engine')).toEqual(['--engine <name>', 'What computes. One of: wasm, webgpu']);
    expect(settingOption(settings, 'word', '--say')).toEqual(['--say <text>', 'What it says']);
  });

  test('takes numbers within the limits of the setting', () => {
    expect(settingNumber(settings, 'seedsPerStep', '8')).toBe(8);
    expect(settingNumber(settings, 'seedsPerStep', undefined)).toBeUndefined();
    expect(settingNumber(settings, 'images', '-1')).toBe(-1);
    expect(settingNumber(settings, 'word', '8')).toBeUndefined();
    expect(() => settingNumber(settings, 'seedsPerStep', '1')).toThrow('from 2 to 8');
    expect(() => settingNumber(settings, 'seedsPerStep', '9', '--seeds')).toThrow(
      expect.objectContaining({ where: '--seeds' }),
    );
  });

  test('takes one of its choices', () => {
    expect(settingChoice(settings, 'engine', 'webgpu')).toBe('webgpu');
    expect(settingChoice(settings, 'engine', undefined)).toBeUndefined();
    expect(settingChoice(settings, 'word', 'wasm')).toBeUndefined();
    expect(() => settingChoice(settings, 'engine', 'abacus')).toThrow(expect.objectContaining({ where: '--engine' }));
  });
});
