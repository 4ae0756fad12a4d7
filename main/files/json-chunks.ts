/** Pieces are gathered until they are about this long: each one written costs a call. */
const length = 65_536;

/**
 * `JSON.stringify(value)` in pieces, which joined are the same text. The whole of it is never held together. Objects that
 * say by `toJSON` what they are, and can be iterated over, are lists of what they iterate over.
 */
export function* jsonChunks(value: unknown): Generator<string> {
  let gathered = '';
  for (const piece of pieces(value)) {
    gathered += piece;
    if (gathered.length < length) continue;
    yield gathered;
    gathered = '';
  }
  if (gathered !== '') yield gathered;
}

function* pieces(value: unknown): Generator<string> {
  if (isList(value)) yield* listPieces(value);
  else if (isRecord(value)) yield* recordPieces(value);
  else yield JSON.stringify(value) ?? 'null';
}

function* listPieces(list: Iterable<unknown>): Generator<string> {
  let between = '[';
  for (const item of list) {
    yield between;
    yield* pieces(item);
    between = ',';
  }
  yield between === '[' ? '[]' : ']';
}

function* recordPieces(record: object): Generator<string> {
  let between = '{';
  for (const [key, item] of Object.entries(record)) {
    if (JSON.stringify(item === null || typeof item === 'object' ? null : item) === undefined) continue;
    yield `${between}${JSON.stringify(key)}:`;
    yield* pieces(item);
    between = ',';
  }
  yield between === '{' ? '{}' : '}';
}

const isList = (value: unknown): value is Iterable<unknown> =>
  Array.isArray(value) ||
  (typeof value === 'object' && value !== null && 'toJSON' in value && Symbol.iterator in value);

/** What is written entry by entry: no instances of classes, which may have their own ways. */
function isRecord(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
