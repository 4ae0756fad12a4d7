import { type ColumnChunk, type ColumnMetaData, type FileMetaData, parquetSchema } from 'hyparquet';
import type { SchemaElement, SchemaTree } from 'hyparquet';
import type { UserError } from '../../../contract/wire/index.ts';
import { quote, tableError } from '../../../files/tables/index.ts';

/** A column of a Parquet file. */
export interface Column {
  readonly name: string;
  readonly isList: boolean;
  /** Names of the table's columns that it becomes: its own, or one for each value of its lists. */
  readonly names: readonly string[];
}

/** Columns of a table, lists counted by their values, and characters of their names. */
const most = { columns: 2000, names: 65_536 };

/** Methods of packing that are read. LZ4 and LZO are not: Node cannot unpack them. */
export const compressions: readonly string[] = ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'BROTLI', 'ZSTD'];

/**
 * The columns of a file. Lists have as many values as those of the first row group, on average.
 * @throws UserError `parquet.columns` for what is neither text nor a number nor a list of numbers
 */
export function columnsOf(metadata: FileMetaData, path: string): Column[] {
  const refused = (what: string, remedy: string): UserError => tableError(path, null, 'parquet.columns', what, remedy);
  const { children } = parquetSchema(metadata);
  const columns = children.map((child): Column => {
    const name = child.element.name;
    const isList = isListOfNumbers(child);
    if (!isList && !isValue(child)) {
      const what = `The column ${quote(name)} has ${contentOf(child)}, which is no text and no number`;
      throw refused(what, 'Save the table without this column, or with a column of its own for each value.');
    }
    if (!isList) return { name, isList, names: [name.trim()] };
    const length = listLength(metadata, name);
    if (!Number.isInteger(length) || length > most.columns) {
      const what = `The lists in the column ${quote(name)} differ in length, or are longer than ${most.columns}`;
      throw refused(what, 'Save lists of equal length, a value for each class, or a column for each class.');
    }
    return { name, isList, names: Array.from({ length }, (_, at) => `${name.trim()}_${at}`) };
  });
  const names = columns.flatMap((column) => column.names);
  if (names.length > most.columns || names.join('').length > most.names) {
    const what = `This table has more than ${most.columns} columns, or names that are too long`;
    throw refused(what, 'Save only the columns that are needed.');
  }
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined) return columns;
  throw refused(`The column ${quote(twice)} occurs twice`, 'Rename or remove one of the two columns.');
}

function listLength({ row_groups: groups }: FileMetaData, name: string): number {
  const { num_rows: rows = 0n, columns = [] } = groups.find((group) => group.num_rows > 0n) ?? {};
  const chunk = chunkOf(columns, name);
  return rows === 0n || !chunk ? 0 : Number(chunk.num_values) / Number(rows);
}

/** What a row group says of a column. */
export const chunkOf = (chunks: readonly ColumnChunk[], name: string): ColumnMetaData | undefined =>
  chunks.find(({ meta_data: meta }) => meta?.path_in_schema[0] === name)?.meta_data;

const isLeaf = ({ children, element }: SchemaTree): boolean => children.length === 0 && element.type !== undefined;

const isValue = (column: SchemaTree): boolean =>
  isLeaf(column) &&
  column.element.repetition_type !== 'REPEATED' &&
  (isText(column.element) || isNumber(column.element));

/** As Parquet writes lists: a group that repeats an element, or repeats a group of one. */
function isListOfNumbers({ element, children: [repeated, ...others] }: SchemaTree): boolean {
  if (element.converted_type !== 'LIST' || others.length > 0) return false;
  if (repeated?.element.repetition_type !== 'REPEATED' || repeated.children.length > 1) return false;
  const [item = repeated] = repeated.children;
  return isLeaf(item) && (item === repeated || item.element.repetition_type !== 'REPEATED') && isNumber(item.element);
}

/** Bytes without a type are read as text: some programs write it so. */
const isText = ({ type, converted_type: kind, logical_type: logical }: SchemaElement): boolean =>
  (type === 'BYTE_ARRAY' &&
    [undefined, 'UTF8', 'ENUM', 'JSON'].includes(kind) &&
    [undefined, 'STRING', 'ENUM', 'JSON'].includes(logical?.type)) ||
  (type === 'FIXED_LEN_BYTE_ARRAY' && logical?.type === 'UUID');

/** Numbers, truth values, and times, which are numbers in the file. */
const isNumber = ({ type, converted_type: kind, logical_type: logical, type_length: length = 0 }: SchemaElement) =>
  ['BOOLEAN', 'INT32', 'INT64', 'INT96', 'FLOAT', 'DOUBLE'].includes(type ?? '') ||
  (type === 'FIXED_LEN_BYTE_ARRAY' &&
    ((logical?.type === 'FLOAT16' && length === 2) || (kind === 'DECIMAL' && length > 0 && length <= 32)));

function contentOf({ element, children }: SchemaTree): string {
  const kind = element.logical_type?.type ?? element.converted_type;
  if (element.repetition_type === 'REPEATED' || kind === 'LIST') return 'lists of something else than numbers';
  if (children.length > 0) return kind === 'MAP' ? 'a map' : 'values with parts (a struct)';
  return `values of the type ${kind ?? element.type ?? 'unknown'}`;
}
