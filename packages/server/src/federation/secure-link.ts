/**
 * Makes any link an authenticated one: Noise XX (25519, ChaChaPoly, SHA-256), in which each side signs its Noise static
 * key with its identity. The dialler learns who answers before it says who it is; the other side learns it with the last
 * message. Frames then travel encrypted, each whole, once and in order.
 */
import {
  type HandshakeRole,
  identityProofBytes,
  type KeyPair,
  type NoiseSession,
  noiseInitiator,
  noiseResponder,
  SecureFrames,
  verifyIdentityProof,
  x25519KeyPair,
} from '@parley/e2ee';
import { FrameTooLarge, type Link, LinkClosed } from '@parley/link';
import { decodeCanonical, encodeCbor, limits, type PeerFault, toBase32 } from '@parley/protocol';
import { verify } from '../crypto.ts';
import type { Identity } from '../identity.ts';
import type { Runtime } from '../runtime.ts';
import { faultOf, faultOfReason, NoSecureLink } from './peer-fault.ts';
import { nativeX25519 } from './x25519.ts';

/** The largest honest message of the handshake has 213 bytes. */
export const maxHandshakeBytes = 512;
/** For the whole handshake: two round trips and a slow machine. */
export const handshakeMs = 10_000;

/** What a server brings to every handshake. */
export interface SecureLinkOptions {
  readonly identity: Pick<Identity, 'id' | 'publicKey' | 'sign'>;
  /** Made anew at each start and never stored, by {@link newStaticKey}. */
  readonly staticKey: KeyPair;
  /** The network's id: servers of another one cannot finish the handshake. */
  readonly network: string;
  readonly runtime: Pick<Runtime, 'setTimer' | 'randomBytes'>;
  /** Of one frame, in both directions; at most, and unless given, 1 MiB. */
  readonly maxFrameBytes?: number;
}

/** As a Link, as far as frames go. What arrives is the other server's, whole and in order, or the link ends. */
export type FrameLink = Pick<Link, 'peer' | 'send' | 'frames' | 'close' | 'closed' | 'buffered'>;

export interface SecureLink {
  /** Of the server at the other end: proven. */
  readonly id: string;
  readonly link: FrameLink;
}

export function newStaticKey(runtime: Pick<Runtime, 'randomBytes'>): KeyPair {
  return x25519KeyPair(runtime.randomBytes(32), nativeX25519);
}

/**
 * The dialling side. Rejects with NoSecureLink, the link closed: `wrong-server` unless the server is the one expected,
 * where one is, `same-server` when it is this one, and whatever `refuses` says of it, all before this one has said who
 * it is; `bad-handshake`, `timed-out`, or what the link ended with.
 */
export async function secureDialled(
  link: Link,
  options: SecureLinkOptions,
  expected?: string,
  refuses: (id: string) => PeerFault | undefined = () => undefined,
): Promise<SecureLink> {
  return within(link, options, async (receive) => {
    const noise = noiseInitiator(noiseOptions(options));
    await link.send(noise.write());
    const id = whose(options, 'responder', noise, noise.read(await receive()));
    if (id === options.identity.id) throw new NoSecureLink('same-server');
    if (expected !== undefined && id !== expected) throw new NoSecureLink('wrong-server');
    const fault = refuses(id);
    if (fault) throw new NoSecureLink(fault);
    await link.send(noise.write(proofOf(options, 'initiator')));
    return { id, noise };
  });
}

/** The side that was dialled. Rejects as {@link secureDialled}. */
export async function secureAccepted(link: Link, options: SecureLinkOptions): Promise<SecureLink> {
  return within(link, options, async (receive) => {
    const noise = noiseResponder(noiseOptions(options));
    if (noise.read(await receive()).length > 0) throw new NoSecureLink('bad-handshake');
    await link.send(noise.write(proofOf(options, 'responder')));
    const id = whose(options, 'initiator', noise, noise.read(await receive()));
    if (id === options.identity.id) throw new NoSecureLink('same-server');
    return { id, noise };
  });
}

const noiseOptions = ({ staticKey, network, runtime }: SecureLinkOptions) => ({
  pattern: 'XX' as const,
  prologue: encodeCbor(['parley federation v1', network]),
  staticKey,
  randomBytes: runtime.randomBytes,
  dh: nativeX25519,
});

/** A payload: the identity and its signature of the static key. */
function proofOf({ identity, staticKey, network }: SecureLinkOptions, role: HandshakeRole): Uint8Array {
  const signed = identityProofBytes({ network, role, staticKey: staticKey.publicKey });
  return encodeCbor([identity.publicKey, identity.sign(signed)]);
}

/** Whose the other side's static key is. Throws NoSecureLink, or Refusal where the payload is no canonical CBOR. */
function whose({ network }: SecureLinkOptions, role: HandshakeRole, noise: NoiseSession, payload: Uint8Array): string {
  const proof = decodeCanonical(payload, 2);
  const [identity, signature] = Array.isArray(proof) && proof.length === 2 ? (proof as unknown[]) : [];
  const staticKey = noise.remoteStatic;
  if (
    identity instanceof Uint8Array &&
    signature instanceof Uint8Array &&
    staticKey !== undefined &&
    verifyIdentityProof(identity, { network, role, staticKey }, signature, verify)
  )
    return toBase32(identity);
  throw new NoSecureLink('bad-handshake');
}

type Handshake = (receive: () => Promise<Uint8Array>) => Promise<{ id: string; noise: NoiseSession }>;

/** Runs a handshake within its bounds of time and size; closes the link when it fails. */
async function within(link: Link, options: SecureLinkOptions, run: Handshake): Promise<SecureLink> {
  const { runtime, maxFrameBytes = limits.frameBytes } = options;
  const cancel = runtime.setTimer(() => link.close('idle'), handshakeMs);
  const frames = link.frames();
  const receive = async (): Promise<Uint8Array> => {
    const { done, value } = await frames.next();
    if (done) throw new NoSecureLink(faultOfReason(await link.closed));
    if (value.length > maxHandshakeBytes) throw new NoSecureLink('bad-handshake');
    return value;
  };
  try {
    const { id, noise } = await run(receive);
    return { id, link: new EncryptedLink(link, new SecureFrames(noise.finished!), maxFrameBytes) };
  } catch (error) {
    if (error instanceof LinkClosed) throw new NoSecureLink(faultOfReason(error.reason), { cause: error });
    const fault = faultOf(error) ?? 'failed';
    link.close(fault === 'failed' ? 'failed' : fault === 'bad-handshake' ? 'bad-frame' : 'refused');
    throw new NoSecureLink(fault, { cause: error });
  } finally {
    cancel();
  }
}

/** Of a message: the tag, and the byte that says whether more of the frame follows. */
const overheadBytes = 17;

class EncryptedLink implements FrameLink {
  readonly #link: Link;
  readonly #secure: SecureFrames;
  readonly #maxFrameBytes: number;
  /** Of the frame that is under way. */
  #receivedBytes = 0;

  constructor(link: Link, secure: SecureFrames, maxFrameBytes: number) {
    this.#link = link;
    this.#secure = secure;
    this.#maxFrameBytes = maxFrameBytes;
  }

  get peer(): Link['peer'] {
    return this.#link.peer;
  }

  get closed(): Link['closed'] {
    return this.#link.closed;
  }

  get buffered(): number {
    return this.#link.buffered;
  }

  async send(frame: Uint8Array): Promise<void> {
    if (frame.length > this.#maxFrameBytes) throw new FrameTooLarge(frame.length, this.#maxFrameBytes);
    if (this.#secure.ended) throw new LinkClosed(await this.#link.closed);
    // All messages of a frame are handed over in this turn, so that no other frame comes between them.
    await Promise.all(this.#secure.encrypt(frame).map((message) => this.#link.send(message)));
  }

  close(reason: Parameters<Link['close']>[0]): void {
    this.#link.close(reason);
    this.#secure.end();
  }

  async *frames(): AsyncIterableIterator<Uint8Array> {
    for await (const message of this.#link.frames()) {
      const frame = this.#open(message);
      if (frame) yield frame;
    }
  }

  #open(message: Uint8Array): Uint8Array | undefined {
    if (this.#secure.ended) return undefined;
    try {
      this.#receivedBytes += Math.max(0, message.length - overheadBytes);
      if (this.#receivedBytes > this.#maxFrameBytes) throw new FrameTooLarge(this.#receivedBytes, this.#maxFrameBytes);
      const frame = this.#secure.decrypt(message);
      if (frame) this.#receivedBytes = 0;
      return frame;
    } catch {
      this.close('bad-frame');
      return undefined;
    }
  }
}
