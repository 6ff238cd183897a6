/** All that is known of one link. */
import type { PeerView } from '@parley/protocol';
import Copy from 'lucide-react/icons/copy';
import type { ReactNode } from 'react';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { countOf, fullTime, lasting } from '../ui/time.ts';
import styles from './Federation.module.css';
import { StateTag } from './LinkTable.tsx';
import { calledOf, faultWords, sizeOf } from './links.ts';
import type { LinkActs } from './useLinkActs.ts';

export function LinkDetails(props: { peer: PeerView | undefined; acts: LinkActs; onClose(): void }) {
  const { peer, acts, onClose } = props;
  const called = peer && calledOf(peer);
  return (
    <Dialog
      open={peer !== undefined}
      onOpenChange={(open) => !open && onClose()}
      title={called?.label ?? ''}
      about={called && nameWords(called.about)}
      width="wide"
    >
      {peer && <Facts peer={peer} acts={acts} />}
    </Dialog>
  );
}

const nameWords = (about: string): string => about.charAt(0).toUpperCase() + about.slice(1);

function Facts({ peer, acts }: { peer: PeerView; acts: LinkActs }) {
  const { id, urls, direction, relay, since, lastError, retryAt, waiting, traffic } = peer;
  const queued = (traffic?.queued ?? []).filter(({ frames }) => frames > 0);
  return (
    <dl className={styles.facts}>
      {id !== undefined && (
        <Fact name="Id">
          <code>{id}</code>
          <Button look="ghost" size="sm" onClick={() => acts.copy(id, 'The id')}>
            <Copy />
            Copy
          </Button>
        </Fact>
      )}
      <Fact name="State">
        <StateTag peer={peer} /> since {fullTime(since)}
      </Fact>
      {direction && <Fact name="Dialled">{direction === 'in' ? 'by the other server' : 'from here'}</Fact>}
      {relay !== undefined && (
        <Fact name="Relay">
          <code>{relay}</code>
        </Fact>
      )}
      {urls.length > 0 && (
        <Fact name="Addresses">
          {urls.map((url) => (
            <code key={url}>{url}</code>
          ))}
        </Fact>
      )}
      {lastError && <Fact name="Last error">{faultWords(lastError)}</Fact>}
      {retryAt !== undefined && <Fact name="Next try">{fullTime(retryAt)}</Fact>}
      {waiting && (
        <Fact name="Waiting for it">
          {countOf(waiting.acts)} in {countOf(waiting.rooms)} {waiting.rooms === 1 ? 'room' : 'rooms'}, the oldest since{' '}
          {fullTime(waiting.oldestAt)}
        </Fact>
      )}
      {traffic && (
        <>
          <Fact name="On the line">
            {queued.length === 0 && 'Nothing waits to be sent'}
            {queued.map(({ priority, frames, bytes }) => (
              <span key={priority}>
                {priority}: {countOf(frames)} {frames === 1 ? 'frame' : 'frames'}, {sizeOf(bytes)}
              </span>
            ))}
            {queued.length > 0 && <span>the oldest for {lasting(traffic.lagMs)}</span>}
          </Fact>
          <Fact name="Since it is linked">
            {sizeOf(traffic.bytesIn)} in, {sizeOf(traffic.bytesOut)} out
          </Fact>
          {traffic.roundTripMs !== undefined && <Fact name="There and back">{countOf(traffic.roundTripMs)} ms</Fact>}
        </>
      )}
    </dl>
  );
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);
