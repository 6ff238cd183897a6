/**
 * Fields of requests, replies and events. Every field is bounded, so a limit on everything costs no thought.
 * The only file that knows the schema library.
 */
import * as z from 'zod/mini';

export type Schema<T> = z.ZodMiniType<T, unknown>;
export type Infer<S> = S extends z.ZodMiniType<infer T, unknown> ? T : never;
type Shape = Record<string, z.ZodMiniType>;

const wellFormed = z.refine<string>((value) => value.isWellFormed(), 'not well-formed Unicode');
const noControls = z.regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u);

/** Text of at most `max` UTF-16 units, any characters but lone surrogates. */
export const text = (max: number) => z.string().check(z.maxLength(max), wellFormed);

/** One line of text, 1 to `max` units, without control characters. */
export const line = (max: number) => z.string().check(z.minLength(1), z.maxLength(max), wellFormed, noControls);

/** Text that matches `pattern`; the pattern must bound the length itself. */
export const pattern = (expression: RegExp) => z.string().check(z.regex(expression));

/** Bytes, at most `max`; base64url without padding in JSON. */
export const bytes = (max: number) =>
  z.pipe(
    z.union([z.instanceof(Uint8Array), z.string().check(z.maxLength(Math.ceil((max * 4) / 3)))]),
    z.transform((value, context) => {
      const decoded = typeof value === 'string' ? fromBase64Url(value) : value;
      if (decoded && decoded.length <= max) return decoded;
      context.issues.push({ code: 'custom', message: 'not base64url, or too long', input: value });
      return z.NEVER;
    }),
  ) as unknown as Schema<Uint8Array>;

/** A whole number from `min` to `max`. */
export const integer = (min: number, max: number) => z.int().check(z.minimum(min), z.maximum(max));

/** A position or a time in ms: whole and not negative. */
export const count = () => integer(0, Number.MAX_SAFE_INTEGER);

export const flag = () => z.boolean();
export const choice = <const T extends readonly [string, ...string[]]>(values: T) => z.enum(values);
export const list = <S extends z.ZodMiniType>(of: S, max: number) => z.array(of).check(z.maxLength(max));
export const optional = <S extends z.ZodMiniType>(of: S) => z.exactOptional(of);
export const nullable = <S extends z.ZodMiniType>(of: S) => z.nullable(of);
export const dictionary = <K extends z.ZodMiniType<string, string>, S extends z.ZodMiniType>(
  key: K,
  of: S,
  max: number,
) => z.partialRecord(key, of).check(z.refine((value) => Object.keys(value).length <= max, 'too many keys'));

/** What a client says: unknown fields are refused. */
export const record = <S extends Shape>(shape: S) => z.strictObject(shape);

/** What a server says: unknown fields are kept, so that old clients read new servers. */
export const view = <S extends Shape>(shape: S): z.ZodMiniObject<S, z.core.$strip> =>
  z.looseObject(shape) as unknown as z.ZodMiniObject<S, z.core.$strip>;

/** One of several records, told apart by a literal field. */
export const oneOf = <const T extends readonly [z.ZodMiniType, ...z.ZodMiniType[]]>(...options: T) => z.union(options);
export const literal = <const T extends string>(value: T) => z.literal(value);

/** Any JSON-like value; bounded by the frame that holds it. Only for what this version passes through unread. */
export const anything = () => z.unknown();

/** Checks `value`; returns it typed, or the path of the first field that is wrong. */
export function check<T>(schema: Schema<T>, value: unknown): { ok: true; value: T } | { ok: false; field: string } {
  const result = z.safeParse(schema, value);
  if (result.success) return { ok: true, value: result.data };
  const issue = result.error.issues[0];
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  return { ok: false, field: [...(issue?.path ?? []), ...(unknown === undefined ? [] : [unknown])].join('.') };
}

/** The JSON Schema of a field, for the documents. */
export const toJsonSchema = (schema: z.ZodMiniType): unknown =>
  z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' });

function fromBase64Url(value: string): Uint8Array | undefined {
  try {
    return Uint8Array.fromBase64(value, { alphabet: 'base64url' });
  } catch {
    return undefined;
  }
}
