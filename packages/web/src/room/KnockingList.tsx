import type { Client, Room } from '@parley/client';
import type { Person, Reply } from '@parley/protocol';
import { useCallback, useEffect, useState } from 'react';
import { useServices } from '../service/services.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { Button } from '../ui/Button.tsx';
import { explain } from '../ui/explain.ts';
import { shownName } from '../ui/name.ts';
import { useServerOf } from '../ui/useServerOf.ts';
import { onEntries } from './onEntries.ts';
import styles from './Pane.module.css';

type Knocking = Reply<'member.knocking'>['knocking'][number];

const askAfterMs = 180;
const changes = new Set(['member']);
const special = { 'unknown-target': 'They do not ask any more.', forbidden: 'Your role does not allow this any more.' };

/** Who asks to be let in, for those who may invite. Asks again when somebody asks, comes or goes. */
export function KnockingList({ client, room }: { client: Client; room: Room }) {
  const { toasts } = useServices();
  const [knocking, setKnocking] = useState<readonly Knocking[]>([]);
  const load = useCallback(async () => {
    const reply = await client.request('member.knocking', { room: room.id }).catch(() => undefined);
    if (reply) setKnocking(reply.knocking);
  }, [client, room]);
  useEffect(() => {
    void load();
    return onEntries(client, room.id, changes, askAfterMs, () => void load());
  }, [client, room, load]);
  const answer = async (name: 'member.invite' | 'member.deny', { person }: Knocking) => {
    const letIn = name === 'member.invite';
    try {
      await client.request(name, { room: room.id, user: person.id, clientId: client.newClientId() });
      setKnocking((held) => held.filter((one) => one.person.id !== person.id));
      toasts.show({ text: `${shownName(person)} ${letIn ? 'may come in' : 'is turned down'}` });
    } catch (error) {
      toasts.show({ text: explain(error, special), tone: 'bad' });
      void load();
    }
  };
  if (knocking.length === 0) return null;
  return (
    <section aria-label="Asking to be let in">
      <h3>
        Asking to be let in <span>{knocking.length}</span>
      </h3>
      <ul>
        {knocking.map((one) => (
          <KnockingRow key={one.person.id} client={client} person={one.person} answer={(name) => answer(name, one)} />
        ))}
      </ul>
    </section>
  );
}

interface KnockingRowProps {
  client: Client;
  person: Person;
  answer(name: 'member.invite' | 'member.deny'): Promise<void>;
}

function KnockingRow({ client, person, answer }: KnockingRowProps) {
  const server = useServerOf(client, person.id, person.server);
  const name = shownName(person);
  return (
    <li className={styles.banned}>
      <Avatar id={person.id} name={name} size="sm" />
      <span className={styles.memberName}>
        <b>
          <bdi>{name}</bdi>
        </b>
        {server && <span>{server.label}</span>}
      </span>
      <Button size="sm" aria-label={`Accept ${name}`} onClick={() => void answer('member.invite')}>
        Accept
      </Button>
      <Button size="sm" look="ghost" aria-label={`Deny ${name}`} onClick={() => void answer('member.deny')}>
        Deny
      </Button>
    </li>
  );
}
