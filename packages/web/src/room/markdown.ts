/**
 * Markdown of a message to HTML that holds only what is on the allow-list below: raw HTML is shown as text, images are
 * links, only http, https and mailto lead anywhere. The result still passes the sanitiser before it reaches a page.
 */
import { Marked, type RendererObject, type Token, type TokenizerObject } from 'marked';

export const allowedTags =
  'p br strong em del code pre a ul ol li blockquote hr table thead tbody tr th td span bdi div'.split(' ');
export const allowedAttributes = [
  'href',
  'title',
  'rel',
  'target',
  'dir',
  'start',
  'data-mention',
  'data-lang',
  'data-h',
  'data-task',
];

/** What names in a text mean; undefined when they are only words. */
export interface Names {
  /** The user id of `@name`. */
  user?(name: string, server?: string): string | undefined;
  /** Where `#alias` or `#alias:server` leads, as a hash. */
  room?(alias: string, server?: string): string | undefined;
}

/** Beyond these the parser takes longer than a frame: such text is shown as it was typed. */
const bounds = { delimiters: 2_000, brackets: 4_000, lines: 2_000, depth: 24, names: 300, links: 300 };
const schemes = /^(?:https?:\/\/|mailto:)/i;
/** `@name`, `@name:server.example`; what follows the colon may be the next word. */
const mentionPattern =
  /^@([\p{L}\p{N}](?:[\p{L}\p{N}._-]*[\p{L}\p{N}_-])?)(?::([\p{L}\p{N}](?:[\p{L}\p{N}.-]*[\p{L}\p{N}])?))?/u;
const roomPattern =
  /^#([\p{L}\p{N}](?:[\p{L}\p{M}\p{N}._-]*[\p{L}\p{M}\p{N}_-])?)(?::([\p{L}\p{N}](?:[\p{L}\p{N}.-]*[\p{L}\p{N}])?))?/u;
const wordEnd = /[\p{L}\p{N}_.@#&/]$/u;

const none: Names = {};
let names = none;

/** HTML of one message body. Never throws; text that cannot be read as Markdown stays plain. */
export function toHtml(text: string, meant: Names = none): string {
  if (isPlain(text)) return `<p dir="auto">${escapeHtml(text)}</p>`;
  if (isTwisted(text)) return plainHtml(text);
  names = countOf(text, '@') + countOf(text, '#') > bounds.names ? none : meant;
  try {
    return marked.parse(text) as string;
  } catch {
    return plainHtml(text);
  } finally {
    names = none;
  }
}

/** One line of plain words for quotes, lists and announcements: at most `max` UTF-16 units. */
export function toPlain(text: string, max = 140): string {
  const source = text.slice(0, 1_000);
  let words = source;
  if (!isTwisted(source)) {
    try {
      words = marked.lexer(source).map(wordsOf).join(' ');
    } catch {}
  }
  words = words.replace(/\s+/g, ' ').trim();
  return words.length > max ? `${sliceWhole(words, max - 1)}…` : words;
}

/** One paragraph in which nothing means anything: most of what is said. It needs neither parser nor sanitiser. */
export function isPlain(text: string): boolean {
  return !/[\\`*_[\]<>#|~&@\n\r\t]|:\/\/|www\.|^\s|^\d+[.)]|^[-+=]|\s$|^$/i.test(text);
}

/** Text that would cost the parser more than a frame: deep nesting, thousands of delimiters, brackets or lines. */
export function isTwisted(text: string): boolean {
  let delimiters = 0;
  let brackets = 0;
  let lines = 0;
  let depth = 0;
  let leading = true;
  if (countOf(text, '://') + countOf(text, 'www.') + countOf(text, '@') > bounds.links) return true;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === '\n') {
      lines++;
      depth = 0;
      leading = true;
    } else if (leading && '>-*+.)'.includes(char)) {
      if (++depth > bounds.depth) return !isRule(text, at);
    } else if (leading && !/[\s\d]/.test(char)) leading = false;
    if ('*_~`'.includes(char)) delimiters++;
    else if ('[]()<'.includes(char)) brackets++;
  }
  return delimiters > bounds.delimiters || brackets > bounds.brackets || lines > bounds.lines;
}

function countOf(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) count++;
  return count;
}

/** Escapes text for use between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** The whole text without Markdown: paragraphs at empty lines, every line break kept. */
export function plainHtml(text: string): string {
  return text
    .split(/\n{2,}/)
    .filter((part) => part.trim() !== '')
    .map((part) => `<p dir="auto">${part.split('\n').map(escapeHtml).join('<br>')}</p>`)
    .join('');
}

/** A long line of dashes or stars nests nothing. */
function isRule(text: string, at: number): boolean {
  const start = text.lastIndexOf('\n', at) + 1;
  const end = text.indexOf('\n', at);
  return /^\s*(-+|\*+)\s*$/.test(text.slice(start, end < 0 ? undefined : end));
}

function sliceWhole(text: string, length: number): string {
  const end = /[\ud800-\udbff]/.test(text[length - 1] ?? '') ? length - 1 : length;
  return text.slice(0, end);
}

function wordsOf(token: Token): string {
  if ('tokens' in token && token.tokens && token.type !== 'table') return token.tokens.map(wordsOf).join('');
  if (token.type === 'list') return token.items.map(wordsOf).join(' ');
  if (token.type === 'table') return [token.header, ...token.rows].flat().map(wordsOf).join(' ');
  if (token.type === 'br' || token.type === 'space' || token.type === 'hr') return ' ';
  return 'text' in token ? String(token.text) : '';
}

/** Returning undefined, not false, turns a rule of the tokenizer off: `<` is then text. */
const tokenizer = { html: () => undefined, tag: () => undefined } as unknown as TokenizerObject;

const renderer: RendererObject = {
  code: ({ text, lang }) =>
    `<pre dir="ltr" data-lang="${escapeHtml(lang?.match(/^\S{1,24}/)?.[0] ?? '')}"><code>${escapeHtml(text)}\n</code></pre>`,
  blockquote({ tokens }) {
    return `<blockquote dir="auto">${this.parser.parse(tokens)}</blockquote>`;
  },
  heading({ tokens, depth }) {
    return `<p dir="auto" data-h="${depth}"><strong>${this.parser.parseInline(tokens)}</strong></p>`;
  },
  paragraph({ tokens }) {
    return `<p dir="auto">${this.parser.parseInline(tokens)}</p>`;
  },
  list(token) {
    const items = token.items.map((item) => this.listitem(item)).join('');
    if (!token.ordered) return `<ul dir="auto">${items}</ul>`;
    return `<ol dir="auto"${Number(token.start) > 1 ? ` start="${Number(token.start)}"` : ''}>${items}</ol>`;
  },
  listitem({ tokens, task }) {
    return `<li dir="auto"${task ? ' data-task=""' : ''}>${this.parser.parse(tokens)}</li>`;
  },
  checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
  table(token) {
    const cells = (row: typeof token.header) => row.map((cell) => this.tablecell(cell)).join('');
    const body = token.rows.map((row) => `<tr>${cells(row)}</tr>`).join('');
    return `<div><table><thead><tr>${cells(token.header)}</tr></thead><tbody>${body}</tbody></table></div>`;
  },
  tablecell({ tokens, header }) {
    const tag = header ? 'th' : 'td';
    return `<${tag} dir="auto">${this.parser.parseInline(tokens)}</${tag}>`;
  },
  codespan: ({ text }) => `<code dir="auto">${escapeHtml(text)}</code>`,
  link({ href, tokens }) {
    return linkHtml(href, this.parser.parseInline(tokens));
  },
  image: ({ href, text }) => linkHtml(href, escapeHtml(text || href)),
};

/** Where the next `@name` or `#alias` may begin. Called for every piece of text, so it must not look at each letter. */
function nextName(source: string): number | undefined {
  if (names === none) return undefined;
  for (let at = nextSign(source, 0); at >= 0; at = nextSign(source, at + 1)) {
    const before = source.slice(Math.max(0, at - 2), at);
    if (/[\p{L}\p{N}]/u.test(source.slice(at + 1, at + 3)) && !wordEnd.test(before)) return at;
  }
  return undefined;
}

function nextSign(source: string, from: number): number {
  const at = source.indexOf('@', from);
  const hash = source.indexOf('#', from);
  return at < 0 || (hash >= 0 && hash < at) ? hash : at;
}

function linkHtml(href: string, inner: string): string {
  if (!schemes.test(href)) return inner;
  const url = escapeHtml(href);
  return `<a href="${url}" title="${url}" target="_blank" rel="noopener noreferrer">${inner}</a>`;
}

function nameToken(raw: string, name: string, server?: string) {
  const isPerson = raw[0] === '@';
  const user = isPerson ? names.user?.(name, server) : undefined;
  const hash = isPerson ? undefined : names.room?.(name, server);
  return user || hash ? { type: 'name', raw, text: raw, user, hash } : undefined;
}

const marked = new Marked({
  gfm: true,
  breaks: true,
  tokenizer,
  renderer,
  extensions: [
    {
      name: 'name',
      level: 'inline',
      start: (source: string) => nextName(source),
      tokenizer(source, tokens) {
        if (source[0] !== '@' && source[0] !== '#') return undefined;
        if (wordEnd.test(tokens.at(-1)?.raw.slice(-2) ?? '')) return undefined;
        const [whole, name, server] = (source[0] === '@' ? mentionPattern : roomPattern).exec(source) ?? [];
        if (!whole || !name) return undefined;
        return (server ? nameToken(whole, name, server) : undefined) ?? nameToken(`${source[0]}${name}`, name);
      },
      renderer: ({ raw, user, hash }) =>
        user
          ? `<span data-mention="${escapeHtml(String(user))}"><bdi>${escapeHtml(raw)}</bdi></span>`
          : `<a href="${escapeHtml(String(hash))}"><bdi>${escapeHtml(raw)}</bdi></a>`,
    },
  ],
});
