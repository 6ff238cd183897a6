/** Reads the params of a method; a wrong one is named. */
import { BadParams } from './json-rpc.ts';

export type Params = Readonly<Record<string, unknown>>;

export function text(params: Params, name: string): string {
  const value = params[name];
  if (typeof value !== 'string' || value === '') throw new BadParams(`${name} is a text`);
  return value;
}

export function optionalText(params: Params, name: string): string | undefined {
  return params[name] === undefined ? undefined : text(params, name);
}

export function optionalFlag(params: Params, name: string): boolean {
  const value = params[name] ?? false;
  if (typeof value !== 'boolean') throw new BadParams(`${name} is true or false`);
  return value;
}

export function optionalWhole(params: Params, name: string): number | undefined {
  const value = params[name];
  if (value === undefined) return undefined;
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new BadParams(`${name} is a whole number`);
  return value as number;
}

/** At most one of the named positions. */
export function oneOf(params: Params, names: readonly string[]): Record<string, number> {
  const given = names.filter((name) => params[name] !== undefined);
  if (given.length > 1) throw new BadParams(`only one of ${names.join(' and ')}`);
  return Object.fromEntries(given.map((name) => [name, optionalWhole(params, name)!]));
}
