import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { migrations } from '../../main/storage/migrations/index.ts';

test('published migrations are never edited: databases of all versions have the same tables', () => {
  const published = [
    ...['4b8cb481a7fffa3a', 'b5f8b0b1636ebf06', '8a6414a0510f4dd5', '9c91c37471a7d174', 'b89f21143a95fd01'],
    ...['b7fedf8d9d734c01', 'ffdb1e94c7b4b94b', '3365af5556e8f903', 'be27819cf6b640aa', '83b10ad8702ca59c'],
    ...['43a7108c615606ee', '21467d275b4b3fbc', 'f987f3f88210ab92', '77f21b0b94f90df6', '9d9ef3914aed0e38'],
    ...['816423e1b18e26d0', '32eeb1190ee0ddfe', 'e0e9a6bb4400dc14'],
  ];
  const hashes = migrations.map((sql) => createHash('sha256').update(sql).digest('hex').slice(0, 16));
  expect(hashes.slice(0, published.length)).toEqual(published);
});
