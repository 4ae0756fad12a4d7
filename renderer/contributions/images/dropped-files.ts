import { Zip, ZipPassThrough } from 'fflate';
import { UserError } from '../../../main/contract/wire/index.ts';
import { formatBytes, formatInteger } from '../../../main/domain/numbers/index.ts';
import { pathOnDisk } from '../../client/index.ts';

/** A file and its path within what was dropped, with slashes. */
export interface NamedFile {
  path: string;
  file: File;
}

/** Most bytes of a folder that the page packs: it holds them in memory. Larger ones are read by their path. */
const mostBytes = 2 * 2 ** 30;
/** Most files of a folder that the page packs: fflate writes no more into a zip, and loses the count without a word. */
const mostFiles = 65_534;

/** Images on this computer by their path, or files to upload: a browser does not tell where they lie. */
export type Taken = { path: string } | { files: () => Promise<NamedFile[]> };

/** What was dropped. To be called during the event, after which its entries are gone. */
export function taken(data: DataTransfer): Taken {
  const [only, ...others] = data.files;
  const path = only && others.length === 0 ? pathOnDisk(only) : null;
  if (path !== null) return { path };
  const files = droppedFiles(data);
  return { files: () => files };
}

/** A folder or file that was chosen; null: none was. */
export function chosen(list: Iterable<File>): Taken | null {
  const all = [...list];
  const [first] = all;
  if (!first) return null;
  const { webkitRelativePath: below } = first;
  const path = pathOnDisk(first);
  if (path !== null && below === '') return { path };
  // The path minus the part within the chosen folder: `C:\pets` from `C:\pets\cat\1.png` and `pets/cat/1.png`.
  const within = below.slice(below.indexOf('/'));
  if (path?.slice(-within.length).replaceAll('\\', '/') === within) return { path: path.slice(0, -within.length) };
  const files = all.map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  return { files: async () => files };
}

/** Files of a drop, those of folders with their paths. To be called during the event. */
function droppedFiles({ items }: DataTransfer): Promise<NamedFile[]> {
  const entries = [...items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  return Promise.all(entries.map(filesBelow)).then((found) => found.flat());
}

async function filesBelow(entry: FileSystemEntry): Promise<NamedFile[]> {
  const path = entry.fullPath.replace(/^\//, '');
  if (isFile(entry)) return [{ path, file: await new Promise<File>((resolve, reject) => entry.file(resolve, reject)) }];
  if (!isFolder(entry)) return [];
  const reader = entry.createReader();
  const below: FileSystemEntry[] = [];
  // A reader gives some entries at a time, and none at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break;
    below.push(...some);
  }
  const files: NamedFile[] = [];
  for (const each of below) files.push(...(await filesBelow(each)));
  return files;
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

/**
 * One file to upload: a zip or NumPy archive as it is, and else a zip of all files, without compressing them again.
 * @throws UserError `drop.empty`, `drop.too-many`, `drop.too-large`
 */
export async function toOneFile(files: readonly NamedFile[]): Promise<File> {
  const [first, ...others] = files;
  if (!first) throw refusal('empty', 'There are no files in it', 'Choose a folder with images, or a zip of one.');
  if (others.length === 0 && /\.(zip|npz)$/i.test(first.path)) return first.file;
  if (files.length > mostFiles) {
    const what = `This folder has ${formatInteger(files.length)} files, and the page can pack ${formatInteger(mostFiles)}`;
    throw refusal('too-many', what, 'Enter its path instead, or choose a zip file of it.');
  }
  const bytes = files.reduce((sum, { file }) => sum + file.size, 0);
  if (bytes > mostBytes) {
    const what = `This folder has ${formatBytes(bytes)}, and the page can pack ${formatBytes(mostBytes)}`;
    throw refusal('too-large', what, 'Enter its path instead, or choose a zip file of it.');
  }
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const zip = new Zip();
  zip.ondata = (error, data) => {
    if (error) throw error;
    parts.push(new Uint8Array(data));
  };
  for (const { path, file } of files) {
    const entry = new ZipPassThrough(path);
    zip.add(entry);
    entry.push(new Uint8Array(await file.arrayBuffer()), true);
  }
  zip.end();
  return new File(parts, `${first.path.split('/')[0] || 'images'}.zip`, { type: 'application/zip' });
}

const refusal = (code: string, what: string, remedy: string): UserError =>
  new UserError(`drop.${code}`, what, 'the images', remedy);
