/** Says things to screen readers through the one polite region of the page. */
export interface Announcer {
  /** Replaces what was said before. Batch: one sentence for many messages. */
  say(text: string): void;
  get(): string;
  subscribe(listener: () => void): () => void;
}

export function createAnnouncer(): Announcer {
  let said = '';
  const listeners = new Set<() => void>();
  return {
    say(text) {
      // The same words twice would not be read: a no-break space at the end makes them different.
      said = text === said ? `${text}\u00a0` : text;
      for (const listener of listeners) listener();
    },
    get: () => said,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
