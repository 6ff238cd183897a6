import { type Client, type Room, readPerson } from '@parley/client';
import type { Person } from '@parley/protocol';
import Check from 'lucide-react/icons/check';
import { useEffect, useState } from 'react';
import { hashOf } from '../route.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Tag } from '../ui/Badge.tsx';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { explain } from '../ui/explain.ts';
import { Field, FormError } from '../ui/Field.tsx';
import { handleOf, roomKey, roomTag, shownName } from '../ui/name.ts';
import { copyText } from './clipboard.ts';
import styles from './Dialogs.module.css';

const afterMs = 200;

/** Invites people by name, those of other servers as `name:server`, or gives a link away. */
export function InviteDialog(props: { client: Client; room: Room; open: boolean; onOpenChange(open: boolean): void }) {
  const { room, open, onOpenChange } = props;
  const { view } = room.summary.get();
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Invite to ${roomTag(room.summary.get())}`}
      about={aboutOf(view.joinRule)}
    >
      {open && <Invite {...props} />}
    </Dialog>
  );
}

function aboutOf(joinRule: string): string {
  if (joinRule === 'public') return 'Anybody may join this room; an invitation shows it to them.';
  return 'They can join once they are invited.';
}

function Invite({ client, room }: { client: Client; room: Room }) {
  const [prefix, setPrefix] = useState('');
  const [copied, setCopied] = useState(false);
  const { found, error } = useFound(client, prefix.trim());
  const { view } = room.summary.get();
  const link = `${location.origin}${location.pathname}${hashOf({ at: 'room', room: roomKey(room.summary.get()) })}`;
  return (
    <div className={styles.form}>
      <Field
        label="Name"
        note="Of another server as ada:chat.example.org"
        placeholder="ada"
        value={prefix}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        onChange={(event) => setPrefix(event.target.value)}
      />
      <FormError>{error}</FormError>
      {found && (
        <ul className={styles.people}>
          {found.map((person) => (
            <InviteRow key={person.id} client={client} room={room} person={person} />
          ))}
          {found.length === 0 && <li className="meta">Nobody there has a name that begins like this.</li>}
        </ul>
      )}
      {view.joinRule === 'public' && (
        <p className={styles.linkLine}>
          <code>{link}</code>
          <Button size="sm" onClick={() => void copyText(link).then(setCopied)}>
            {copied ? 'Copied' : 'Copy link'}
          </Button>
        </p>
      )}
    </div>
  );
}

function useFound(client: Client, typed: string): { found: readonly Person[] | undefined; error: string | undefined } {
  const [state, setState] = useState<{ found: readonly Person[] | undefined; error: string | undefined }>({
    found: undefined,
    error: undefined,
  });
  useEffect(() => {
    const meant = readPerson(typed);
    if (!meant) {
      setState({ found: undefined, error: undefined });
      return;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => {
      findThere(client, meant, stop.signal).then(
        ({ people }) => setState({ found: people, error: undefined }),
        (thrown) => {
          if (!stop.signal.aborted) setState({ found: undefined, error: explainFind(thrown, meant.server) });
        },
      );
    }, afterMs);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [client, typed]);
  return state;
}

type Meant = NonNullable<ReturnType<typeof readPerson>>;

async function findThere(client: Client, { name, server: typed }: Meant, signal: AbortSignal) {
  const server = typed === undefined ? undefined : client.servers.elsewhere(typed);
  return client.request('user.find', { prefix: name, ...(server === undefined ? {} : { server }) }, { signal });
}

const explainFind = (error: unknown, server: string | undefined): string =>
  explain(
    error,
    server === undefined
      ? {}
      : {
          'not-found': `Your server does not know ${server}.`,
          unavailable: `${server} cannot be asked now. Try again later.`,
        },
  );

function InviteRow({ client, room, person }: { client: Client; room: Room; person: Person }) {
  const [state, setState] = useState<'open' | 'busy' | 'done'>('open');
  const [error, setError] = useState<string>();
  const invite = async () => {
    setState('busy');
    try {
      await client.request('member.invite', { room: room.id, user: person.id, clientId: client.newClientId() });
      setState('done');
    } catch (thrown) {
      setState('open');
      setError(
        explain(thrown, {
          'already-a-member': 'They are in the room already.',
          banned: 'They are banned from this room.',
        }),
      );
    }
  };
  return (
    <li>
      <Avatar id={person.id} name={shownName(person)} size="sm" />
      <span className={styles.personName}>
        <bdi>{shownName(person)}</bdi> <span className="meta">@{handleOf(client, person)}</span>
        {error && <span className={styles.bad}>{error}</span>}
      </span>
      {state === 'done' ? (
        <Tag tone="ok">
          <Check aria-hidden="true" /> Invited
        </Tag>
      ) : (
        <Button
          size="sm"
          busy={state === 'busy'}
          onClick={() => void invite()}
          aria-label={`Invite ${shownName(person)}`}
        >
          Invite
        </Button>
      )}
    </li>
  );
}
