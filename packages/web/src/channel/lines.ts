/** Lines of a channel to items of its list: words of one sender stand together, a gap begins anew. */
import type { ChannelGap, ChannelLine, ChannelSaid } from '@parley/client';
import { groupMs } from '../room/group.ts';

export type LineItem =
  /** `head`: begins a group, with name and avatar. */
  { type: 'said'; key: string; line: ChannelSaid; head: boolean } | { type: 'gap'; key: string; line: ChannelGap };

export function itemsOf(lines: readonly ChannelLine[]): LineItem[] {
  let before: ChannelLine | undefined;
  return lines.map((line) => {
    const head = !(before?.type === 'said' && line.type === 'said' && follows(line, before));
    before = line;
    return line.type === 'gap' ? { type: 'gap', key: line.key, line } : { type: 'said', key: line.key, line, head };
  });
}

const follows = (line: ChannelSaid, before: ChannelSaid): boolean =>
  line.user === before.user && line.name === before.name && !line.action && Math.abs(line.at - before.at) <= groupMs;

/** What is missing, in words. */
export function gapWords(
  { from, missed }: ChannelGap,
  labelOf: (user: string, told: string | undefined) => string | undefined,
): string {
  if (!from || missed === undefined) return 'The connection was lost. What was said meanwhile is gone.';
  const server = labelOf(from.user, from.server);
  const name = server === undefined ? from.name : `${from.name}:${server}`;
  return `${missed} ${missed === 1 ? 'message' : 'messages'} of ${name} did not arrive, and will not.`;
}

/** Who hears what is said now. `labels`: of the other servers on which somebody listens. */
export function reachWords(here: number, labels: readonly string[]): string {
  const own = here <= 1 ? 'Only you listen on this server' : `${here} listen on this server`;
  if (labels.length === 0) return here <= 1 ? 'Nobody else listens now' : `${own}, nobody on others`;
  const [first, second] = labels;
  const others =
    labels.length <= 2 ? [first, second].filter(Boolean).join(' and ') : `${first} and ${labels.length - 1} more`;
  return `${own}, others on ${others}`;
}
