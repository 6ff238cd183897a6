/** Links that did not come to be for a reason of this server, and the list of those that may link, where there is one. */
import type { PeerRefusal, PeerView } from '@parley/protocol';
import ShieldX from 'lucide-react/icons/shield-x';
import settings from '../settings/Settings.module.css';
import { ago, countOf, fullTime } from '../ui/time.ts';
import styles from './Federation.module.css';
import { calledOf, faultWords } from './links.ts';

export function TurnedAway(props: { refused: readonly PeerRefusal[]; peers: readonly PeerView[]; now: number }) {
  const { refused, peers, now } = props;
  return (
    <section aria-labelledby="turned-away">
      <div className={settings.head}>
        <h2 id="turned-away">
          Turned away <span className="dim">{countOf(refused.length)}</span>
        </h2>
      </div>
      <p className={settings.about}>
        Servers that wanted a link lately and got none, with the reason. They are told only that they were refused, or
        that there is no room.
      </p>
      <ul className={settings.card}>
        {refused.length === 0 && <li className={settings.none}>None since this server was started.</li>}
        {refused.map((refusal) => (
          <li key={`${refusal.fault} ${refusal.server ?? refusal.address}`} className={styles.refusal}>
            <ShieldX aria-hidden="true" />
            <div>
              <p className={settings.itemName}>
                <b>
                  <bdi>{whoOf(refusal, peers)}</bdi>
                </b>
              </p>
              <p className="meta">
                {faultWords(refusal.fault)} · from <bdi>{refusal.address}</bdi> ·{' '}
                {refusal.times === 1 ? 'once' : `${countOf(refusal.times)} times`},{' '}
                <time title={fullTime(refusal.at)}>{ago(refusal.at, now)}</time>
              </p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function whoOf({ server }: PeerRefusal, peers: readonly PeerView[]): string {
  if (server === undefined) return 'Somebody who has not proven who it is';
  const known = peers.find(({ id }) => id === server);
  return known ? calledOf(known).label : `${server.slice(0, 8)}…`;
}

/** Set in the configuration: shown, not changed here. */
export function Allowed({ allowed, peers }: { allowed: readonly string[]; peers: readonly PeerView[] }) {
  return (
    <section aria-labelledby="allowed">
      <div className={settings.head}>
        <h2 id="allowed">
          The only servers to link with <span className="dim">{countOf(allowed.length)}</span>
        </h2>
      </div>
      <p className={settings.about}>The configuration names them; all others are turned away.</p>
      <ul className={settings.card}>
        {allowed.map((server) => {
          const known = peers.find(({ id }) => id === server);
          return (
            <li key={server} className={styles.allowed}>
              {known && <b>{calledOf(known).label}</b>} <code>{server}</code>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
