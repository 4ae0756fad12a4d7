/**
 * JSON with one spelling for each value: keys sorted by code unit, no white space, keys whose value is `undefined` left
 * out. Equal values give equal text, so its hash can be an identity (as RFC 8785 does it for our plain data).
 * @throws TypeError on what JSON cannot say: NaN, infinities, functions, bigint, undefined inside an array.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object') {
    const entries = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${entries.join(',')}}`;
  }
  throw new TypeError(`a ${typeof value} has no JSON`);
}
