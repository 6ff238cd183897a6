/** What an operator does about a link. What cannot be taken back waits until its note has gone. */
import type { Client } from '@parley/client';
import type { PeerRoomView, PeerView } from '@parley/protocol';
import { useMemo, useState } from 'react';
import { copyText } from '../room/clipboard.ts';
import { useServices } from '../service/services.tsx';
import { explain } from '../ui/explain.ts';
import { calledOf } from './links.ts';

export interface LinkActs {
  /** Servers and rooms with which something happens as soon as its note has gone. */
  pending: ReadonlySet<string>;
  retry(of: { server?: string; room?: string }, called: string): void;
  block(peer: PeerView): void;
  unblock(peer: PeerView): void;
  /** Dials an address no more. */
  forget(url: string): void;
  drop(room: PeerRoomView, called: string): void;
  copy(text: string, what: string): void;
}

/** @param done called when the rooms may stand otherwise */
export function useLinkActs(client: Client, done: () => void): LinkActs {
  const { toasts } = useServices();
  const [pending, setPending] = useState<ReadonlySet<string>>(new Set());
  const acts = useMemo((): Omit<LinkActs, 'pending'> => {
    const failed = (error: unknown) => void toasts.show({ text: explain(error), tone: 'bad' });
    const hold = (key: string) => setPending((held) => new Set(held).add(key));
    const release = (key: string) => setPending((held) => new Set([...held].filter((other) => other !== key)));
    const later = (key: string, text: string, act: () => Promise<unknown>) => {
      hold(key);
      const commit = () =>
        act()
          .then(done, failed)
          .finally(() => release(key));
      toasts.show({ text, undo: () => release(key), commit });
    };
    return {
      retry(of, called) {
        client.request('peer.retry', of).then(({ dialled, rooms }) => {
          toasts.show({ text: triedWords(called, dialled, rooms) });
          done();
        }, failed);
      },
      block(peer) {
        const { id } = peer;
        if (id === undefined) return;
        later(id, `${calledOf(peer).label} is blocked`, () => client.request('peer.block', { server: id }));
      },
      unblock(peer) {
        const { id } = peer;
        if (id === undefined) return;
        client
          .request('peer.unblock', { server: id })
          .then(() => toasts.show({ text: `${calledOf(peer).label} may link again` }), failed);
      },
      forget(url) {
        later(url, `${url} is dialled no more`, () => client.request('peer.disconnect', { url }));
      },
      drop({ room, waiting }, called) {
        const acts = waiting?.acts ?? 0;
        later(room, `${acts} ${acts === 1 ? 'message' : 'messages'} for ${called} given up`, () =>
          client.request('peer.drop', { room }),
        );
      },
      copy(text, what) {
        void copyText(text).then((ok) => {
          toasts.show(ok ? { text: `${what} is copied` } : { text: 'It could not be copied', tone: 'bad' });
        });
      },
    };
  }, [client, toasts, done]);
  return { pending, ...acts };
}

function triedWords(called: string, dialled: number, rooms: number): string {
  if (dialled === 0 && rooms === 0) return `There is nothing to try again for ${called}`;
  const what = [
    ...(dialled > 0 ? ['dialling it'] : []),
    ...(rooms > 0 ? [`handing in what waits in ${rooms} ${rooms === 1 ? 'room' : 'rooms'}`] : []),
  ];
  return `${called}: ${what.join(' and ')} now`;
}
