/** A rule on the text of a source file that no linter of ours has. Patterns are written so as not to match themselves. */
export interface SourceRule {
  readonly name: string;
  readonly pattern: RegExp;
  /** Paths, relative to the repository, that the rule is about. */
  readonly where: RegExp;
  /** Comments count too; otherwise they are taken out first. */
  readonly inComments: boolean;
}

const everywhere = /./;
const pure = /^main\/(domain|analysis|exhibits|contributions\/[^/]+\/(analysis|exhibits))\//;

/** Words whose American spelling is another; without `cancelled`, which is a stored state. */
const british = new RegExp(
  '[Ll]abell(ed|ing)|unlabelled|[Aa]nalys(e|ed|ing)|[Nn]eighbour(s|ing)?|[Cc]olours?|[Nn]ormalis(e|ed|ing)|' +
    '[Oo]ptimis(er|e|ed|ing)|[Rr]ecognis(e|ed|ing)|[Mm]illimetres?|[Cc]entres?|[Bb]ehaviour|[Ll]earnt|[Ll]icence|' +
    '[Rr]andomis(e|ed)|[Oo]rganis(e|ed)|[Ss]ummaris(e|ed)|[Mm]odelled|[Ff]avour|[Gg]rey',
).source;

export const sourceRules: readonly SourceRule[] = [
  {
    name: 'the words of the glossary',
    pattern:
      /\b[Ss]tep[ -]s[i]zes?\b|\b[Ll]atent s[i]ze\b|\b[Mm][e]nd(s|ed|ing)?\b|['"`>](Wa[i]ting|Wa[i]ts|On h[o]ld|G[o] on)['"`<]|\bD[o] what is left\b|\b[Ll][e]t (it|them) be\b|\bdid not l[a]nd\b|\b(image|row|run|model)\(s\)/,
    where: /^(main|preload|renderer|scripts)\//,
    inComments: true,
  },
  {
    name: 'American spelling in sentences',
    // Beside another word of a string, or in a line of text between tags.
    pattern: new RegExp(
      String.raw`(['"\x60])((?!\1)[^=;])*?([a-z,”}] (${british})(?= [a-z(“$]|[.,:;]?\1|[.,] )|(?<=\1)(${british}) [a-z])|^ *[A-Za-z}>][^=;:(){}]* (${british})( [^=;(){}]*|[.,:]?)$`,
    ),
    where: /^(main\/(?!storage\/|training\/|exhibits\/)|renderer\/)/,
    inComments: false,
  },
  { name: 'no unseeded randomness', pattern: /\bMath\s*\.\s*random\b/, where: /^main\//, inComments: false },
  {
    name: 'no clock in pure code',
    pattern: /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b/,
    where: pure,
    inComments: false,
  },
  {
    name: 'no random bytes in pure code',
    pattern: /\brandom(Bytes|UUID|Int|FillSync)\b/,
    where: pure,
    inComments: false,
  },
  { name: 'no any', pattern: /(:|<|\bas|\|)\s*any\b(?!\s+\w)/, where: /\.tsx?$/, inComments: false },
  {
    name: 'no async function where nobody awaits it',
    pattern:
      /\b(on|once|addListener|addEventListener|setTimeout|setInterval|setImmediate|queueMicrotask)\(([^()]*,\s*)?as[y]nc\b|\bon[A-Z]\w*=\{as[y]nc\b|\bnew Promise(<[^>]*>)?\(as[y]nc\b/,
    where: /^(main|preload|renderer)\//,
    inComments: false,
  },
  { name: 'nothing left to do', pattern: /\b(TO[D]O|FIX[M]E|XX[X])\b/, where: everywhere, inComments: true },
  {
    name: 'no suppressed check',
    pattern: /@ts-(ig[n]ore|expect-err[o]r|noch[e]ck)|biome-ig[n]ore|eslint-dis[a]ble|prettier-ig[n]ore/,
    where: everywhere,
    inComments: true,
  },
  {
    // What has to be fast is measured by `npm run bench`.
    name: 'no limit of time by the clock in a test',
    pattern: /\bexpect\([^;]*\bperformance\.now\(\)|\bwaitForTimeout\(/,
    where: /^tests\/(?!bench\/|soak\/|renderer\/pictures\/)/,
    inComments: false,
  },
  {
    name: 'no path of one machine',
    pattern: /["'`/](ro[o]t|wo[r]k)\/\w/,
    where: /^(main|preload|renderer|scripts)\//,
    inComments: true,
  },
  {
    name: 'tfjs named below main/training only',
    pattern: /["']@tensorflow\//,
    where: /^(main\/(?!training\/|contributions\/weights\/network\/)|preload\/|renderer\/)/,
    inComments: false,
  },
  {
    name: 'ONNX Runtime named by what runs models, and by the doctor, only',
    pattern: /\(\s*["']onnxruntime-/,
    where: /^(main\/(?!contributions\/(outside\/model|doctor)\/)|preload\/|renderer\/)/,
    inComments: false,
  },
  {
    name: 'better-sqlite3 named below main/storage only',
    pattern: /\(\s*["']better-sqlite3["']/,
    where: /^(main\/(?!storage\/)|preload\/|renderer\/)/,
    inComments: false,
  },
];

/** Longest file that a reader is asked to take in. */
export const longestFile = 500;

/** What a file breaks, as `rule: path:line`. */
export function brokenRules(path: string, text: string): string[] {
  const bare = withoutComments(text);
  const broken = sourceRules
    .filter(({ where }) => where.test(path))
    .flatMap(({ name, pattern, inComments }) =>
      (inComments ? text : bare)
        .split('\n')
        .flatMap((line, index) => (pattern.test(line) ? [`${name}: ${path}:${index + 1}`] : [])),
    );
  const lines = text.trimEnd().split('\n').length;
  return lines > longestFile ? [...broken, `at most ${longestFile} lines: ${path} has ${lines}`] : broken;
}

/** Blanks comments and keeps the line numbers. Good enough for our sources: a `//` in a string is blanked too. */
function withoutComments(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/(^|[^:'"`])\/\/.*$/gm, '$1');
}
