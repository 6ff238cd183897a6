/** Colours for code: comments, strings, keywords of the usual languages. One pass, no grammar, linear in the length. */

export interface Span {
  text: string;
  kind: 'keyword' | 'string' | 'comment' | 'plain';
}

const slash = '\\/\\/[^\\n]*|\\/\\*[\\s\\S]*?(?:\\*\\/|$)';
const hash = '(?<![^\\s;({])#[^\\n]*';
const dash = '--[^\\n]*';
const families: { names: string; comment: string; strings: string }[] = [
  {
    names:
      'ts tsx js jsx mjs javascript typescript java c h cpp cc c++ cs csharp go golang rust rs swift kotlin kt scala php dart css scss zig',
    comment: slash,
    strings: '"\'`',
  },
  {
    names:
      'py python sh bash zsh shell rb ruby yaml yml toml ini conf make makefile dockerfile perl pl r nix elixir ex',
    comment: hash,
    strings: '"\'',
  },
  { names: 'sql lua haskell hs', comment: dash, strings: '"\'' },
  { names: 'json json5 jsonc', comment: slash, strings: '"' },
];
const keywords = new Set(
  `abstract and as async await begin bool break case catch char class const continue def default defer del delete do done double
  elif else end enum esac except export extends extern false fi final finally float fn for foreach from func function go if impl
  implements import in instanceof int interface is lambda let local loop long match mod module move mut namespace new nil none not
  null of or package pass private protected pub public raise readonly return self static string struct super switch then this throw
  throws trait true try type typeof undefined union unless unsafe until use using val var void where while with yield
  create insert into select update values table join left right inner on group by order limit set alter drop index primary key`.split(
    /\s+/,
  ),
);
const longest = 20_000;

const scanners = new Map<string, RegExp>();
for (const { names, comment, strings } of families) {
  const quoted = [...strings].map(
    (quote) => `${quote}(?:[^${quote}\\\\${quote === '`' ? '' : '\\n'}]|\\\\[\\s\\S])*${quote}?`,
  );
  const scanner = new RegExp(
    `(?<comment>${comment})|(?<string>${quoted.join('|')})|(?<word>[\\p{L}_$][\\p{L}\\p{N}_$]*)`,
    'gu',
  );
  for (const name of names.split(' ')) scanners.set(name, scanner);
}

/** The code in coloured pieces; one plain piece when the language is not known. The pieces joined are the code. */
export function highlight(code: string, language: string): Span[] {
  const scanner = scanners.get(language.toLowerCase());
  if (!scanner || code.length > longest) return [{ text: code, kind: 'plain' }];
  const spans: Span[] = [];
  let from = 0;
  const plain = (to: number) => {
    if (to > from) spans.push({ text: code.slice(from, to), kind: 'plain' });
  };
  for (const hit of code.matchAll(scanner)) {
    const { comment, string, word } = hit.groups ?? {};
    if (word !== undefined && !keywords.has(word) && !keywords.has(word.toLowerCase())) continue;
    plain(hit.index);
    spans.push({ text: hit[0], kind: comment !== undefined ? 'comment' : string !== undefined ? 'string' : 'keyword' });
    from = hit.index + hit[0].length;
  }
  plain(code.length);
  return spans;
}
