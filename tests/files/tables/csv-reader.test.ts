import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { readCsv } from '../../../main/files/tables/csv-reader.ts';
import { readHumansCsv } from '../../../main/files/tables/humans-csv.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { csvFile, refusal } from './csv-file.ts';

const header = 'image,pair_i,pair_j,alpha,labeler,label\n';
const valid = `${header}0,0,1,0,H1,0\n`;

describe('what is no CSV file', () => {
  const png = encode({ width: 8, height: 8, data: new Uint8Array(64), channels: 1 });
  it.each([
    ['nothing', '', 'csv.empty', null],
    ['blank lines', '\uFEFF \n\r\n', 'csv.empty', null],
    ['a PNG', png, 'csv.binary', 3],
    ['a gzipped CSV', gzipSync(valid), 'csv.binary', 1],
    ['UTF-16', Buffer.from(`\uFEFF${valid}`, 'utf16le'), 'csv.encoding', 1],
    ['Latin-1', Buffer.from(`${valid}1,0,1,0,Jörg,0\n`, 'latin1'), 'csv.encoding', 3],
    ['zero bytes', `${valid}1,0,1,0,H\0,0\n`, 'csv.binary', 3],
    ['a text', 'To be, or not to be\nthat is the question\n', 'csv.missing-columns', 1],
    ['JSON', '{"image": [0, 1]}', 'csv.syntax', 1],
  ])('%s', async (_, content, code, row) => {
    const error = await refusal(readHumansCsv(csvFile(content, 'humans.csv')));
    expect(error.code).toBe(code);
    expect(error.where).toBe(row === null ? 'humans.csv' : `humans.csv, row ${row}`);
  });

  it('a path that is not there, or a folder', async () => {
    const folder = join(temporaryFolder(), 'folder');
    mkdirSync(folder);
    expect(await refusal(readHumansCsv(join(folder, 'none.csv')))).toMatchObject({ code: 'file.not-found' });
    expect(await refusal(readHumansCsv(folder))).toMatchObject({ code: 'file.is-a-folder' });
  });
});

describe('a file of 1 GB', () => {
  const gigabyte = 1_000_000_000;
  /** A sparse file: takes no room on the disk. */
  function sparse(start: string, size: number): string {
    const path = csvFile(start, 'humans.csv');
    truncateSync(path, size);
    return path;
  }

  it('is refused for its size, before it is read, if its start is CSV', async () => {
    const path = csvFile('', 'humans.csv');
    const file = openSync(path, 'r+');
    writeSync(file, valid + '1,0,1,0,H1,0\n'.repeat(10_000), 0);
    closeSync(file);
    truncateSync(path, gigabyte);
    const error = await refusal(readHumansCsv(path));
    expect(error).toMatchObject({ code: 'csv.too-large', where: 'humans.csv' });
    expect(error.remedy).toContain('Split it');
  });

  it('is refused as binary if it begins with zero bytes', async () => {
    expect(await refusal(readHumansCsv(sparse(valid, gigabyte)))).toMatchObject({
      code: 'csv.binary',
      where: 'humans.csv, row 3',
    });
  });

  it('just under the limit is read in little memory until it goes wrong', async () => {
    const error = await refusal(readHumansCsv(sparse(`${valid}${'\n'.repeat(70_000)}`, gigabyte - 1)));
    expect(error.code).toBe('csv.binary');
  });

  it.skipIf(process.platform === 'win32')(
    'from a pipe, as one line without end, is refused in little memory',
    async () => {
      const pipe = join(temporaryFolder(), 'pipe');
      execFileSync('mkfifo', [pipe]);
      const script = `{ printf '${header}'; head -c 1000000000 /dev/zero | tr '\\0' x; } > '${pipe}'`;
      const writer = spawn('sh', ['-c', script], { stdio: 'ignore' });
      const ended = once(writer, 'exit');
      try {
        expect(await refusal(readHumansCsv(pipe))).toMatchObject({
          code: 'csv.syntax',
          what: 'This row is longer than 1 MB',
        });
      } finally {
        await ended;
      }
    },
  );

  it('with a new labeler in every row is refused when the table gets too large', async () => {
    const rows = Array.from({ length: 10_001 }, (_, index) => `0,0,1,0,H${index},0`);
    const error = await refusal(readHumansCsv(csvFile(header + rows.join('\n'), 'humans.csv')));
    expect(error).toMatchObject({ code: 'csv.too-large', where: 'humans.csv, row 10002' });
  });
});

describe('readCsv', () => {
  it('hands on rows with the line they end on', async () => {
    const rows: [string, number][] = [];
    await readCsv(csvFile('a,b\n1,2\n\n"x\ny",3\n4,5'), () => (cells, line) => rows.push([cells.join('|'), line]));
    expect(rows).toEqual([
      ['1|2', 2],
      ['x\ny|3', 5],
      ['4|5', 6],
    ]);
  });

  it('reads characters that are cut in two by a chunk', async () => {
    const names: string[] = [];
    const padding = 'é'.repeat(30);
    const lines = Array.from({ length: 40_000 }, (_, index) => `${index},${padding}`);
    await readCsv(csvFile(`a,b\n${lines.join('\n')}\n`), () => (cells) => names.push(cells[1]!));
    expect(names.length).toBe(40_000);
    expect(names.every((name) => name === padding)).toBe(true);
  });

  it('stops at the first error of the handler, and throws it', async () => {
    let rows = 0;
    const reading = readCsv(csvFile(`a,b\n${'1,2\n'.repeat(1000)}`), () => () => {
      rows++;
      if (rows === 3) throw new RangeError('enough');
    });
    await expect(reading).rejects.toThrow('enough');
    expect(rows).toBe(3);
  });
});
