import type { Client, MessageRow, Room } from '@parley/client';
import type { Content, RawEntry } from '@parley/protocol';
import { useEffect, useState } from 'react';
import { Dialog } from '../ui/Dialog.tsx';
import { explain } from '../ui/explain.ts';
import { fullTime } from '../ui/time.ts';
import styles from './Dialogs.module.css';

/** All versions of a message, newest first, as they were typed. */
export function EditsDialog(props: { client: Client; room: Room; row: MessageRow | undefined; onClose(): void }) {
  const { client, room, row, onClose } = props;
  return (
    <Dialog open={row !== undefined} onOpenChange={(open) => !open && onClose()} title="History of edits">
      {row && <Versions client={client} room={room} row={row} />}
    </Dialog>
  );
}

function Versions({ client, room, row }: { client: Client; room: Room; row: MessageRow }) {
  const [entries, setEntries] = useState<readonly RawEntry[]>();
  const [error, setError] = useState<string>();
  const { seq } = row;
  useEffect(() => {
    if (seq === undefined) return;
    const stop = new AbortController();
    client.request('history.edits', { room: room.id, seq }, { signal: stop.signal }).then(
      (reply) => setEntries(reply.entries),
      (thrown) => {
        if (!stop.signal.aborted) setError(explain(thrown));
      },
    );
    return () => stop.abort();
  }, [client, room, seq]);
  if (error) return <p role="alert">{error}</p>;
  if (!entries) return <p className="meta">Loading…</p>;
  if (entries.length === 0) return <p className="meta">Earlier words are no longer kept.</p>;
  return (
    <ol className={styles.versions}>
      {entries.toReversed().map((entry, at) => (
        <li key={entry.seq}>
          <p className="meta">
            {at === 0 ? 'Now, since ' : ''}
            <time dateTime={new Date(entry.at).toISOString()}>{fullTime(entry.at)}</time>
            {at === entries.length - 1 ? ', first written' : ''}
          </p>
          <p className={styles.version} dir="auto">
            {textOf(entry) ?? 'These words were taken away.'}
          </p>
        </li>
      ))}
    </ol>
  );
}

function textOf(entry: RawEntry): string | undefined {
  return (entry.body as Content | null | undefined)?.text;
}
