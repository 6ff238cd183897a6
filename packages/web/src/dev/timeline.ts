/** A window over sample rows that pages like the real one, with a delay that can be seen. */
import type { Row, Timeline, TimelineState } from '@parley/client';
import { type Cell, cell } from '../service/cell.ts';

const pageSize = 50;

export function fakeTimeline(source: Cell<readonly Row[]>, marker: number, delayMs: number): Timeline {
  let from = Math.max(0, source.get().length - pageSize * 2);
  let to = Number.POSITIVE_INFINITY;
  const state = cell<TimelineState>({
    rows: source.get().slice(from),
    before: from > 0,
    after: false,
    atEnd: true,
    loading: undefined,
    newAfter: marker > 0 && marker < source.get().length ? marker : undefined,
    error: undefined,
  });
  const render = (loading?: TimelineState['loading']) => {
    const all = source.get();
    const atEnd = to >= all.length;
    state.set({ ...state.get(), rows: all.slice(from, to), before: from > 0, after: !atEnd, atEnd, loading });
  };
  const wait = (loading: TimelineState['loading']) => {
    render(loading);
    return new Promise((resolve) => setTimeout(resolve, delayMs));
  };
  const stop = source.subscribe(() => render(state.get().loading));
  return {
    get: state.get,
    subscribe: state.subscribe,
    values: state.values,
    async loadBefore() {
      if (state.get().loading || from === 0) return;
      await wait('before');
      from = Math.max(0, from - pageSize);
      render();
    },
    async loadAfter() {
      if (state.get().loading || to >= source.get().length) return;
      await wait('after');
      to += pageSize;
      if (to >= source.get().length) to = Number.POSITIVE_INFINITY;
      render();
    },
    async jump(target) {
      const all = source.get();
      const at = indexOf(all, target, state.get().newAfter);
      if (at < 0) return undefined;
      const inside = at >= from && at < Math.min(to, all.length);
      if (!inside) {
        await wait('jump');
        from = Math.max(0, at - pageSize);
        to = at + pageSize >= all.length ? Number.POSITIVE_INFINITY : at + pageSize;
      }
      render();
      return all[at]?.key;
    },
    close: stop,
  };
}

function indexOf(rows: readonly Row[], to: Parameters<Timeline['jump']>[0], newAfter: number | undefined): number {
  if (to === 'newest') return rows.length - 1;
  if (to === 'first-unread') {
    const at = rows.findIndex((row) => (row.seq ?? 0) > (newAfter ?? Number.POSITIVE_INFINITY));
    return at < 0 ? rows.length - 1 : at;
  }
  if ('seq' in to) return rows.findIndex((row) => (row.seq ?? 0) >= to.seq);
  if ('at' in to) return rows.findIndex((row) => row.at >= to.at);
  return rows.findIndex((row) => row.type === 'message' && row.user === to.user && row.clientId === to.clientId);
}
