import { crc32, deflateRawSync } from 'node:zlib';
import type { RandomStream } from '../../main/domain/random/random.ts';

export interface Entry {
  name: string | Buffer;
  /** What it unpacks to. */
  content: Uint8Array;
  /** Bytes as they lie in the archive; default: `content`, deflated. */
  packed?: Uint8Array;
  method?: number;
  flags?: number;
  crc?: number;
  /** Size that it says to unpack to. */
  says?: number;
  /** Unix mode; 0o120777: a symbolic link. */
  mode?: number;
}

/** Writes an archive byte by byte, so that each of its fields can be wrong. */
export function writeZip(entries: readonly Entry[], tail: Uint8Array = Buffer.alloc(0), count?: number): Buffer {
  const [parts, directory]: [Uint8Array[], Uint8Array[]] = [[], []];
  let offset = 0;
  for (const { name, content, mode = 0o100644, method = 8, flags = 0x800, ...given } of entries) {
    const path = Buffer.from(name as string);
    const packed = given.packed ?? (method === 8 ? deflateRawSync(content, { level: 1 }) : content);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(flags, 2);
    fields.writeUInt16LE(method, 4);
    fields.writeUInt32LE(given.crc ?? crc32(content), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE((given.says ?? content.length) % 2 ** 32, 18);
    fields.writeUInt16LE(path.length, 22);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE((mode << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), fields, path, packed]);
    directory.push(Buffer.from('PK\u0001\u0002\u0014\u0003'), fields, rest, path);
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  const entriesSaid = Math.min(count ?? entries.length, 0xffff);
  end.writeUInt16LE(entriesSaid, 4);
  end.writeUInt16LE(entriesSaid, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  end.writeUInt16LE(tail.length % 65_536, 16);
  return Buffer.concat([...parts, central, Buffer.from('PK\u0005\u0006'), end, tail]);
}

const pick = <T>(random: RandomStream, items: readonly T[]): T => items[random.int(items.length)] as T;

export const evilName = 'soak-evil';

const names = [
  ...[
    `../${evilName}`,
    `../../../../../../tmp/${evilName}`,
    `/tmp/${evilName}`,
    `..\\..\\${evilName}`,
    `C:\\${evilName}`,
  ],
  ...[
    `blobs/../../${evilName}`,
    `./${evilName}`,
    `a//${evilName}`,
    `${evilName}\0.json`,
    '',
    '.',
    '..',
    '/',
    'blobs/',
    'CON',
  ],
  ...[
    `${'a/'.repeat(500)}${evilName}`,
    'x'.repeat(60_000),
    'manifest.json',
    'MANIFEST.JSON',
    'study.json',
    'é'.normalize('NFD'),
  ],
];

/** Repeats of a text that pack to almost nothing, made once for each size. */
const bombs = new Map<string, { content: Buffer; packed: Buffer }>();

function bomb(mebibytes: number, text: string): { content: Buffer; packed: Buffer } {
  const key = `${mebibytes} ${text}`;
  const content = Buffer.alloc(mebibytes * 2 ** 20, text);
  const made = bombs.get(key) ?? { content, packed: deflateRawSync(content, { level: 1 }) };
  bombs.set(key, made);
  return made;
}

/** An archive with one thing wrong that no honest program writes. @param short keeps bombs small */
export function mutateZip(entries: readonly Entry[], random: RandomStream, short: boolean): Buffer {
  const copy = entries.map((entry) => ({ ...entry }));
  const one = pick(random, copy);
  const other = pick(random, copy);
  const ways: (() => Buffer | undefined)[] = [
    () => void copy.push({ name: pick(random, names), content: Buffer.from('{}') }),
    () => void copy.push({ ...one }),
    () => void copy.push({ name: one.name, content: other.content }),
    () => void Object.assign(one, { name: pick(random, names) }),
    () => void Object.assign(one, { mode: 0o120777, content: Buffer.from('/etc/passwd') }),
    () =>
      void Object.assign(one, {
        says: pick(random, [0, 1, one.content.length - 1, one.content.length + 1, 2 ** 32 - 1]),
      }),
    () => void Object.assign(one, { crc: random.int(2 ** 31) }),
    () => void Object.assign(one, { method: pick(random, [1, 9, 12, 14, 93, 99]) }),
    () => void Object.assign(one, { flags: pick(random, [1, 8, 0x41, 0x2000, 0xffff]) }),
    () => void Object.assign(one, { packed: Buffer.alloc(random.int(1000), random.int(256)) }),
    () =>
      void Object.assign(
        one,
        bomb(short ? 20 : pick(random, [70, 150, 300]), pick(random, ['0', '[0,', '{"a":', ' '])),
      ),
    () => void Object.assign(one, { ...bomb(short ? 20 : 100, '0'), says: 10 }),
    () => void Object.assign(one, { content: writeZip(entries), name: `${String(one.name)}.zip` }),
    () => void copy.splice(random.int(copy.length), 1),
    () => void copy.sort(() => random.int(3) - 1),
    () => {
      for (let n = 0; n < (short ? 2000 : 70_000); n++)
        copy.push({ name: `blobs/${n}`, content: Buffer.alloc(0), method: 0 });
      return undefined;
    },
    () => writeZip(copy, Buffer.concat([Buffer.from('PK\u0005\u0006'), Buffer.alloc(18)])),
    () => writeZip(copy, Buffer.alloc(0), pick(random, [0, 1, copy.length + 1, 65_535])),
    () => writeZip([]),
    () => Buffer.concat([Buffer.alloc(random.int(5000), 'MZ'), writeZip(copy)]),
  ];
  return pick(random, ways)() ?? writeZip(copy);
}

/** Changes bytes anywhere. */
export function mutateBytes(bytes: Uint8Array, random: RandomStream): Buffer {
  let copy: Buffer = Buffer.from(bytes);
  for (let n = 1 + random.int(4); n > 0 && copy.length > 0; n--) {
    const at = random.int(copy.length);
    const length = Math.min(copy.length - at, 1 + random.int(200));
    const way = random.int(5);
    if (way === 0) copy.writeUInt8(random.int(256), at);
    else if (way === 1) copy = copy.subarray(0, at);
    else if (way === 2) copy = Buffer.concat([copy.subarray(0, at), copy.subarray(at, at + length), copy.subarray(at)]);
    else if (way === 3) copy.fill(pick(random, [0, 255, 0x5b, 0x22]), at, at + length);
    else copy = Buffer.concat([copy.subarray(0, at), copy.subarray(at + length)]);
  }
  return copy;
}

/** Changes a text of rows: cells, separators, quotes, encodings. */
export function mutateRows(text: string, random: RandomStream): Buffer {
  const rows = text.split('\n');
  const at = random.int(rows.length);
  const cells = (rows[at] ?? '').split(',');
  const cell = random.int(cells.length);
  const values = [
    '',
    '"',
    '""a',
    '\0',
    '=1+1',
    '-1',
    '1e999',
    '99999999999999999999',
    '💥',
    '\u202e',
    '__proto__',
    'x'.repeat(2e5),
  ];
  const ways: (() => string | Buffer)[] = [
    () => rows.with(at, cells.with(cell, pick(random, values)).join(',')).join('\n'),
    () => rows.with(at, cells.toSpliced(cell, 1).join(',')).join('\n'),
    () => rows.with(at, [...cells, ...cells].join(',')).join('\n'),
    () => [...rows, ...rows.slice(1)].join('\n'),
    () => rows.with(0, 'image,image,label,label,__proto__').join('\n'),
    () => rows.join('\r'),
    () => rows.join('\n').replaceAll(',', ';'),
    () => `\ufeff${text}`,
    () => Buffer.from(text, 'utf16le'),
    () => Buffer.concat([Buffer.from([0xff, 0xfe, 0xc0]), Buffer.from(text)]),
    () => `${rows[0]}\n`,
    () => '"'.repeat(100_000),
    () => ','.repeat(500_000),
    () => `${rows[0]}\n${`${rows[1]}\n`.repeat(100_000)}`,
  ];
  return Buffer.from(pick(random, ways)());
}
