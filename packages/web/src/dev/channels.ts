/** Sample channels: one with talk, one in which nobody is. */
import type { Channel, ChannelLine, ChannelSaid } from '@parley/client';
import { type ChannelReach, normalizeChannel, Refusal, serverOf } from '@parley/protocol';
import { type Cell, cell } from '../service/cell.ts';
import { people, type SamplePerson } from './data.ts';
import { kanto, nameless, ownServer } from './servers.ts';
import type { Part, State } from './state.ts';

const minuteMs = 60_000;

function sampleLines(now: number): ChannelLine[] {
  let last = 0;
  const said = (who: SamplePerson, minutes: number, text: string, more: Partial<ChannelSaid> = {}): ChannelSaid => {
    const server = serverOf(who.id) === ownServer ? undefined : serverOf(who.id).slice(0, 8);
    const { id: user, name, display = name } = who;
    const at = now - minutes * minuteMs;
    const fixed = { type: 'said', key: `${++last}`, user, name: display, server, at, text, action: false } as const;
    return { ...fixed, mine: who === people[0], state: 'sent', code: undefined, ...more };
  };
  const [ilvi, mira, jun, , hana, , , , samir] = people as [SamplePerson, ...SamplePerson[]];
  const from = { user: hana!.id, name: hana!.display ?? hana!.name, server: kanto.id.slice(0, 8) };
  return [
    said(mira!, 14, 'The ferry of four is late. Anybody at the quay?'),
    said(hana!, 13, 'Here, with the others from Kanto. **No sign of it.**'),
    said(hana!, 13, 'They say the fog is thick past the breakwater.'),
    { type: 'gap', key: 'g1', at: now - 11 * minuteMs, missed: 2, from },
    said(hana!, 11, '… so it turned round.'),
    said(samir!, 9, 'هل ستعود الليلة؟'),
    said(jun!, 8, 'looks for his lamp', { action: true }),
    { type: 'gap', key: 'g2', at: now - 6 * minuteMs, missed: undefined, from: undefined },
    said(ilvi, 5, 'I walk over and look.'),
    said(ilvi, 4, 'It is there!', { state: 'failed', code: 'too-fast' }),
  ];
}

export function fakeChannels(state: State): Part<'channels' | 'channel' | 'joinChannel'> {
  const joined = new Map<string, Channel>();
  const channels: Cell<readonly Channel[]> = cell<readonly Channel[]>([]);
  const changed = () => channels.set([...joined.values()]);
  return {
    channels,
    channel: (typed) => joined.get(normalizeChannel(typed)),
    async joinChannel(typed) {
      const name = normalizeChannel(typed);
      await state.pause();
      if (!state.online()) throw new Refusal('unavailable');
      const held = joined.get(name) ?? fakeChannel(state, name, () => void (joined.delete(name) && changed()));
      joined.set(name, held);
      changed();
      return held;
    },
  };
}

function fakeChannel(state: State, name: string, left: () => void): Channel {
  const isBusy = name === 'quay';
  const lines = cell<readonly ChannelLine[]>(isBusy ? sampleLines(state.now()) : []);
  const servers = [kanto, nameless].map(({ id }, i) => ({ id, hops: i + 1 }));
  const reach = cell<ChannelReach>(isBusy ? { here: 3, servers } : { here: 1, servers: [] });
  let drawn = 0;
  return {
    name,
    lines,
    reach,
    async send(text, { action = false } = {}) {
      const { user, name: own, display = own } = state.me.get()!;
      const key = `own-${++drawn}`;
      const line = {
        type: 'said',
        key,
        user,
        name: display,
        server: undefined,
        at: state.now(),
        text,
        action,
      } as const;
      lines.set([...lines.get(), { ...line, mine: true, state: 'sending', code: undefined }]);
      const become = (change: Partial<ChannelSaid>) =>
        lines.set(
          lines.get().map((each) => (each.key === key && each.type === 'said' ? { ...each, ...change } : each)),
        );
      await state.pause();
      if (state.online()) become({ state: 'sent' });
      else {
        become({ state: 'failed', code: 'unavailable' });
        throw new Refusal('unavailable');
      }
    },
    discard: (key) => lines.set(lines.get().filter((line) => line.key !== key)),
    async people() {
      await state.pause();
      const [ilvi, mira, , , hana] = people as [SamplePerson, ...SamplePerson[]];
      return [ilvi, mira!]
        .map(({ id, name: own, display = own }) => ({ user: id, name: display, here: true }))
        .concat(isBusy ? [{ user: hana!.id, name: hana!.display ?? hana!.name, here: false }] : []);
    },
    async *heard() {},
    async leave() {
      left();
    },
  };
}
