import type { Client, Room } from '@parley/client';
import type { MemberView } from '@parley/protocol';
import { useCallback, useEffect, useRef, useState } from 'react';
import { explain } from '../ui/explain.ts';
import { onEntries } from './onEntries.ts';

export interface MembersState {
  members: readonly MemberView[];
  total: number;
  more: boolean;
  loading: boolean;
  error: string | undefined;
}

const pageSize = 100;
/** After a keystroke, after an act of others. */
const askAfterMs = 180;
const changes = new Set(['member', 'mute', 'unmute', 'role']);

/** Members whose name begins with `query`, page by page; asked again when somebody comes, goes or changes. */
export function useMembers(
  client: Client,
  room: Room,
  query: string,
): MembersState & { loadMore(): void; refresh(): void } {
  const [state, setState] = useState<MembersState>({
    members: [],
    total: 0,
    more: false,
    loading: true,
    error: undefined,
  });
  const asked = useRef(0);
  const held = useRef(state);
  held.current = state;
  const ask = useCallback(
    async (after?: MemberView) => {
      const round = ++asked.current;
      setState((before) => ({ ...before, loading: true, error: undefined }));
      const limit = after ? pageSize : Math.max(pageSize, Math.min(500, held.current.members.length));
      try {
        const reply = await room.members({
          limit,
          ...(query === '' ? {} : { query }),
          ...(after ? { after: after.person.id } : {}),
        });
        if (round !== asked.current) return;
        const members = after ? [...held.current.members, ...reply.members] : reply.members;
        setState({ members, total: reply.total, more: reply.more, loading: false, error: undefined });
      } catch (thrown) {
        if (round === asked.current) setState((before) => ({ ...before, loading: false, error: explain(thrown) }));
      }
    },
    [room, query],
  );
  useEffect(() => {
    const timer = setTimeout(() => void ask(), query === '' ? 0 : askAfterMs);
    return () => clearTimeout(timer);
  }, [ask, query]);
  useEffect(() => onEntries(client, room.id, changes, askAfterMs, () => void ask()), [client, room, ask]);
  return {
    ...state,
    loadMore: () => {
      const last = state.members.at(-1);
      if (last && state.more && !state.loading) void ask(last);
    },
    refresh: () => void ask(),
  };
}
