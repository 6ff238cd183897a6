/** How the app looks on this device. Kept in localStorage: it must be known before the first paint. */

export interface Look {
  theme: 'system' | 'dark' | 'light';
  density: 'comfortable' | 'compact';
  motion: 'system' | 'reduced';
  contrast: 'system' | 'more';
  /** Width of the room list, px. */
  listWidth: number;
  /** Sections of the list that are folded. */
  folded: readonly string[];
}

export interface Preferences {
  get(): Look;
  set(change: Partial<Look>): void;
  subscribe(listener: () => void): () => void;
}

const key = 'parley.look';
const initial: Look = {
  theme: 'system',
  density: 'comfortable',
  motion: 'system',
  contrast: 'system',
  listWidth: 260,
  folded: [],
};
export const listWidthRange = { min: 200, max: 360 } as const;

/** `storage` may refuse: the look then lasts as long as the page. */
export function createPreferences(
  root: Pick<HTMLElement, 'dataset' | 'style'>,
  storage: () => Pick<Storage, 'getItem' | 'setItem'>,
): Preferences {
  let look = read(storage);
  const listeners = new Set<() => void>();
  show(root, look);
  return {
    get: () => look,
    set(change) {
      look = clean({ ...look, ...change });
      show(root, look);
      try {
        storage().setItem(key, JSON.stringify(look));
      } catch {
        // Full or forbidden.
      }
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function read(storage: () => Pick<Storage, 'getItem'>): Look {
  try {
    return clean({ ...initial, ...JSON.parse(storage().getItem(key) ?? '{}') });
  } catch {
    return initial;
  }
}

const oneOf = <const T extends string>(value: unknown, options: readonly [T, ...T[]]): T =>
  options.find((option) => option === value) ?? options[0];

function clean(value: Partial<Record<keyof Look, unknown>>): Look {
  const width = typeof value.listWidth === 'number' ? value.listWidth : initial.listWidth;
  return {
    theme: oneOf(value.theme, ['system', 'dark', 'light']),
    density: oneOf(value.density, ['comfortable', 'compact']),
    motion: oneOf(value.motion, ['system', 'reduced']),
    contrast: oneOf(value.contrast, ['system', 'more']),
    listWidth: Math.min(listWidthRange.max, Math.max(listWidthRange.min, Math.round(width))),
    folded: Array.isArray(value.folded) ? value.folded.filter((name) => typeof name === 'string').slice(0, 50) : [],
  };
}

function show(root: Pick<HTMLElement, 'dataset' | 'style'>, look: Look): void {
  const attributes = { theme: look.theme, density: look.density, motion: look.motion, contrast: look.contrast };
  for (const [name, value] of Object.entries(attributes)) {
    if (value === 'system' || value === 'comfortable') delete root.dataset[name];
    else root.dataset[name] = value;
  }
  root.style.setProperty('--list-w', `${look.listWidth}px`);
}
