import { parseSync, Visitor } from 'vite';

/** Longest test that a reader is asked to take in, in lines from its name to its end. */
export const longestTest = 100;

type Call = Parameters<NonNullable<ConstructorParameters<typeof Visitor>[0]['CallExpression']>>[0];

/** The tests of a file with more lines than that, as `path:line has N lines`. Cases of `each` don't count. */
export function longTests(path: string, text: string): string[] {
  const long: string[] = [];
  const lineOf = (offset: number) => text.slice(0, offset).split('\n').length;
  const visitor = new Visitor({
    CallExpression({ callee, arguments: [name, ...rest], end }) {
      if (!isTest(callee) || !name || !rest.some(({ type }) => /Function/.test(type))) return;
      const first = lineOf(name.start);
      const lines = lineOf(end) - first + 1;
      if (lines > longestTest) long.push(`${path}:${first} has ${lines} lines`);
    },
  });
  visitor.visit(parseSync(path, text).program);
  return long;
}

/** `test`, `it.each(cases)`, `test.skipIf(there)` ... */
function isTest(callee: Call['callee']): boolean {
  if (callee.type === 'Identifier') return callee.name === 'test' || callee.name === 'it';
  if (callee.type === 'CallExpression') return isTest(callee.callee);
  if (callee.type === 'TaggedTemplateExpression') return isTest(callee.tag);
  return callee.type === 'MemberExpression' && isTest(callee.object);
}
