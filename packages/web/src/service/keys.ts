/** Every action has a key, and `?` shows them: the one registry of shortcuts. */

export interface KeyBinding {
  /** As `mod+k`, `alt+shift+ArrowUp`, `?`, `Escape`; `mod` is Ctrl, on a Mac ⌘. */
  keys: string;
  /** What it does, for the help; without it the binding is not listed. */
  about?: string | undefined;
  /** Heading in the help. */
  group?: string | undefined;
  /** Also while a text field has the focus; combinations with Ctrl, Alt or ⌘ and Escape always do. */
  inFields?: boolean | undefined;
  /** Also while a dialog is open. */
  overDialogs?: boolean | undefined;
  /** Acts where it is pressed, by other means: here for the help alone. */
  helpOnly?: boolean | undefined;
  /** Returns false to let the next binding of the same keys have it. */
  run(event: KeyboardEvent): unknown;
}

export interface Keys {
  /** The newest binding of some keys comes first. Returns what takes it away. */
  bind(binding: KeyBinding): () => void;
  /** A dialog is open until the returned function is called: only `overDialogs` act. */
  cover(): () => void;
  /** What can be done now, in the order of binding. */
  list(): KeyBinding[];
}

export function createKeys(target: EventTarget, mac: boolean): Keys {
  let bindings: KeyBinding[] = [];
  let covers = 0;
  target.addEventListener('keydown', (event) => {
    if (!isKeyDown(event) || event.defaultPrevented || event.isComposing) return;
    const plain = !event.ctrlKey && !event.altKey && !event.metaKey;
    const typing = plain && event.key !== 'Escape' && isField(event.target);
    for (const binding of bindings.toReversed()) {
      if (binding.helpOnly || !matches(binding.keys, event, mac)) continue;
      if ((typing && !binding.inFields) || (covers > 0 && !binding.overDialogs)) continue;
      if (binding.run(event) === false) continue;
      event.preventDefault();
      return;
    }
  });
  return {
    bind(binding) {
      bindings = [...bindings, binding];
      return () => {
        bindings = bindings.filter((other) => other !== binding);
      };
    },
    cover() {
      covers++;
      return () => {
        covers--;
      };
    },
    list: () => bindings.filter(({ about }) => about !== undefined),
  };
}

const isKeyDown = (event: Event): event is KeyboardEvent => 'key' in event && 'code' in event;

function matches(keys: string, event: KeyboardEvent, mac: boolean): boolean {
  const parts = keys.split('+').filter(Boolean);
  const key = keys.endsWith('+') ? '+' : (parts.pop() ?? '');
  const wants = new Set(parts);
  const mod = mac ? event.metaKey : event.ctrlKey;
  const other = mac ? event.ctrlKey : event.metaKey;
  if (mod !== wants.has('mod') || other || event.altKey !== wants.has('alt')) return false;
  // A sign such as `?` is typed with Shift on some keyboards and without on others.
  const isSign = key.length === 1 && key.toLowerCase() === key.toUpperCase();
  if (!isSign && event.shiftKey !== wants.has('shift')) return false;
  return event.key.toLowerCase() === key.toLowerCase() || (wants.size > 0 && event.code === `Key${key.toUpperCase()}`);
}

function isField(target: EventTarget | null): boolean {
  if (!target || !('tagName' in target)) return false;
  const { tagName, type, isContentEditable } = target as HTMLInputElement;
  if (tagName === 'INPUT') return !/^(checkbox|radio|button|submit|range)$/.test(type);
  return tagName === 'TEXTAREA' || tagName === 'SELECT' || isContentEditable;
}

const names: Record<string, string> = {
  arrowup: '↑',
  arrowdown: '↓',
  arrowleft: '←',
  arrowright: '→',
  escape: 'Esc',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  ' ': 'Space',
};

/** `mod+k` as people read it: `Ctrl K`. */
export function shownKeys(keys: string, mac: boolean): string {
  const special: Record<string, string> = {
    mod: mac ? '⌘' : 'Ctrl',
    alt: mac ? '⌥' : 'Alt',
    shift: mac ? '⇧' : 'Shift',
  };
  const parts = keys.endsWith('+') ? [...keys.slice(0, -1).split('+').filter(Boolean), '+'] : keys.split('+');
  return parts
    .map((part) => special[part] ?? names[part.toLowerCase()] ?? (part.length === 1 ? part.toUpperCase() : part))
    .join(' ');
}
