/** Why a link to another server did not come to be, or is over, as one closed list of words. */
import { E2eeError } from '@parley/e2ee';
import { type CloseReason, LinkClosed } from '@parley/link';
import { type PeerFault, Refusal } from '@parley/protocol';

/** No authenticated link came of it. */
export class NoSecureLink extends Error {
  readonly fault: PeerFault;

  constructor(fault: PeerFault, options?: ErrorOptions) {
    super(`no secure link: ${fault}`, options);
    this.name = 'NoSecureLink';
    this.fault = fault;
  }
}

const byReason: Record<CloseReason, PeerFault> = {
  done: 'went-away',
  'going-away': 'went-away',
  replaced: 'went-away',
  lost: 'lost',
  refused: 'refused',
  busy: 'busy',
  'bad-frame': 'bad-frame',
  'too-large': 'bad-frame',
  idle: 'timed-out',
  'too-slow': 'timed-out',
  failed: 'failed',
};

/** What the end of an open link means. */
export const faultOfReason = (reason: CloseReason): PeerFault => byReason[reason];

/** What an error of dialling or of the handshake means; undefined for an error that is none of those. */
export function faultOf(error: unknown): PeerFault | undefined {
  if (error instanceof NoSecureLink) return error.fault;
  if (error instanceof LinkClosed) return error.reason === 'lost' ? 'unreachable' : faultOfReason(error.reason);
  if (error instanceof E2eeError || error instanceof Refusal) return 'bad-handshake';
  return undefined;
}
