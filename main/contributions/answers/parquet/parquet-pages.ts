import { parquetHeader } from 'hyparquet/src/column.js';

type PageHeader = ReturnType<typeof parquetHeader>;

/** Most bytes of an unpacked page. */
const mostBytes = 256 * 2 ** 20;

/**
 * Checks the sizes that the pages of a column chunk state, before any is unpacked: memory is reserved as they say.
 * @param expected values of the chunk; its pages may not have more
 * @returns bytes of all pages when they are unpacked
 * @throws Error what is wrong
 */
export function checkPages(chunk: ArrayBuffer, expected: { values: number; isList: boolean }): number {
  const reader = { view: new DataView(chunk), offset: 0 };
  let [values, unpacked] = [0, 0];
  let hasDictionary = false;
  // What follows the last value is read of lists only.
  while ((expected.isList || values < expected.values) && reader.offset < chunk.byteLength - 1) {
    const header = parquetHeader(reader);
    checkPage(header, chunk.byteLength - reader.offset, expected.values - values);
    hasDictionary ||= header.type === 'DICTIONARY_PAGE';
    const data = header.type === 'DATA_PAGE_V2' ? header.data_page_header_v2 : header.data_page_header;
    // The library would take the places in the dictionary for values.
    if (!hasDictionary && data?.encoding.endsWith('_DICTIONARY')) throw new Error('its dictionary is missing');
    if (header.type !== 'DICTIONARY_PAGE') values += data?.num_values ?? 0;
    unpacked += header.uncompressed_page_size;
    reader.offset += header.compressed_page_size;
  }
  return unpacked;
}

/** @param left bytes of the chunk @param values that may still come */
function checkPage(header: PageHeader, left: number, values: number): void {
  const { compressed_page_size: packed, uncompressed_page_size: bytes, dictionary_page_header: dictionary } = header;
  if (!isCount(packed, left)) throw new Error('a page is longer than its column');
  if (!isCount(bytes, mostBytes)) throw new Error(`a page has more than ${mostBytes / 2 ** 20} MiB`);
  if (dictionary && !isCount(dictionary.num_values, bytes)) throw new Error('a dictionary is longer than its page');
  for (const data of [header.data_page_header, header.data_page_header_v2]) {
    if (data && !isCount(data.num_values, values)) throw new Error('its pages have more values than rows');
    if (data?.encoding === 'DELTA_BYTE_ARRAY')
      throw new Error('its texts are encoded as DELTA_BYTE_ARRAY, in which a few bytes may stand for gigabytes');
  }
  const data = header.data_page_header_v2;
  if (!data) return;
  const [repetition, definition] = [data.repetition_levels_byte_length, data.definition_levels_byte_length];
  if (!isCount(data.num_nulls, data.num_values) || !isCount(data.num_rows, data.num_values))
    throw new Error('a page has more rows than values');
  const levels = isCount(repetition, packed) && isCount(definition, packed - repetition);
  if (!levels || repetition + definition > bytes) throw new Error('a page is shorter than its levels');
}

const isCount = (value: number, highest: number): boolean => Number.isInteger(value) && value >= 0 && value <= highest;
