// The logs of all rooms in words, for the story of a run that failed.
import { readLogs } from './log.ts';
import type { Scene } from './scene.ts';

export async function describe({ homes, people }: Scene): Promise<string[]> {
  const names = new Map(people.flatMap(({ name, user }) => (user === undefined ? [] : [[user, name] as const])));
  const inWords = (value: unknown): string => {
    const text = JSON.stringify(value) ?? '';
    return [...names].reduce((all, [user, name]) => all.replaceAll(user, name), text);
  };
  const lines: string[] = [];
  for (const { name, disk } of homes)
    try {
      lines.push(`The log of ${name}:`);
      for (const { row, id, entries } of await readLogs(disk)) {
        lines.push(`#${row.alias} ${id}`);
        for (const { seq, act, header, body } of entries) {
          const said = act ?? (header.what.type === 'tombstone' ? header.what : undefined);
          const who = said ? (names.get(said.user) ?? 'the clerk') : '';
          const code = header.what.type === 'tombstone' ? header.what.code : undefined;
          const what = [act?.kind ?? header.what.type, code, act?.data, act?.target, body].filter(
            (each) => each ?? false,
          );
          lines.push(`  ${seq} ${who} ${said?.clientId ?? ''} ${what.map(inWords).join(' ')}`);
        }
      }
    } catch (error) {
      lines.push(String(error));
    }
  return lines;
}
