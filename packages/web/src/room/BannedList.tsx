import type { Client, Room } from '@parley/client';
import type { Reply } from '@parley/protocol';
import { useCallback, useEffect, useState } from 'react';
import { useServices } from '../service/services.tsx';
import { Button } from '../ui/Button.tsx';
import { explain } from '../ui/explain.ts';
import { shownName } from '../ui/name.ts';
import { shortTime } from '../ui/time.ts';
import styles from './Pane.module.css';

type Banned = Reply<'member.banned'>['banned'][number];

/** Who is kept out, why and until when; for those who may lift it. Asks again when `changed` does. */
export function BannedList({ client, room, changed }: { client: Client; room: Room; changed: number }) {
  const { toasts } = useServices();
  const [banned, setBanned] = useState<readonly Banned[]>([]);
  const load = useCallback(async () => {
    const reply = await client.request('member.banned', { room: room.id }).catch(() => undefined);
    if (reply) setBanned(reply.banned);
  }, [client, room]);
  useEffect(() => {
    if (changed >= 0) void load();
  }, [load, changed]);
  const lift = async ({ person }: Banned) => {
    try {
      await client.request('member.unban', { room: room.id, user: person.id, clientId: client.newClientId() });
      setBanned((held) => held.filter((one) => one.person.id !== person.id));
      toasts.show({ text: `The ban of ${shownName(person)} is lifted` });
    } catch (error) {
      toasts.show({ text: explain(error), tone: 'bad' });
    }
  };
  if (banned.length === 0) return null;
  const now = Date.now();
  return (
    <section aria-label="Banned">
      <h3>
        Banned <span>{banned.length}</span>
      </h3>
      <ul>
        {banned.map((one) => (
          <li key={one.person.id} className={styles.banned}>
            <span className={styles.memberName}>
              <b>
                <bdi>{shownName(one.person)}</bdi>
              </b>
              <span>
                {[one.until === null ? '' : `until ${shortTime(one.until, now)}`, one.reason]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </span>
            <Button
              size="sm"
              look="ghost"
              aria-label={`Lift the ban of ${shownName(one.person)}`}
              onClick={() => void lift(one)}
            >
              Lift
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
