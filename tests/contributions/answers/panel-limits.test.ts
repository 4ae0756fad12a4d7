import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readPeople } from '../../../main/contributions/answers/panels/read.ts';
import { stimulusSet } from '../../storage/records.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

test('a panel has at most 100,000 people, and names twenty of those that are set aside', async () => {
  const read = (people: readonly string[], aside: string[]) => {
    const path = join(temporaryFolder(), 'upload');
    writeFileSync(path, ['image,who,answer', ...people.map((name) => `1,${name},zero`)].join('\n'));
    const columns = { image: 'image', labeler: 'who', label: 'answer', rating: null };
    const mapping = { layout: 'answers', kind: 'abstain', ...columns, words: { zero: 0 }, aside } as const;
    const set = { ...stimulusSet(1), source: 'imported' as const };
    return readPeople({ path, name: 'x.csv' }, { set, checkPerson: () => null }, mapping);
  };
  const many = Array.from({ length: 100_001 }, (_, n) => `p${n}`);
  await expect(read(many, [])).rejects.toThrow('more than 100000 people');
  const aside = many.slice(0, 25);
  const { rows, findings } = await read(many, aside);
  expect(rows).toHaveLength(100_001 - 25);
  expect(rows[0]).toEqual({ pseudonym: 'p25', amount: 1, answers: '[[1,0]]' });
  expect(findings).toMatchObject({ rows: 100_001, aside: { count: 25, names: aside.slice(0, 20) } });
  expect((await read(many.slice(0, 100_000), [])).rows).toHaveLength(100_000);
  expect((await read(['a', 'b'], ['a'])).findings.aside).toEqual({ count: 1, names: ['a'] });
  expect((await read(['a', 'b'], [])).findings.aside).toBeUndefined();
});
