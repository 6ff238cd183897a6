/**
 * Short notes at the foot of the screen. An act that can be undone is carried out only when its note goes away, so
 * undo is possible even where the server knows no way back; leaving the page carries it out at once.
 */

export interface ToastRequest {
  text: string;
  tone?: 'plain' | 'bad' | undefined;
  /** Shows an Undo button. Called instead of `commit`. */
  undo?: (() => void) | undefined;
  /** The act itself, when it must wait for the end of the time to undo. */
  commit?: (() => unknown) | undefined;
  /** Another button. */
  action?: { label: string; run(): void } | undefined;
  /** Default 6 s; Infinity stays until closed. */
  lastsMs?: number | undefined;
}
export interface Toast extends ToastRequest {
  id: number;
}

export interface Toasts {
  show(toast: ToastRequest): number;
  /** Ends a note and carries its act out; `undone` takes it back instead. */
  close(id: number, undone?: boolean): void;
  get(): readonly Toast[];
  subscribe(listener: () => void): () => void;
  /** Carries out what still waits. */
  flush(): void;
}

/** More would cover the screen; the oldest gives way. */
const mostShown = 3;

export function createToasts(): Toasts {
  let toasts: readonly Toast[] = [];
  let last = 0;
  const listeners = new Set<() => void>();
  const set = (next: readonly Toast[]) => {
    toasts = next;
    for (const listener of listeners) listener();
  };
  const close = (id: number, undone = false) => {
    const toast = toasts.find((one) => one.id === id);
    if (!toast) return;
    set(toasts.filter((one) => one !== toast));
    if (undone) toast.undo?.();
    else toast.commit?.();
  };
  return {
    show(toast) {
      const id = ++last;
      const oldest = toasts[0];
      if (oldest && toasts.length >= mostShown) close(oldest.id);
      set([...toasts, { ...toast, id }]);
      return id;
    },
    close,
    get: () => toasts,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    flush() {
      for (const { id } of toasts) close(id);
    },
  };
}
