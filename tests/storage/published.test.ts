import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { migrations } from '../../main/storage/migrations/index.ts';

test('published migrations are never edited: databases of all versions have the same tables', () => {
  const published = [
    ...['4b8cb481a7fffa3a', 'b5f8b0b1636ebf06', '8a6414a0510f4dd5', '9c91c37471a7d174', 'b89f21143a95fd01'],
    ...['b7fedf8d9d734c01', 'ffdb1e94c7b4b94b', '3365af5556e8f903', 'be27819cf6b640aa', '83b10ad8702ca59c'],
    ...['43a7108c615606ee', '21467d275b4b3fbc', 'f987f3f88210ab92', '77f21b0b94f90df6', '9d9ef3914aed0e38'],
    ...['816423e1b18e26d0', '32eeb1190ee0ddfe', 'e0e9a6bb4400dc14', 'ad27e3959ace9d67', 'cc4cbf804b90703b'],
    ...['521531ed85d3e5b2', 'b28edebc25059fb2', 'dc3e84e1ce782155', '9c91df23a9bf65c9', '78d98a68e3363d05'],
    ...['da8378949bfa429f', '8b39211ff2d1918b', '7fd6d2a22df1c54a', 'e7d3ddb2accda13f'],
  ];
  const hashes = migrations.map((sql) => createHash('sha256').update(sql).digest('hex').slice(0, 16));
  expect(hashes.slice(0, published.length)).toEqual(published);
});
