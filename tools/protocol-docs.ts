// `npm run docs`: writes docs/protocol.md from the protocol value, so that the document cannot disagree with the code.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as parley from '@parley/protocol';
import {
  type DirectoryEventType,
  type DirectoryRequestType,
  directory,
  type EventType,
  errors,
  type FrameType,
  federation,
  kinds,
  limits,
  protocol,
  type QuestionType,
  questions,
  type RequestType,
  type Schema,
  toJsonSchema,
} from '@parley/protocol';
import { root } from '../bin/bootstrap.mjs';
import { type JsonSchema, keyOf, type Shapes, schemaText } from './schema-text.ts';

export const documentPath = join(root, 'docs', 'protocol.md');

const HEAD = `# Protocol

Generated from \`packages/protocol\` by \`npm run docs\`; a test fails when it is stale.

A frame from a client is \`{ id, request, payload }\`; the answer is \`{ id, reply }\` or \`{ id, error }\`. What a server
says unasked is \`{ event, payload }\`. The WebSocket subprotocol names the codec: \`${parley.subprotocols.json}\` or
\`${parley.subprotocols.cbor}\`; framed TCP is a big-endian 32-bit length, then CBOR. Bytes are base64url without padding in JSON.

How fields are written: \`name?\` may be absent; \`≤\` bounds a length in UTF-16 units, a size in bytes or a number of
items; \`count\` is a whole number from 0; \`line\` is text without control characters; \`…\` says that more fields may
come, which readers keep. A request with a field that is not named here is refused.
`;

const FEDERATION = `Servers speak over a WebSocket at \`/federation\` of subprotocol \`${parley.federationSubprotocol}\`, whose binary frames are the messages of
Noise_XX_25519_ChaChaPoly_SHA256. The prologue is the CBOR of \`["parley federation v1", network]\`; the second and the third
message carry the CBOR of \`[identity key, signature]\`, where the identity signs the CBOR of
\`["parley noise static key v1", network, "initiator" or "responder", Noise static key]\`. After the handshake a message holds
a byte that is 0, a head of one byte, and a piece of at most ${parley.linkLimits.pieceBytes} bytes. Each direction gets a new key after 2^20 messages.
The head's bits 0–2 are 0 for \`hello\`, \`ping\`, \`pong\` and \`credit\`, which are whole, and else the priority, from 1:
${parley.framePriorities.join(', ')}. Bit 6 is set for an \`answer\`, bit 7 where more of the frame follows, and then the piece is full.
Pieces of different priorities may alternate; those of one priority are of one frame after another. Each piece costs its
bytes and ${parley.linkLimits.pieceOverheadBytes} more; in each priority ${parley.linkLimits.windowBytes} may be spent before the other side grants more by \`credit\`.

A frame is the CBOR of \`[name, payload]\`; one of an unknown name is passed over. Of one priority, frames about one room
are dealt with one after another, answers at once.
`;

const QUESTIONS = `A question travels in the frame \`ask\` and has its reply, or an error of the table below, in the frame \`answer\`. One
of an unknown name is answered \`unknown-request\`.
`;

const DIRECTORY = `Servers and a directory speak over a WebSocket at \`${parley.directoryPath}\` of subprotocol \`${parley.directorySubprotocol}\`, in CBOR frames of the same
form as those of clients. A record is the CBOR of \`[body, signature]\`; the body is the canonical CBOR of
\`["parley server record v1", network, key, version, expiry, name or null, [address …], [[relay's key, address] …], [feature …]]\`
with keys as 32 bytes and times in Unix ms, and is signed by the server's key. The proof of an announcement is a signature by that key of
the canonical CBOR of \`["parley directory announcement v1", challenge, record]\`.
`;

const jsonSchema = (schema: Schema<unknown>): JsonSchema => toJsonSchema(schema) as JsonSchema;

interface Shape {
  name: string;
  schema: JsonSchema;
}

/** The shapes that the protocol exports, by key. Equal ones are told in full, as a name would be a guess. */
function exportedShapes(): Map<string, Shape> {
  const found = Object.entries(parley).flatMap(([name, value]): Shape[] => {
    if (typeof value !== 'object' || value === null || !('_zod' in value)) return [];
    const schema = jsonSchema(value as unknown as Schema<unknown>);
    const says = schema.pattern ?? schema.enum ?? schema.properties ?? schema.propertyNames ?? schema.anyOf;
    return says === undefined ? [] : [{ name, schema }];
  });
  const byKey = Map.groupBy(found, ({ schema }) => keyOf(schema));
  return new Map([...byKey].flatMap(([key, shapes]) => (shapes.length === 1 ? [[key, shapes[0]!] as const] : [])));
}

/** The whole document. */
export function protocolDocs(): string {
  const exported = exportedShapes();
  const shapes: Shapes = new Map([...exported].map(([key, { name }]) => [key, name]));
  const definitions = [...exported.values()].map(
    ({ name, schema }) => `${fenced(`${name} = ${schemaText(schema, shapes, true)}`)}`,
  );
  return [
    HEAD,
    ...Object.entries(protocol).map(([noun, types]) => nounText(noun, types, shapes)),
    `## Between servers\n\n${FEDERATION}\n${Object.entries(federation)
      .map(([name, type]) => frameText(name, type, shapes))
      .join('\n')}`,
    `## Questions between servers\n\n${QUESTIONS}\n${Object.entries<QuestionType>(questions)
      .map(([name, type]) => questionText(name, type, shapes))
      .join('\n')}`,
    `## With a directory\n\n${DIRECTORY}\n${Object.entries(directory)
      .map(([name, type]) => directoryText(name, type, shapes))
      .join('\n')}`,
    '## Kinds of entries\n\n`data` stands in the header of an entry, `body` beside the log.\n',
    ...Object.entries(kinds).map(([name, kind]) => kindText(name, kind, shapes)),
    `## Shapes\n\n${definitions.join('\n')}`,
    `## Errors\n\n${errorTable()}`,
    `## Limits\n\n${limitTable()}`,
  ].join('\n');
}

function nounText(noun: string, types: Record<string, RequestType | EventType>, shapes: Shapes): string {
  const texts = Object.entries(types).map(([verb, type]) => {
    const head = `### ${noun}.${verb}\n\n${type.about}\n`;
    return `${head}\n${type.kind === 'request' ? requestText(type, shapes) : eventText(type, shapes)}`;
  });
  return `## ${noun}\n\n${texts.join('\n')}`;
}

function requestText(type: RequestType, shapes: Shapes): string {
  const { from, room, rate } = type;
  const guards = [
    room && `as ${room.as}`,
    room?.permission && `with \`${room.permission}\``,
    room?.notMuted && 'not muted',
  ];
  const allowed = [`From: ${from}`, ...guards].filter(Boolean).join(', ');
  const codes = type.errors.length === 0 ? 'none of its own' : type.errors.map((code) => `\`${code}\``).join(', ');
  const texts = [
    `payload ${schemaText(jsonSchema(type.payload), shapes)}`,
    `reply ${schemaText(jsonSchema(type.reply), shapes)}`,
  ];
  return `${allowed}. Rate: ${rate}. Errors: ${codes}.\n\n${fenced(texts.join('\n'))}`;
}

function eventText(type: EventType, shapes: Shapes): string {
  return `Event.\n\n${fenced(`payload ${schemaText(jsonSchema(type.payload), shapes)}`)}`;
}

function frameText(name: string, { about, payload }: FrameType, shapes: Shapes): string {
  return `### ${name}\n\n${about}\n\n${fenced(`payload ${schemaText(jsonSchema(payload), shapes)}`)}`;
}

function questionText(name: string, { about, payload, reply }: QuestionType, shapes: Shapes): string {
  const texts = [
    `payload ${schemaText(jsonSchema(payload), shapes)}`,
    `reply ${schemaText(jsonSchema(reply), shapes)}`,
  ];
  return `### ${name}\n\n${about}\n\n${fenced(texts.join('\n'))}`;
}

function directoryText(name: string, type: DirectoryRequestType | DirectoryEventType, shapes: Shapes): string {
  const payload = `payload ${schemaText(jsonSchema(type.payload), shapes)}`;
  const head = `### ${name} (directory)\n\n${type.about}\n\n`;
  if (type.kind === 'event') return `${head}Event.\n\n${fenced(payload)}`;
  const codes = type.errors.length === 0 ? 'none of its own' : type.errors.map((code) => `\`${code}\``).join(', ');
  return `${head}Errors: ${codes}.\n\n${fenced(`${payload}\nreply ${schemaText(jsonSchema(type.reply), shapes)}`)}`;
}

interface KindParts {
  about: string;
  target: boolean;
  data: Schema<unknown> | undefined;
  body: Schema<unknown> | undefined;
}

function kindText(name: string, kind: KindParts, shapes: Shapes): string {
  const parts = (['data', 'body'] as const).flatMap((part) => {
    const schema = kind[part];
    return schema === undefined ? [] : [`${part} ${schemaText(jsonSchema(schema), shapes)}`];
  });
  const target = kind.target ? ' Names another message.' : '';
  return `### ${name}\n\n${kind.about}${target}\n${parts.length === 0 ? '' : `\n${fenced(parts.join('\n'))}`}`;
}

function errorTable(): string {
  const rows = Object.entries(errors).map(
    ([code, { meaning, retry }]) => `| \`${code}\` | ${meaning} | ${retry ? 'yes' : 'no'} |\n`,
  );
  return `| Code | Meaning | The same may succeed later |\n| --- | --- | --- |\n${rows.join('')}`;
}

function limitTable(): string {
  const rows = Object.entries(limits).map(([name, value]) => `| \`${name}\` | ${value} |\n`);
  return `| Limit | Value |\n| --- | --- |\n${rows.join('')}`;
}

function fenced(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\`\n`;
}

if (import.meta.main) writeFileSync(documentPath, protocolDocs());
