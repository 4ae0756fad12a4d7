import { realpathSync } from 'node:fs';
import { homedir, hostname, tmpdir, userInfo } from 'node:os';
import { pathToFileURL } from 'node:url';
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
    folders: (
      [
        [productFolder(), '<product>'],
        [cacheFolder(), '<cache>'],
        [tmpdir(), '<temporary>'],
        [homedir(), '<home>'],
      ] as const
    ).flatMap(([folder, instead]) => [...new Set([folder, realPath(folder)])].map((each) => [each, instead] as const)),
    host: hostname(),
    user: userName(),
  };
}

/** What programs may call a folder that is linked to, or itself if there is none. */
function realPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
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
 * A copy of a value of JSON without them: known folders, other users' homes, paths but for the file that they name, and names.
 * Texts keep their beginning and their end.
 */
export function withoutPersonalData<T>(value: T, personal: Personal): T {
  const clean = cleaner(personal);
  return JSON.parse(JSON.stringify(value), (key, part: unknown) =>
    typeof part === 'string' && !listed.has(key) ? shortened(clean(part)) : part,
  ) as T;
}

/** What a program says last is mostly why it failed. */
const shortened = (text: string): string =>
  text.length <= longestText ? text : `${text.slice(0, 1000)} … ${text.slice(1003 - longestText)}`;

/** What may stand in a part of a path, and in words after a space in it; a part that another one follows may have several words. */
const [part, word] = [String.raw`[^\s/\\:'"<>|,;\x60()[\]{}]+`, String.raw`[^\s/\\:'"<>|,;]+`];
const separator = String.raw`[/\\]`;
const folders = `(?:${part}(?: +${word}){0,6}${separator}+)*`;

/** A name that ends a text, a line or a quotation, of words that begin with a capital. */
const surnames = String.raw`(?: +\p{Lu}[\p{L}\p{M}.’-]*)*(?=$|[\n'"\x60:;,)\]}])`;

/** Another user's home, where systems have them: with a name of several words if a part or nothing follows. */
const homes = new RegExp(
  String.raw`(?:/home|/Users|\b[A-Za-z]:${separator}+Users)${separator}+(?:${part}(?: +${word}){0,4}(?=[/\\])|${part}${surnames}|${part})`,
  'gu',
);

const known = '<(?:home|temporary)>';
const drive = String.raw`\b[A-Za-z]:${separator}+`;
/** After the letter of an option, such as -I, too; neither in a word nor in a fraction. */
const root = String.raw`(?:(?<![\w<>./-])|(?<=(?:^|[^\w<>./-])-[A-Za-z]))/`;

/** Paths in a home or a temporary folder, on a drive, or with two parts at least. */
const paths = new RegExp(
  `(?:(?<in>${known})${separator}+|${drive}|${root}${part}(?: +${word}){0,6}/+)${folders}(?:${part})?(?:${surnames})?`,
  'gu',
);

/** The same in quotation marks, with all words up to the second one. */
const quoted = new RegExp(
  `(?<mark>['"\x60])(?<path>(?:(?<in>${known})${separator}|${drive}|/${part}/)[^'"\x60:\n]*)\\k<mark>`,
  'gu',
);

/** Folders of systems, which have no names of people. */
const ofSystem = /^\/(?:usr|opt|lib\w*|s?bin|dev|proc|sys|etc|nix|snap|System|Library)\//;

const isFile =
  /.\.(?:so|node|[cm]?[jt]s|pyc?|json|dll|dylib|exe|hp*|c|cc|cpp|cu|o|a|lib|whl|zip|t?gz|txt|log|bin|wasm|html|spv|sh|bat|cmd|onnx|np[yz]|ubyte)(?:\.\d+)*$/i;

/** A path as a proof names it: what holds it, and the file, if it is one. */
function shortPath(path: string, inKnown: string | undefined): string {
  const last = /[^/\\]*$/.exec(path)?.[0] ?? '';
  const rest = isFile.test(last) || ofSystem.test(path) ? `${path.includes('\\') ? '\\' : '/'}${last}` : '';
  return `${inKnown ?? '<folder>'}${rest}`;
}

/** A folder as messages may spell it: as an address, with other or escaped separators, with escaped spaces. */
const spellings = (folder: string): string[] => [
  folder,
  folder.replaceAll('\\', '/'),
  folder.replaceAll('\\', '\\\\'),
  folder.replaceAll(' ', '\\ '),
  encodeURI(folder.replaceAll('\\', '/')),
  pathToFileURL(folder).pathname,
];

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

function cleaner({ folders: own, host, user }: Personal): (text: string) => string {
  const places = own
    .filter(([folder]) => folder.length > 1)
    .flatMap(([folder, instead]) => [...new Set(spellings(folder))].map((spelling) => ({ spelling, instead })))
    // The inner one of two folders first.
    .sort((a, b) => b.spelling.length - a.spelling.length)
    .map(({ spelling, instead }) => ({
      instead,
      // Not where a longer name begins with it.
      pattern: new RegExp(`${escaped(spelling)}(?![\\p{L}\\p{N}\\p{M}_-])`, /^[A-Za-z]:/.test(spelling) ? 'giu' : 'gu'),
    }));
  const names = [
    [host, '<machine>'],
    // Without its domain, too.
    [host.split('.', 1)[0], '<machine>'],
    [user, '<user>'],
  ].filter(([name = '']) => !common.test(name));
  return (text) => {
    const placed = places.reduce((rest, { pattern, instead }) => rest.replace(pattern, () => instead), text);
    const short = placed
      .replace(/file:\/\/\/?(?=\/|<|[A-Za-z]:)/g, '')
      .replace(homes, '<home>')
      .replace(quoted, (_, ...groups) => {
        const { mark = '', path = '', in: inKnown } = groups.at(-1) as Record<string, string | undefined>;
        return `${mark}${shortPath(path, inKnown)}${mark}`;
      })
      .replace(paths, (path, ...groups) => shortPath(path, (groups.at(-1) as { in?: string }).in));
    return names.reduce((rest, [name = '', instead = '']) => rest.replace(wordOf(name), () => instead), short);
  };
}

const wordOf = (name: string): RegExp => new RegExp(`(?<![\\w-])${escaped(name)}(?![\\w-])`, 'giu');
