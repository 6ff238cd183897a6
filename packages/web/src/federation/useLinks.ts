/** The links of this server: listed once, and told of from then on as long as somebody looks. */
import type { Client } from '@parley/client';
import type { Payload } from '@parley/protocol';
import { useCallback, useEffect, useState } from 'react';
import { explain } from '../ui/explain.ts';
import { useReadable } from '../ui/useReadable.ts';
import { changed, type Listing } from './links.ts';

export interface Links {
  /** Undefined until the first answer. */
  listing: Listing | undefined;
  error: string | undefined;
  /** Whether what is shown is of now. */
  isLive: boolean;
  /** Asks again after a failure. */
  again(): void;
}

export function useLinks(client: Client): Links {
  const online = useReadable(client.status, ({ state }) => state === 'online');
  const [listing, setListing] = useState<Listing>();
  const [error, setError] = useState<string>();
  const [isLive, setLive] = useState(false);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    void tries;
    if (!online) return;
    const stop = new AbortController();
    // What is told before the list is on the screen is newer than the list.
    let early: Payload<'peer.changed'>[] | undefined = [];
    const follow = async () => {
      for await (const { event, payload } of client.events(stop.signal)) {
        if (event !== 'peer.changed') continue;
        if (early) early.push(payload);
        else setListing((held) => held && changed(held, payload));
      }
    };
    const ask = async () => {
      const listed = await client.request('peer.watch', {}, { signal: stop.signal });
      setListing((early ?? []).reduce(changed, listed));
      early = undefined;
      setError(undefined);
      setLive(true);
    };
    const failed = (thrown: unknown) => {
      if (stop.signal.aborted) return;
      setLive(false);
      setError(explain(thrown));
    };
    follow().catch(failed);
    ask().catch(failed);
    return () => {
      stop.abort();
      setLive(false);
      client.request('peer.unwatch', {}).catch(() => undefined);
    };
  }, [client, online, tries]);
  const again = useCallback(() => setTries((count) => count + 1), []);
  return { listing, error, isLive, again };
}

/** The present time, once a second: how long something lasts is read while it does. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
