import { homedir, hostname, tmpdir, userInfo } from 'node:os';
import { longestText } from '../../contract/proof.ts';
import { cacheFolder, productFolder } from '../../files/places.ts';

/** Names and folders of one machine that a proof must not tell. */
export interface Personal {
  /** Folders by what is written instead, e.g. `<home>`. */
  folders: readonly (readonly [folder: string, instead: string])[];
  host: string;
  user: string;
}

export function personalOfThisMachine(): Personal {
  return {
    folders: [
      [productFolder(), '<product>'],
      [cacheFolder(), '<cache>'],
      [tmpdir(), '<temporary>'],
      [homedir(), '<home>'],
    ],
    host: hostname(),
    user: userName(),
  };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user that the system has no name for, as in some containers.
    return '';
  }
}

/** Common words that machines and users are called. They tell nothing, and would garble messages. */
const common = /^(root|admin|user|localhost|gpu|cpu|wasm|webgpu|tensorflow|.{0,2})$/i;

/** Values that the schema of a proof lists. */
const listed = new Set(['schema', 'at', 'state', 'work', 'hardware', 'asked']);

/**
 * A copy of a value of JSON without them: known folders, other users' homes, paths but for their last part, and names. Texts keep
 * their beginning and their end.
 */
export function withoutPersonalData<T>(value: T, personal: Personal): T {
  return JSON.parse(JSON.stringify(value), (key, part: unknown) =>
    typeof part === 'string' && !listed.has(key) ? shortened(cleaned(part, personal)) : part,
  ) as T;
}

/** What a program says last is mostly why it failed. */
const shortened = (text: string): string =>
  text.length <= longestText ? text : `${text.slice(0, 1000)} … ${text.slice(1003 - longestText)}`;

function cleaned(text: string, { folders, host, user }: Personal): string {
  const known = folders
    .filter(([folder]) => folder.length > 1)
    .reduce((rest, [folder, instead]) => rest.replaceAll(folder, instead), text)
    .replaceAll(/(file:\/\/)(?=\/|<)/g, '');
  const paths = known
    .replace(/(?:\/home|\/Users|[A-Za-z]:\\Users)[/\\](?:[^/\\:'"\n]+(?=[/\\])|[^/\\\s:'"]+)/g, '<home>')
    .replace(
      /(?<![\w<>./-])(?:\/[\p{L}\p{N}\p{M}_.@+-]+){2,}/gu,
      (path) => `<folder>/${path.slice(path.lastIndexOf('/') + 1)}`,
    );
  const drives = paths.replace(/\b[A-Za-z]:\\(?:[^\\:'"\n]+\\)+/g, '<folder>\\');
  return [
    [host, '<machine>'],
    [user, '<user>'],
  ].reduce(
    (rest, [name = '', instead = '']) => (common.test(name) ? rest : rest.replace(wordOf(name), instead)),
    drives,
  );
}

const wordOf = (name: string): RegExp =>
  new RegExp(`(?<![\\w-])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-])`, 'gi');
