/** A message's words as nodes: Markdown, through the sanitiser, with code in boxes. Made once for each content, then cloned. */
import type { Content } from '@parley/protocol';
import DOMPurify from 'dompurify';
import styles from './Body.module.css';
import { highlight } from './highlight.ts';
import { allowedAttributes, allowedTags, isPlain, toHtml } from './markdown.ts';

export interface Reader {
  me: string | undefined;
  /** What a person is called in texts, by id. */
  nameOf(user: string): string | undefined;
  /** Where `#alias` or `#alias:server` leads, as a hash; undefined for a room that one is not in. */
  hashOf(alias: string, server?: string): string | undefined;
  /** What a person’s server is called, where it is not one’s own. */
  serverOf(user: string): string | undefined;
}

/** A screen shows some fifty messages; scrolling back over a few screens costs no parsing. */
const kept = 400;
const made = new Map<Content, DocumentFragment>();
const purify = DOMPurify(window);
// Once: read again with each message it would cost more than the rest.
purify.setConfig({
  ALLOWED_TAGS: allowedTags,
  ALLOWED_ATTR: allowedAttributes,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
});
const asFragment = { RETURN_DOM_FRAGMENT: true } as const;

/** Fresh nodes for one message. */
export function bodyFragment(content: Content, reader: Reader): DocumentFragment {
  const held = made.get(content);
  if (held) return held.cloneNode(true) as DocumentFragment;
  if (isPlain(content.text)) return plainFragment(content.text);
  const names = new Map<string, string>();
  for (const user of content.mentions ?? []) {
    const name = reader.nameOf(user);
    if (!name) continue;
    const server = reader.serverOf(user);
    if (server) names.set(`${name}:${server}`.toLowerCase(), user);
    // Where two have one name, it alone means the one of one’s own server.
    if (!server || !names.has(name.toLowerCase())) names.set(name.toLowerCase(), user);
  }
  const html = toHtml(content.text, {
    user(typed, server) {
      const name = typed.toLowerCase();
      // Another server may call this one by a name that is not known here.
      const isName = server === undefined || server.includes('.');
      return names.get(`${name}:${server?.toLowerCase()}`) ?? (isName ? names.get(name) : undefined);
    },
    room: (alias, server) => reader.hashOf(alias, server),
  });
  const fragment = purify.sanitize(html, asFragment);
  decorate(fragment, reader.me);
  if (fragment.childNodes.length === 0) fragment.append(document.createElement('p'));
  made.set(content, fragment);
  if (made.size > kept) made.delete(made.keys().next().value!);
  return fragment.cloneNode(true) as DocumentFragment;
}

function plainFragment(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  const paragraph = make('p', undefined, text);
  paragraph.dir = 'auto';
  fragment.append(paragraph);
  return fragment;
}

function decorate(fragment: DocumentFragment, me: string | undefined): void {
  for (const pre of fragment.querySelectorAll('pre')) pre.replaceWith(codeBox(pre));
  for (const mention of fragment.querySelectorAll<HTMLElement>('[data-mention]'))
    if (mention.dataset.mention === me) mention.dataset.me = '';
  for (const table of fragment.querySelectorAll('table')) {
    const box = table.parentElement!;
    box.tabIndex = -1;
    box.setAttribute('role', 'group');
    box.setAttribute('aria-label', 'Table');
    box.className = styles.table ?? '';
  }
  for (const link of fragment.querySelectorAll('a')) link.tabIndex = -1;
}

function codeBox(pre: HTMLElement): HTMLElement {
  const language = pre.dataset.lang ?? '';
  const figure = make('figure', styles.code);
  const caption = make('figcaption');
  const copy = make('button', styles.copy);
  copy.type = 'button';
  copy.tabIndex = -1;
  copy.dataset.copy = '';
  copy.append(copyIcon(), 'Copy');
  caption.append(make('span', undefined, language), copy);
  const box = make('pre');
  box.dir = 'ltr';
  box.tabIndex = -1;
  box.setAttribute('role', 'group');
  box.setAttribute('aria-label', language ? `Code, ${language}` : 'Code');
  const code = make('code');
  for (const { text, kind } of highlight(pre.textContent ?? '', language))
    code.append(kind === 'plain' ? text : make('span', styles[kind], text));
  box.append(code);
  figure.append(caption, box);
  return figure;
}

function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className?: string,
  text?: string,
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

/** Lucide's `copy`, for nodes that React does not draw. */
function copyIcon(): SVGElement {
  const namespace = 'http://www.w3.org/2000/svg';
  const icon = document.createElementNS(namespace, 'svg');
  const attributes = {
    class: 'lucide',
    viewBox: '0 0 24 24',
    fill: 'none',
    stroke: 'currentColor',
    'aria-hidden': 'true',
  };
  for (const [name, value] of Object.entries(attributes)) icon.setAttribute(name, value);
  const rect = document.createElementNS(namespace, 'rect');
  for (const [name, value] of Object.entries({ width: '14', height: '14', x: '8', y: '8', rx: '2' }))
    rect.setAttribute(name, value);
  const path = document.createElementNS(namespace, 'path');
  path.setAttribute('d', 'M4 16c-1.1 0-2-.9-2-2V4c0-1.1.9-2 2-2h10c1.1 0 2 .9 2 2');
  icon.append(rect, path);
  return icon;
}
