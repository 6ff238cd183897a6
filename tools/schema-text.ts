// Writes a JSON Schema of the protocol the way people write types: one field a line, bounds beside it.

export interface JsonSchema {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  maxItems?: number;
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  propertyNames?: JsonSchema;
  additionalProperties?: JsonSchema | false;
}

/** Shapes that have a name, by `keyOf` their schema. */
export type Shapes = ReadonlyMap<string, string>;

/** The same for equal schemas. */
export function keyOf({ $schema: _, ...schema }: JsonSchema & { $schema?: string }): string {
  return JSON.stringify(schema);
}

/** `schema` as text; shapes in `shapes` are told by their names, except at the top when `isDefinition`. */
export function schemaText(schema: JsonSchema, shapes: Shapes, isDefinition = false, indent = ''): string {
  const name = shapes.get(keyOf(schema));
  if (name !== undefined && !isDefinition) return name;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.anyOf) return eitherText(schema.anyOf, shapes, indent);
  if (schema.properties) return fieldsText(schema, shapes, indent);
  if (schema.type === 'array')
    return `list of ${schemaText(schema.items ?? {}, shapes, false, indent)}${most(schema.maxItems)}`;
  if (schema.type === 'object') return dictionaryText(schema, shapes, indent);
  if (schema.type === 'string') return stringText(schema);
  if (schema.type === 'integer') return integerText(schema);
  return schema.type ?? 'anything';
}

// Bytes are bytes in CBOR and base64url in JSON: the schema shows the two, the reader thinks of one.
function eitherText(options: readonly JsonSchema[], shapes: Shapes, indent: string): string {
  const [first, second] = options;
  if (options.length === 2 && first && keyOf(first) === '{}' && second?.type === 'string') {
    return `bytes${most(Math.floor(((second.maxLength ?? 0) * 3) / 4))}`;
  }
  return options.map((option) => schemaText(option, shapes, false, indent)).join(' | ');
}

function fieldsText(schema: JsonSchema, shapes: Shapes, indent: string): string {
  const inner = `${indent}  `;
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const mark = schema.required?.includes(name) ? '' : '?';
    return `${inner}${name}${mark}: ${schemaText(field, shapes, false, inner)}\n`;
  });
  if (schema.additionalProperties !== undefined && schema.additionalProperties !== false) fields.push(`${inner}…\n`);
  return fields.length === 0 ? '{}' : `{\n${fields.join('')}${indent}}`;
}

function dictionaryText(schema: JsonSchema, shapes: Shapes, indent: string): string {
  const key = schemaText(schema.propertyNames ?? { type: 'string' }, shapes, false, indent);
  const value = schemaText(schema.additionalProperties || {}, shapes, false, indent);
  return `map of ${key} to ${value}`;
}

function stringText({ pattern, minLength, maxLength }: JsonSchema): string {
  // A line is text without control characters; its pattern says no more than that.
  const isLine = pattern === String.raw`^[^\p{Cc}\p{Zl}\p{Zp}]*$`;
  if (pattern !== undefined && !isLine) return `text /${pattern}/`;
  const least = minLength === undefined ? '' : `${minLength} to `;
  const range = maxLength === undefined ? '' : least === '' ? most(maxLength) : `, ${least}${maxLength}`;
  return `${isLine ? 'line' : 'text'}${range}`;
}

function integerText({ minimum, maximum }: JsonSchema): string {
  if (minimum === 0 && maximum === Number.MAX_SAFE_INTEGER) return 'count';
  return `integer, ${minimum ?? '…'} to ${maximum ?? '…'}`;
}

function most(maximum: number | undefined): string {
  return maximum === undefined ? '' : ` ≤ ${maximum}`;
}
