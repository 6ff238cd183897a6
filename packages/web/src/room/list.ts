/** Lists of names in plain words. */

const and = new Intl.ListFormat('en-GB', { type: 'conjunction' });

/** "Jun", "Jun and Hana", "Jun, Hana and 4 others": at most `max` names. */
export function namesInWords(names: readonly string[], max = 3): string {
  if (names.length <= max) return and.format(names);
  const others = names.length - (max - 1);
  return and.format([...names.slice(0, max - 1), `${others} others`]);
}

/** Who has put an emoji under a message: oneself last, as "you". */
export function reactorsInWords(people: readonly { user: string; name: string }[], me: string | undefined): string {
  const others = people.filter(({ user }) => user !== me).map(({ name }) => name);
  const names = others.length === people.length ? others : [...others.slice(0, 20), 'you'];
  return names.length === 1 && names[0] === 'you' ? 'You' : namesInWords(names, 20);
}

/** "Jun is typing", "Jun and Hana are typing", "Several people are typing". */
export function typingInWords(names: readonly string[]): string {
  if (names.length === 0) return '';
  if (names.length > 3) return 'Several people are typing';
  return `${and.format(names)} ${names.length === 1 ? 'is' : 'are'} typing`;
}

/** What a screen reader says of new messages: one is read, of several only how many and of whom. */
export function messagesInWords(messages: readonly { name: string; words: string }[]): string {
  const [first] = messages;
  if (messages.length === 1 && first) return `${first.name}: ${first.words}`;
  return `${messages.length} new messages from ${namesInWords([...new Set(messages.map(({ name }) => name))])}`;
}

/** "10 minutes", "1 hour", "2 days": the largest unit that divides it well. */
export function durationInWords(ms: number): string {
  const units = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
    ['second', 1_000],
  ] as const;
  const [unit, size] = units.find(([, size]) => ms >= size && (ms % size === 0 || ms >= size * 2)) ?? units.at(-1)!;
  const count = Math.max(1, Math.round(ms / size));
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
