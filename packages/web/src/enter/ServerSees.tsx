/** What is true of a server that reads its rooms, said before anybody signs in; the bad facts too. */
import type { ServerInfo } from '@parley/client';
import Check from 'lucide-react/icons/check';
import CircleDashed from 'lucide-react/icons/circle-dashed';
import DoorOpen from 'lucide-react/icons/door-open';
import Eye from 'lucide-react/icons/eye';
import EyeOff from 'lucide-react/icons/eye-off';
import KeyRound from 'lucide-react/icons/key-round';
import Tag from 'lucide-react/icons/tag';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import type { ComponentType, ReactNode } from 'react';
import type { Capabilities } from '../platform/capabilities.ts';
import styles from './Enter.module.css';

interface Fact {
  what: string;
  more: string;
  tone: 'good' | 'careful' | 'plain';
  icon: ComponentType;
  answer: string;
}

function Facts({ title, facts, children }: { title: string; facts: readonly Fact[]; children: ReactNode }) {
  return (
    <aside className={styles.see} aria-labelledby="facts">
      <h2 id="facts">{title}</h2>
      <table>
        <thead className="sr">
          <tr>
            <th scope="col">What</th>
            <th scope="col">How it stands</th>
          </tr>
        </thead>
        <tbody>
          {facts.map(({ what, more, tone, icon: Icon, answer }) => (
            <tr key={what}>
              <th scope="row">
                {what}
                <span>{more}</span>
              </th>
              <td className={styles[tone]}>
                <Icon />
                {answer}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="meta">{children}</p>
    </aside>
  );
}

const address = (tls: Capabilities): Fact =>
  tls.tls
    ? {
        what: 'The way there',
        more: 'between this browser and the server',
        tone: 'good',
        icon: Check,
        answer: 'Protected by TLS',
      }
    : tls.local
      ? {
          what: 'The way there',
          more: 'the server runs on this machine',
          tone: 'good',
          icon: Check,
          answer: 'Stays here',
        }
      : {
          what: 'The way there',
          more: 'plain HTTP: anybody in between can read along',
          tone: 'careful',
          icon: TriangleAlert,
          answer: 'Not protected',
        };

/** Beside signing in and making an account. */
export function ServerSees({ name, here }: { name: string; here: Capabilities }) {
  const facts: Fact[] = [
    { what: 'What you write', more: 'in every room of this server', tone: 'careful', icon: Eye, answer: 'Can read' },
    { what: 'Who you talk to', more: 'and when, and how much', tone: 'careful', icon: Eye, answer: 'Can see' },
    {
      what: 'Your network address',
      more: 'while you are connected, and in the list of sessions',
      tone: 'careful',
      icon: Eye,
      answer: 'Can see',
    },
    {
      what: 'Your password',
      more: 'sent to sign in; only a hash is kept',
      tone: 'plain',
      icon: KeyRound,
      answer: 'Not kept',
    },
    address(here),
    {
      what: 'Mail address, phone number',
      more: 'and your contacts',
      tone: 'good',
      icon: EyeOff,
      answer: 'Never asked',
    },
    {
      what: 'Other sites',
      more: 'this page talks to none',
      tone: 'good',
      icon: EyeOff,
      answer: 'Told nothing',
    },
  ];
  return (
    <Facts title={`What ${name} can see`} facts={facts}>
      Rooms are not end-to-end encrypted. Whoever runs {name} can read them; write what you would say in front of them.
    </Facts>
  );
}

/** Beside looking in as a guest. */
export function GuestLeaves({ name }: { name: string }) {
  const facts: Fact[] = [
    { what: 'What you write', more: 'stays in the room after you go', tone: 'careful', icon: Eye, answer: 'Can read' },
    { what: 'Your network address', more: 'while you are connected', tone: 'careful', icon: Eye, answer: 'Can see' },
    {
      what: 'Your way back',
      more: 'lives in this browser only',
      tone: 'plain',
      icon: DoorOpen,
      answer: 'Gone when you sign out',
    },
    {
      what: 'Your name',
      more: 'is kept for you once you have spoken',
      tone: 'plain',
      icon: Tag,
      answer: 'Not reserved yet',
    },
  ];
  return (
    <Facts title="What a guest leaves behind" facts={facts}>
      Rooms are not end-to-end encrypted. Whoever runs {name} can read them.
    </Facts>
  );
}

/** Beside becoming the owner. */
export function ServerStands({ server, here }: { server: ServerInfo; here: Capabilities }) {
  const { id } = server.server;
  const open = server.signUp === 'open';
  const facts: Fact[] = [
    {
      what: 'Server key',
      more: 'made on this machine at its first start',
      tone: 'good',
      icon: KeyRound,
      answer: `${id.slice(0, 4)}…${id.slice(-4)}`,
    },
    address(here),
    {
      what: 'New accounts',
      more: open ? 'anybody who reaches this page' : 'people to whom you give an invite',
      tone: open && !here.local ? 'careful' : 'plain',
      icon: open ? DoorOpen : Tag,
      answer: open ? 'Open' : 'By invite',
    },
    {
      what: 'Guests',
      more: 'people without an account',
      tone: 'plain',
      icon: DoorOpen,
      answer: server.guests ? 'May look in' : 'Refused',
    },
    {
      what: 'Backups',
      more: 'nothing is copied off this disk by itself',
      tone: 'careful',
      icon: CircleDashed,
      answer: 'Yours to set up',
    },
  ];
  return (
    <Facts title="How this server stands" facts={facts}>
      Nothing here needs the internet. All that this server knows lies in its data folder: whoever copies that has a
      backup.
    </Facts>
  );
}
