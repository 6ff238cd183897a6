/** Conditions on entries, as `text~=DONE` or `user=@ada:example.org`. */
import { usage } from '../exit.ts';

export type Condition = (object: Readonly<Record<string, unknown>>) => boolean;

const maxLength = 1_000;

/** `FIELD=VALUE`, `FIELD!=VALUE`, `FIELD~=REGEX` or `FIELD!~REGEX` on the objects of --json. Throws a usage failure. */
export function condition(typed: string): Condition {
  const form = /^([A-Za-z]\w*(?:\.\w+)*)(=|!=|~=|!~)(.*)$/s.exec(typed);
  if (!form || typed.length > maxLength)
    throw usage(`“${typed}” is no condition: write FIELD=VALUE or FIELD~=PATTERN, as text~=DONE`);
  const [, path = '', operator, value = ''] = form;
  const passes = operator === '~=' || operator === '!~' ? matcher(value) : (text: string) => text === value;
  const isNegated = operator === '!=' || operator === '!~';
  return (object) => {
    const found = at(object, path);
    return (found !== undefined && passes(found)) !== isNegated;
  };
}

function matcher(pattern: string): (text: string) => boolean {
  try {
    const expression = new RegExp(pattern, 'u');
    return (text) => expression.test(text);
  } catch (error) {
    throw usage(`“${pattern}” is no pattern: ${(error as Error).message}`);
  }
}

function at(object: Readonly<Record<string, unknown>>, path: string): string | undefined {
  let value: unknown = object;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value === null || value === undefined ? undefined : String(value);
}
