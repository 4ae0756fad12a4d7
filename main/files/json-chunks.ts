/** Pieces are collected until they have this many characters: each write costs a call. */
const length = 65_536;

/**
 * `JSON.stringify(value)` in pieces, so that the complete text is never in memory. Objects with both `toJSON` and an
 * iterator are written as lists.
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
    if (JSON.stringify(typeof item === 'object' ? null : item) === undefined) continue;
    yield `${between}${JSON.stringify(key)}:`;
    yield* pieces(item);
    between = ',';
  }
  yield between === '{' ? '{}' : '}';
}

const isList = (value: unknown): value is Iterable<unknown> =>
  Array.isArray(value) ||
  (typeof value === 'object' && value !== null && 'toJSON' in value && Symbol.iterator in value);

/** Plain objects only: instances of classes may have their own `toJSON`. */
function isRecord(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A list in parts of about 32,000 characters of JSON: a process parses such a message in less than a millisecond. */
export function* listParts<T>(rows: readonly T[]): Generator<T[], void> {
  let [part, characters]: [T[], number] = [[], 0];
  for (const row of rows) {
    part.push(row);
    characters += JSON.stringify(row).length;
    if (characters < length / 2) continue;
    yield part;
    [part, characters] = [[], 0];
  }
  if (part.length > 0) yield part;
}
