/** Thrift's compact protocol: fields of a struct by id, each with its type. */
type Field = readonly [id: number, type: 'i32' | 'i64' | 'text' | 'struct' | 'list', value: unknown];

const types = { i32: 5, i64: 6, text: 8, list: 9, struct: 12 } as const;

export function varint(value: bigint): number[] {
  const low = Number(value & 127n);
  return value < 128n ? [low] : [low | 128, ...varint(value >> 7n)];
}

const zigzag = (value: number | bigint): number[] => {
  const wide = BigInt(value);
  return varint(wide >= 0n ? wide * 2n : -wide * 2n - 1n);
};

const struct = (fields: readonly Field[]): number[] => {
  let before = 0;
  return fields
    .flatMap(([id, type, value]) => {
      const start = ((id - before) << 4) | types[type];
      before = id;
      return [start, ...content(type, value)];
    })
    .concat(0);
};

function content(type: Field[1], value: unknown): number[] {
  if (type === 'struct') return struct(value as readonly Field[]);
  if (type === 'text') return [...varint(BigInt(Buffer.byteLength(value as string))), ...Buffer.from(value as string)];
  if (type !== 'list') return zigzag(value as number);
  const items = value as readonly (readonly [Field[1], unknown])[];
  return [
    0xf0 | types[items[0]?.[0] ?? 'i32'],
    ...varint(BigInt(items.length)),
    ...items.flatMap((item) => content(...item)),
  ];
}

/** A Parquet file of one column, in which everything may be false. By default: the numbers 1, 2, 3 as INT32, uncompressed. */
export interface Forged {
  rows?: number | bigint;
  values?: number | bigint;
  /** Physical type; 1: INT32, 6: bytes. */
  type?: number;
  /** 0: none, 1: Snappy, 2: gzip, 6: zstd. */
  codec?: number;
  /** 0: PLAIN, 7: DELTA_BYTE_ARRAY, 8: dictionary. */
  encoding?: number;
  page?: Uint8Array;
  /** Bytes of the page, unpacked; and packed. */
  unpacked?: number;
  packed?: number;
  /** Values of the page. */
  pageValues?: number;
  /** A page of version 2. */
  v2?: boolean;
  /** 0: required, 1: optional. */
  repetition?: number;
  /** In place of the description at the end. */
  footer?: Uint8Array;
  footerLength?: number;
  children?: number;
}

export function forgedParquet(forged: Forged = {}): Buffer {
  const { page = new Uint8Array(Int32Array.of(1, 2, 3).buffer), rows = 3, values = rows, v2 = false } = forged;
  const { type = 1, codec = 0, encoding = 0, repetition = 0, pageValues = 3 } = forged;
  const header = struct([
    [1, 'i32', v2 ? 3 : 0],
    [2, 'i32', forged.unpacked ?? page.length],
    [3, 'i32', forged.packed ?? page.length],
    v2
      ? [
          8,
          'struct',
          [
            [1, 'i32', pageValues],
            [2, 'i32', 0],
            [3, 'i32', pageValues],
            [4, 'i32', encoding],
            [5, 'i32', 0],
            [6, 'i32', 0],
          ],
        ]
      : [
          5,
          'struct',
          [
            [1, 'i32', pageValues],
            [2, 'i32', encoding],
            [3, 'i32', 3],
            [4, 'i32', 3],
          ],
        ],
  ]);
  const size = header.length + page.length;
  const chunk: Field[] = [
    [1, 'i32', type],
    [2, 'list', [['i32', encoding]]],
    [3, 'list', [['text', 'label']]],
    [4, 'i32', codec],
    [5, 'i64', values],
    [6, 'i64', size],
    [7, 'i64', size],
    [9, 'i64', 4],
  ];
  const schema: (readonly ['struct', Field[]])[] = [
    [
      'struct',
      [
        [4, 'text', 'root'],
        [5, 'i32', forged.children ?? 1],
      ],
    ],
    [
      'struct',
      [
        [1, 'i32', type],
        [3, 'i32', repetition],
        [4, 'text', 'label'],
      ],
    ],
  ];
  const group: Field[] = [
    [
      1,
      'list',
      [
        [
          'struct',
          [
            [2, 'i64', 4],
            [3, 'struct', chunk],
          ],
        ],
      ],
    ],
    [2, 'i64', size],
    [3, 'i64', rows],
  ];
  const footer =
    forged.footer ??
    Uint8Array.from(
      struct([
        [1, 'i32', 1],
        [2, 'list', schema],
        [3, 'i64', rows],
        [4, 'list', [['struct', group]]],
      ]),
    );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(forged.footerLength ?? footer.length);
  const magic = Buffer.from('PAR1');
  return Buffer.concat([magic, Uint8Array.from(header), page, footer, length, magic]);
}
