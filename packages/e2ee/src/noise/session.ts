/**
 * A handshake of the Noise Protocol Framework, revision 34, over Curve25519: whoever's turn it is writes, the other
 * reads, until both are finished. Whatever goes wrong with a message ends the session for good.
 */
import { noBytes } from '../bytes.ts';
import { E2eeError } from '../error.ts';
import { type DiffieHellman, type KeyPair, x25519 } from '../x25519.ts';
import { type CipherName, ciphers } from './cipher.ts';
import { type CipherState, maxMessageBytes } from './cipher-state.ts';
import { type HandshakeName, type HandshakeRole, handshakePattern, isOneWay } from './handshake-pattern.ts';
import { HandshakeState } from './handshake-state.ts';
import { type HashName, hashes } from './hash.ts';

export interface NoiseOptions {
  /** `XX`, `IK`, `NNpsk0` … */
  readonly pattern: HandshakeName;
  /** `ChaChaPoly` unless given. */
  readonly cipher?: CipherName;
  /** `SHA256` unless given. */
  readonly hash?: HashName;
  /** What both sides must agree about before a word is said; any length. */
  readonly prologue: Uint8Array;
  /** Given exactly where the pattern uses it. */
  readonly staticKey?: KeyPair;
  /** The other side's static public key, given exactly where the pattern has it known before. */
  readonly remoteStatic?: Uint8Array;
  /** 32 bytes each, in the order of the modifiers. */
  readonly psks?: readonly Uint8Array[];
  /** From the platform's secure source. What it returns becomes an ephemeral key, and is wiped. */
  readonly randomBytes: (length: number) => Uint8Array;
  /** X25519 in JavaScript unless a faster one is given. */
  readonly dh?: DiffieHellman;
}

export interface FinishedHandshake {
  /** In a one-way pattern only the initiator may send: the unused direction is an ended state [Noise §7.4]. */
  readonly send: CipherState;
  readonly receive: CipherState;
  /** The same on both sides and for no other session: what a further proof is bound to [Noise §11.2]. */
  readonly handshakeHash: Uint8Array;
  readonly remoteStatic: Uint8Array | undefined;
}

export interface NoiseSession {
  readonly isMyTurn: boolean;
  /** The other side's static public key, once it is known; proven only when the session is finished. */
  readonly remoteStatic: Uint8Array | undefined;
  readonly finished: FinishedHandshake | undefined;
  /**
   * The next handshake message. How well a payload is protected depends on the pattern and the message [Noise §7.7].
   * Throws `too-large` when it would have more than 65,535 bytes and `out-of-turn`, both without consequence; `bad-key`.
   */
  write(payload?: Uint8Array): Uint8Array;
  /** The payload of a message. Throws `out-of-turn` without consequence; `bad-message`, `too-large`, `bad-key`. */
  read(message: Uint8Array): Uint8Array;
  /** Forgets all keys, those of `finished` too; `ended` is all it says then. */
  end(): void;
}

/** Begins a handshake. Throws `bad-key` where keys and pattern do not fit, RangeError for an unknown pattern. */
export function noiseInitiator(options: NoiseOptions): NoiseSession {
  return new Session('initiator', options);
}

/** Answers a handshake. Throws like {@link noiseInitiator}. */
export function noiseResponder(options: NoiseOptions): NoiseSession {
  return new Session('responder', options);
}

class Session implements NoiseSession {
  readonly #role: HandshakeRole;
  readonly #handshake: HandshakeState;
  readonly #isOneWay: boolean;
  #finished: FinishedHandshake | undefined;
  #ended = false;

  constructor(role: HandshakeRole, options: NoiseOptions) {
    const { cipher = 'ChaChaPoly', hash = 'SHA256', dh = x25519, psks = [] } = options;
    const pattern = handshakePattern(options.pattern);
    this.#role = role;
    this.#isOneWay = isOneWay(pattern);
    this.#handshake = new HandshakeState({
      role,
      pattern,
      protocolName: `Noise_${pattern.name}_25519_${cipher}_${hash}`, // [Noise §8]
      cipher: ciphers[cipher],
      hash: hashes[hash],
      dh,
      prologue: options.prologue,
      staticKey: options.staticKey,
      remoteStatic: options.remoteStatic,
      psks,
      randomBytes: options.randomBytes,
    });
  }

  get isMyTurn(): boolean {
    return !this.#ended && this.#handshake.isMyTurn;
  }

  get remoteStatic(): Uint8Array | undefined {
    return this.#handshake.remoteStatic;
  }

  get finished(): FinishedHandshake | undefined {
    return this.#finished;
  }

  write(payload: Uint8Array = noBytes): Uint8Array {
    this.#expectTurn(true);
    if (payload.length > maxMessageBytes - this.#handshake.overheadBytes) throw new E2eeError('too-large'); // [Noise §3]
    return this.#step(() => this.#handshake.writeMessage(payload));
  }

  read(message: Uint8Array): Uint8Array {
    this.#expectTurn(false);
    return this.#step(() => this.#handshake.readMessage(message));
  }

  end(): void {
    this.#ended = true;
    this.#handshake.end();
    this.#finished?.send.end();
    this.#finished?.receive.end();
  }

  #expectTurn(mine: boolean): void {
    if (this.#ended) throw new E2eeError('ended');
    if (this.#handshake.isOver || this.#handshake.isMyTurn !== mine) throw new E2eeError('out-of-turn');
  }

  #step(run: () => Uint8Array): Uint8Array {
    try {
      const bytes = run();
      if (this.#handshake.isOver) this.#finish();
      return bytes;
    } catch (error) {
      this.end();
      throw error;
    }
  }

  #finish(): void {
    const [toResponder, toInitiator] = this.#handshake.split();
    if (this.#isOneWay) toInitiator.end();
    const [send, receive] = this.#role === 'initiator' ? [toResponder, toInitiator] : [toInitiator, toResponder];
    const { remoteStatic } = this;
    this.#finished = { send, receive, handshakeHash: this.#handshake.handshakeHash(), remoteStatic };
  }
}
