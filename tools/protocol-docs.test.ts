import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { documentPath, protocolDocs } from './protocol-docs.ts';
import { keyOf, schemaText } from './schema-text.ts';

describe('the protocol’s document', () => {
  test('is fresh: `npm run docs` writes it', () => {
    assert.equal(readFileSync(documentPath, 'utf8'), protocolDocs());
  });

  test('tells of requests, events, kinds, errors and limits', () => {
    const text = protocolDocs();
    for (const part of [
      '### message.send\n',
      '### entry.appended\n',
      '### redact\n',
      '| `not-a-member` |',
      '| `page` |',
    ]) {
      assert.ok(text.includes(part), part);
    }
  });
});

describe('a schema in words', () => {
  const none = new Map<string, string>();

  test('has a line for each field, its bounds, and a mark where it may be absent', () => {
    const schema = {
      type: 'object',
      properties: {
        text: { type: 'string', maxLength: 10 },
        title: { type: 'string', minLength: 1, maxLength: 8, pattern: String.raw`^[^\p{Cc}\p{Zl}\p{Zp}]*$` },
        seq: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
        pages: { type: 'array', maxItems: 3, items: { type: 'integer', minimum: 1, maximum: 9 } },
        sealed: { anyOf: [{}, { type: 'string', maxLength: 43 }] },
      },
      required: ['text'],
      additionalProperties: {},
    };
    const lines = [
      '{',
      '  text: text ≤ 10',
      '  title?: line, 1 to 8',
      '  seq?: count',
      '  pages?: list of integer, 1 to 9 ≤ 3',
      '  sealed?: bytes ≤ 32',
      '  …',
      '}',
    ];
    assert.equal(schemaText(schema, none), lines.join('\n'));
  });

  test('tells a known shape by its name, but not in its own definition', () => {
    const id = { type: 'string', pattern: '^[a-z]{4}$' };
    const shapes = new Map([[keyOf(id), 'roomId']]);
    const holder = {
      type: 'object',
      properties: { room: id },
      required: ['room'],
      additionalProperties: false as const,
    };
    assert.equal(schemaText(holder, shapes), '{\n  room: roomId\n}');
    assert.equal(schemaText(id, shapes, true), 'text /^[a-z]{4}$/');
  });

  test('tells choices, maps and what may be anything', () => {
    assert.equal(schemaText({ type: 'string', enum: ['a', 'b'] }, none), '"a" | "b"');
    assert.equal(schemaText({ anyOf: [{ type: 'boolean' }, { type: 'null' }] }, none), 'boolean | null');
    const map = { type: 'object', propertyNames: { type: 'string' }, additionalProperties: { type: 'boolean' } };
    assert.equal(schemaText(map, none), 'map of text to boolean');
    assert.equal(schemaText({}, none), 'anything');
  });
});
