// The logs of all rooms in words, for the story of a run that failed.
import { readLogs } from './log.ts';
import type { Scene } from './scene.ts';

export async function describe({ home, people }: Scene): Promise<string[]> {
  const names = new Map(people.flatMap(({ name, user }) => (user === undefined ? [] : [[user, name] as const])));
  const inWords = (value: unknown): string => {
    const text = JSON.stringify(value) ?? '';
    return [...names].reduce((all, [user, name]) => all.replaceAll(user, name), text);
  };
  const lines: string[] = [];
  try {
    for (const { row, id, entries } of await readLogs(home.disk)) {
      lines.push(`#${row.alias} ${id}`);
      for (const { seq, act, header, body } of entries) {
        const who = act ? (names.get(act.user) ?? 'the clerk') : '';
        const what = [act?.kind ?? header.what.type, act?.data, act?.target, body].filter((each) => each ?? false);
        lines.push(`  ${seq} ${who} ${act?.clientId ?? ''} ${what.map(inWords).join(' ')}`);
      }
    }
  } catch (error) {
    lines.push(String(error));
  }
  return lines;
}
