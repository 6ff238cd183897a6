import data from 'emoji-picker-element-data/en/cldr-native/data.json?url';
import Search from 'lucide-react/icons/search';
import { type KeyboardEvent, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { touch } from '../ui/useMedia.ts';
import styles from './EmojiGrid.module.css';
import { firstReactions } from './emoji.ts';
import { fold } from './fold.ts';

interface Emoji {
  emoji: string;
  annotation: string;
  tags?: string[];
  group: number;
}

const groups = ['Smileys', 'People', '', 'Nature', 'Food', 'Places', 'Activities', 'Objects', 'Symbols', 'Flags'];
const signs = ['😀', '👋', '', '🐻', '🍕', '⛵', '⚽', '💡', '💬', '🏁'];
const mostFound = 120;
const recentKey = 'parley.emoji';
const mostRecent = 18;

let loading: Promise<readonly Emoji[]> | undefined;
/** The data lie beside the app; nobody else is asked. */
function load(): Promise<readonly Emoji[]> {
  loading ??= fetch(data)
    .then((reply) => reply.json() as Promise<readonly Emoji[]>)
    .then((all) => all.map((one) => ({ ...one, emoji: plain(one.emoji) })))
    .catch(() => {
      loading = undefined;
      return [];
    });
  return loading;
}

/** The form that keyboards write: no selector after a sign that is an emoji without it. One emoji, one reaction. */
const plain = (emoji: string): string => emoji.replace(/(\p{Emoji_Presentation})\ufe0f/gu, '$1');

/** Lately used ones, then the usual ones. */
export function recentEmoji(): string[] {
  let recent: unknown = [];
  try {
    recent = JSON.parse(localStorage.getItem(recentKey) ?? '[]');
  } catch {}
  const known = Array.isArray(recent) ? recent.filter((one) => typeof one === 'string') : [];
  return [...new Set([...known, ...firstReactions])].slice(0, mostRecent);
}

export function rememberEmoji(emoji: string): void {
  try {
    localStorage.setItem(
      recentKey,
      JSON.stringify([emoji, ...recentEmoji().filter((one) => one !== emoji)].slice(0, mostRecent)),
    );
  } catch {
    // Storage is full or forbidden: the usual ones are offered.
  }
}

export function EmojiGrid({ onPick }: { onPick(emoji: string): void }) {
  const [all, setAll] = useState<readonly Emoji[]>([]);
  const [group, setGroup] = useState(-1);
  const [query, setQuery] = useState('');
  const wanted = useDeferredValue(query);
  const grid = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  useEffect(() => {
    void load().then(setAll);
    // By touch the keyboard would cover what one came for.
    if (!matchMedia(touch).matches) search.current?.focus();
  }, []);
  const shown = useMemo(() => select(all, group, wanted), [all, group, wanted]);
  const pick = (emoji: string) => {
    rememberEmoji(emoji);
    onPick(emoji);
  };
  const first = shown[0];
  return (
    <div className={styles.picker}>
      <label className={styles.find}>
        <Search aria-hidden="true" />
        <span className="sr">Find an emoji</span>
        <input
          ref={search}
          type="search"
          placeholder="Find an emoji"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && first) pick(first.emoji);
            if (event.key === 'ArrowDown') grid.current?.querySelector('button')?.focus();
          }}
        />
      </label>
      <div className={styles.groups} role="toolbar" aria-label="Groups of emoji">
        {[['Lately used', '🕘', -1] as const, ...groups.map((name, at) => [name, signs[at] ?? '', at] as const)].map(
          ([name, sign, at]) =>
            name && (
              <button
                key={name}
                type="button"
                aria-label={name}
                data-tip={name}
                aria-pressed={group === at && wanted === ''}
                onClick={() => setGroup(at)}
              >
                {sign}
              </button>
            ),
        )}
      </div>
      {shown.length === 0 ? (
        <p className={styles.none}>{all.length === 0 ? 'Loading…' : 'No emoji of this name.'}</p>
      ) : (
        <div ref={grid} className={styles.grid} role="toolbar" aria-label="Emoji" onKeyDown={moveInGrid}>
          {shown.map(({ emoji, annotation }, at) => (
            <button
              key={emoji}
              type="button"
              tabIndex={at === 0 ? 0 : -1}
              aria-label={annotation}
              data-tip={annotation}
              onClick={() => pick(emoji)}
            >
              {emoji}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

function select(all: readonly Emoji[], group: number, query: string): readonly Emoji[] {
  if (query.trim() !== '') {
    const words = fold(query.trim()).split(/\s+/);
    const fits = (one: Emoji) =>
      words.every((word) => fold(one.annotation).includes(word) || one.tags?.some((tag) => tag.startsWith(word)));
    return all.filter(fits).slice(0, mostFound);
  }
  if (group >= 0) return all.filter((one) => one.group === group);
  const recent = recentEmoji();
  const known = recent.map(
    (emoji) => all.find((one) => one.emoji === emoji) ?? { emoji, annotation: emoji, group: -1 },
  );
  return [...known, ...all.filter((one) => one.group === 0 && !recent.includes(one.emoji))];
}

/** Arrows go by column and row; the row's length is what fits. */
function moveInGrid(event: KeyboardEvent<HTMLElement>): void {
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  const top = buttons[0]?.offsetTop;
  const columns = Math.max(
    1,
    buttons.findIndex((button) => button.offsetTop !== top),
  );
  const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };
  const step = steps[event.key];
  if (step === undefined || at < 0) return;
  event.preventDefault();
  event.stopPropagation();
  const next = buttons[at + step];
  if (next) next.focus();
  else if (step < 0) event.currentTarget.parentElement?.querySelector('input')?.focus();
}
