/** Characters that mean something to LaTeX, or that its fonts lack, and what sets them in every engine. */
const special: Record<string, string> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  $: '\\$',
  '&': '\\&',
  '#': '\\#',
  '^': '\\textasciicircum{}',
  // At the start of a row `[` and `*` would be taken for options of the line break before it.
  '[': '{[}',
  ']': '{]}',
  '*': '{*}',
  _: '\\_',
  '~': '\\textasciitilde{}',
  '%': '\\%',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '"': '\\textquotedbl{}',
  '`': '\\textasciigrave{}',
  '\u00a0': '~',
  '\u00ad': '\\-',
  '±': '\\ensuremath{\\pm}',
  '−': '\\ensuremath{-}',
  '×': '\\ensuremath{\\times}',
  '≤': '\\ensuremath{\\leq}',
  '≥': '\\ensuremath{\\geq}',
  '≠': '\\ensuremath{\\neq}',
  '≈': '\\ensuremath{\\approx}',
  '∞': '\\ensuremath{\\infty}',
  ...greek(),
};

function greek(): Record<string, string> {
  const small = 'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi o pi rho varsigma sigma tau';
  const smallRest = 'upsilon phi chi psi omega';
  const names = `${small} ${smallRest}`.split(' ');
  const capitals = { Γ: 'Gamma', Δ: 'Delta', Θ: 'Theta', Λ: 'Lambda', Ξ: 'Xi', Π: 'Pi', Σ: 'Sigma' };
  const others = { Υ: 'Upsilon', Φ: 'Phi', Ψ: 'Psi', Ω: 'Omega' };
  const signs = names.map((name, at) => [String.fromCodePoint(0x3b1 + at), name] as const);
  return Object.fromEntries(
    [...signs, ...Object.entries(capitals), ...Object.entries(others)]
      .filter(([, name]) => name !== 'o')
      .map(([sign, name]) => [sign, `\\ensuremath{\\${name}}`]),
  );
}

/**
 * What pdfLaTeX sets with T1 and TS1 fonts: tried with TeX Live 2024, each by itself. Other characters are written twice, for
 * pdfLaTeX by their number and for XeLaTeX and LuaLaTeX as they are, so that no name stops a document.
 */
const withoutFont =
  /[^\x20-\x7e\u00a1-\u0125\u0128-\u0137\u0139-\u013e\u0141-\u0148\u014a-\u0165\u0168-\u017e\u0218-\u021b\u2010-\u2016\u2018-\u201a\u201c-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2116\u2122\u2190-\u2193]+/gu;

const invisible = /\p{Cf}|\p{Variation_Selector}/u;

function byNumber(signs: string): string {
  const numbers = Array.from(signs)
    .filter((sign) => !invisible.test(sign))
    .map((sign) => `U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`);
  return `\\ifdefined\\pdftexversion ${numbers.join(' ')}\\else ${signs}\\fi{}`;
}

/**
 * A text that LaTeX sets as it is and never runs: every character that means something to it is spelled out, and
 * control characters are dropped. With pdfLaTeX it needs T1 encoding for `"`; letters that its fonts lack, e.g. Chinese, are
 * set as `U+65E5` there.
 */
export function latexText(text: string): string {
  const clean = text.normalize('NFC').replace(/[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]/gu, ' ');
  const parts: string[] = [];
  for (const part of clean.split(isSpecial)) {
    parts.push(special[part] ?? part.replace(withoutFont, byNumber).replace(/([-'?!,])(?=\1)/g, '$1{}'));
  }
  return parts.join('');
}

const isSpecial = new RegExp(
  `([${Object.keys(special)
    .map((sign) => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`)
    .join('')}])`,
  'u',
);

/** As `latexText`, for running text: a word of more than 40 characters may break inside. */
export const latexProse = (text: string): string =>
  text
    .split(/(?<=\s)/)
    .flatMap((word) =>
      Array.from(word).length > 40
        ? pieces(word, 4).map((piece) => `${latexText(piece)}\\hspace{0pt plus 0.2em}`)
        : latexText(word),
    )
    .join('');

/** A text in lines of at most `longest` characters, one above the other as one unit of a row. */
export function latexLines(text: string, longest: number, side: 'l' | 'r', at: 't' | 'b'): string {
  const lines = wrapped(text, longest).map(latexText);
  if (lines.length < 2) return lines[0] ?? '';
  return `\\begin{tabular}[${at}]{@{}${side}@{}}${lines.join('\\\\')}\\end{tabular}`;
}

/** The lines of a text, broken between words and, where one is longer than a line, inside it. */
export function wrapped(text: string, longest: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/[^\S\u00a0]+/).flatMap((each) => pieces(each, longest))) {
    const last = lines.at(-1);
    if (last !== undefined && countCharacters(last) + 1 + countCharacters(word) <= longest)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

const countCharacters = (text: string): number => Array.from(text).length;

function pieces(word: string, length: number): string[] {
  const signs = Array.from(word);
  return Array.from({ length: Math.ceil(signs.length / length) }, (_, at) =>
    signs.slice(at * length, (at + 1) * length).join(''),
  );
}
