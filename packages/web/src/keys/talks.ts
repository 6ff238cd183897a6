/** What was said with other keys, as values: the talk that was heard last first, each with its newest lines. */
import type { KeyLine, KeyTalk } from './key-mail.ts';

/** In memory alone; of too many the one that is read and silent for longest goes. */
const mostTalks = 100;
const mostLines = 500;

export function addLine(
  talks: readonly KeyTalk[],
  address: string,
  line: KeyLine,
  isUnread: boolean,
): readonly KeyTalk[] {
  const before = talks.find((talk) => talk.address === address);
  const { name, lines = [], unread = 0 } = before ?? {};
  const talk: KeyTalk = {
    address,
    name,
    lines: [...lines.slice(1 - mostLines), line],
    unread: unread + (isUnread ? 1 : 0),
  };
  const others = talks.filter((each) => each !== before);
  if (others.length < mostTalks) return [talk, ...others];
  const gone = others.findLast((each) => each.unread === 0) ?? others.at(-1);
  return [talk, ...others.filter((each) => each !== gone)];
}

const change = (talks: readonly KeyTalk[], address: string, next: (talk: KeyTalk) => KeyTalk): readonly KeyTalk[] =>
  talks.map((talk) => (talk.address === address ? next(talk) : talk));

/** Changes a line, or takes it away. */
export const changeLine = (
  talks: readonly KeyTalk[],
  address: string,
  key: string,
  to: Partial<KeyLine> | undefined,
): readonly KeyTalk[] =>
  change(talks, address, (talk) => {
    const lines = talk.lines.flatMap((line) => (line.key !== key ? [line] : to ? [{ ...line, ...to }] : []));
    return { ...talk, lines };
  });

export const readTalk = (talks: readonly KeyTalk[], address: string): readonly KeyTalk[] =>
  talks.some((talk) => talk.address === address && talk.unread > 0)
    ? change(talks, address, (talk) => ({ ...talk, unread: 0 }))
    : talks;

export const named = (talks: readonly KeyTalk[], address: string, name: string | undefined): readonly KeyTalk[] =>
  name === undefined ? talks : change(talks, address, (talk) => (talk.name === name ? talk : { ...talk, name }));
