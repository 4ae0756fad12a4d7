import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { UserError } from '../../main/contract/wire/errors.ts';
import { exitCodes, explain, printable, printJson, printLine, table } from '../../main/terminal/output.ts';

function written(stream: 'stdout' | 'stderr', work: () => unknown): string {
  const write = vi.spyOn(process[stream], 'write').mockReset().mockReturnValue(true);
  onTestFinished(() => write.mockRestore());
  work();
  return [...write.mock.calls].map(([text]) => String(text)).join('');
}

describe('a table', () => {
  test('fits its widest cells and puts numbers to the right', () => {
    const rows = [
      ['MLP', 9, 'ready'],
      ['transformer', 100, '-'],
    ];
    expect(table(['name', 'n', 'state'], rows)).toBe(
      ['name           n  state', 'MLP            9  ready', 'transformer  100  -'].join('\n'),
    );
  });

  test('a column with nothing in places is one of numbers; with words in places it is not', () => {
    expect(
      table(
        ['n', 'm'],
        [
          [5, 'a'],
          [null, 12],
          [10, null],
        ],
      ),
    ).toBe([' n  m', ' 5  a', ' -  12', '10  -'].join('\n'));
  });

  test('of one row has numbers, and cells beyond its header as they are', () => {
    expect(table(['name', 'long'], [['MLP', 7]])).toBe('name  long\nMLP      7');
    expect(table(['name'], [['MLP', '', 'late']])).toBe('name\nMLP     late');
  });

  test('without rows has its header, as words', () => expect(table(['name', 'n'], [])).toBe('name  n'));

  test('moves no cursor', () => expect(table(['a\nb'], [['\u001b[2Jx\ty']])).toBe('a b\nx y'));
});

test('scripts know how a command ended', () =>
  expect(exitCodes).toEqual({ done: 0, failed: 1, userError: 2, stopped: 130 }));

test('a printable text has no control characters', () => {
  expect(printable('\u001b[31mred\u001b[0m\r\n\u0007 é')).toBe('red    é');
});

test('a line and a value of JSON end with their line', () => {
  expect(written('stdout', () => printLine('done'))).toBe('done\n');
  expect(written('stdout', () => printJson({ a: [1] }))).toBe('{\n "a": [\n  1\n ]\n}\n');
  expect(written('stdout', () => printJson({ a: 1 }, 0))).toBe('{"a":1}\n');
});

describe('what went wrong is explained on standard error', () => {
  const explained = (error: unknown) => {
    let code: number | undefined;
    const text = written('stderr', () => {
      code = explain(error);
    });
    return { code, text };
  };

  test('an error of the user, with its place and what to do', () => {
    const error = new UserError('file.not-found', 'The file \u001b[2Ja.csv does not exist', 'FILE', 'Check the path.');
    const { code, text } = explained(error);
    expect(code).toBe(2);
    expect(text).toBe(`\nError: ${error.format().replace('\u001b[2J', '')}\n`);
    expect(text.trim().split('\n').length).toBeGreaterThan(1);
  });

  test('a defect, with where it was', () => {
    const error = new Error('seven');
    const { code, text } = explained(error);
    expect(code).toBe(1);
    expect(text).toBe(`\nThis is a defect of the program. It did not change any stored data.\n${error.stack}\n`);
    expect(explained('eight').text).toContain('\neight\n');
    expect(explained(Object.assign(new Error('nine'), { stack: undefined })).text).toContain('\nnine\n');
  });
});
