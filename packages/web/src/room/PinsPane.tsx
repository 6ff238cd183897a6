import type { Client, Room, Row } from '@parley/client';
import { type Content, type RawEntry, readEntry } from '@parley/protocol';
import { useEffect, useMemo, useState } from 'react';
import { explain } from '../ui/explain.ts';
import { nameColor, shownName } from '../ui/name.ts';
import { shortTime } from '../ui/time.ts';
import { useRoomContext } from './context.ts';
import { toPlain } from './markdown.ts';
import styles from './Pane.module.css';
import { Pane } from './Pane.tsx';

export interface PinsPaneProps {
  client: Client;
  room: Room;
  /** What is loaded: a pin that comes or goes among it asks again. */
  rows: readonly Row[];
  onClose(): void;
}

/** What was pinned here, newest first; leads to it. */
export function PinsPane({ client, room, rows, onClose }: PinsPaneProps) {
  const changed = useMemo(() => rows.filter((row) => row.type === 'message' && row.pinned).length, [rows]);
  const { jump } = useRoomContext();
  const [entries, setEntries] = useState<readonly RawEntry[]>();
  const [error, setError] = useState<string>();
  useEffect(() => {
    if (changed < 0) return;
    const stop = new AbortController();
    client.request('history.pins', { room: room.id }, { signal: stop.signal }).then(
      (reply) => setEntries(reply.entries),
      (thrown) => {
        if (!stop.signal.aborted) setError(explain(thrown));
      },
    );
    return () => stop.abort();
  }, [client, room, changed]);
  const now = Date.now();
  return (
    <Pane title="Pinned" count={entries?.length} onClose={onClose}>
      {error && (
        <p className={styles.note} role="alert">
          {error}
        </p>
      )}
      {!entries && !error && <p className={styles.note}>Loading…</p>}
      {entries?.length === 0 && (
        <p className={styles.note}>
          Nothing is pinned here. What everybody should find again goes here: choose Pin in the menu of a message.
        </p>
      )}
      <ul>
        {entries?.map((entry) => (
          <li key={`${entry.user} ${entry.clientId}`}>
            <button type="button" className={styles.pin} onClick={() => jump({ seq: entry.seq })}>
              <p>
                <bdi className={nameColor(entry.user)}>{shownName(entry)}</bdi>
                <span>{shortTime(entry.at, now)}</span>
              </p>
              <p dir="auto">{wordsOf(entry)}</p>
            </button>
          </li>
        ))}
      </ul>
    </Pane>
  );
}

function wordsOf(raw: RawEntry): string {
  const entry = readEntry(raw);
  const body = (raw.edited?.body ?? entry?.body) as Content | null | undefined;
  return body ? toPlain(body.text, 400) : 'This message was deleted.';
}
