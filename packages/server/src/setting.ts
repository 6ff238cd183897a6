// One setting of the configuration: what it means, its default, and how it is read from TOML and from text.

/** A value that a setting does not take; the message says what it takes. */
export class BadSetting extends Error {}

export interface Setting<T> {
  readonly about: string;
  /** Undefined when it is off unless set. */
  readonly fallback: T;
  /** From a TOML value. Throws BadSetting. */
  read(value: unknown): T;
  /** From an environment variable or a flag. Throws BadSetting. */
  parse(text: string): T;
}

interface Kind<T> {
  read(value: unknown): T;
  parse(text: string): T;
}

/** Text of a form; `expected` completes "must be …". */
export function text(expected: string, isRight: (value: string) => boolean): Kind<string> {
  const read = (value: unknown): string => {
    if (typeof value === 'string' && isRight(value)) return value;
    throw new BadSetting(`must be ${expected}`);
  };
  return { read, parse: read };
}

export function oneOf<const T extends string>(...values: T[]): Kind<T> {
  const read = (value: unknown): T => {
    const found = values.find((each) => each === value);
    if (found === undefined) throw new BadSetting(`must be one of ${values.join(', ')}`);
    return found;
  };
  return { read, parse: read };
}

export function number(lowest: number, highest: number, form: 'whole' | 'any' = 'whole'): Kind<number> {
  const expected = `must be a ${form === 'whole' ? 'whole ' : ''}number from ${lowest} to ${highest}`;
  const read = (value: unknown): number => {
    const isRight = form === 'whole' ? Number.isSafeInteger(value) : typeof value === 'number';
    if (isRight && (value as number) >= lowest && (value as number) <= highest) return value as number;
    throw new BadSetting(expected);
  };
  return { read, parse: (value) => read(/^\d+(\.\d+)?$/.test(value) ? Number(value) : undefined) };
}

export function yesOrNo(): Kind<boolean> {
  const read = (value: unknown): boolean => {
    if (typeof value === 'boolean') return value;
    throw new BadSetting('must be true or false');
  };
  return { read, parse: (value) => read(value === 'true' ? true : value === 'false' ? false : undefined) };
}

/** A TOML list, or text with commas between. */
export function list<T>(of: Kind<T>, most: number): Kind<readonly T[]> {
  const bounded = (values: T[]): readonly T[] => {
    if (values.length <= most) return values;
    throw new BadSetting(`must be a list of at most ${most}`);
  };
  return {
    read(value) {
      if (!Array.isArray(value)) throw new BadSetting('must be a list');
      return bounded(value.map((each) => of.read(each)));
    },
    parse: (value) => bounded(value.trim() === '' ? [] : value.split(',').map((each) => of.parse(each.trim()))),
  };
}

export function setting<T>(kind: Kind<T>, fallback: T, about: string): Setting<T> {
  return { ...kind, fallback, about };
}

/** A setting that is off unless set. */
export function optional<T>(kind: Kind<T>, about: string): Setting<T | undefined> {
  return { ...kind, fallback: undefined, about };
}
