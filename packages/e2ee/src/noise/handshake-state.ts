// Works through a pattern's tokens [Noise §5.3]. An error leaves a half-done state behind: the session ends it then.
import { concat, noBytes, wipe } from '../bytes.ts';
import { E2eeError } from '../error.ts';
import { type DiffieHellman, type KeyPair, sharedSecret, x25519Bytes, x25519KeyPair } from '../x25519.ts';
import type { Cipher } from './cipher.ts';
import { type CipherState, maxMessageBytes } from './cipher-state.ts';
import {
  type HandshakePattern,
  type HandshakeRole,
  overheadBytes,
  staticBytes,
  type Token,
} from './handshake-pattern.ts';
import type { Hash } from './hash.ts';
import { SymmetricState } from './symmetric-state.ts';

export interface HandshakeSetup {
  readonly role: HandshakeRole;
  readonly pattern: HandshakePattern;
  /** `Noise_XX_25519_ChaChaPoly_SHA256` [Noise §8]. */
  readonly protocolName: string;
  readonly cipher: Cipher;
  readonly hash: Hash;
  readonly dh: DiffieHellman;
  readonly prologue: Uint8Array;
  readonly staticKey: KeyPair | undefined;
  readonly remoteStatic: Uint8Array | undefined;
  readonly psks: readonly Uint8Array[];
  readonly randomBytes: (length: number) => Uint8Array;
}

export class HandshakeState {
  readonly #setup: HandshakeSetup;
  readonly #symmetric: SymmetricState;
  #ephemeral: KeyPair | undefined;
  #remoteEphemeral: Uint8Array | undefined;
  #remoteStatic: Uint8Array | undefined;
  #messagesDone = 0;
  #psksDone = 0;

  constructor(setup: HandshakeSetup) {
    const { pattern, role, staticKey, remoteStatic, psks } = setup;
    const other = role === 'initiator' ? 'responder' : 'initiator';
    // A key that the pattern does not use is a misunderstanding as dangerous as a missing one.
    if (pattern.statics.has(role) !== (staticKey !== undefined)) throw new E2eeError('bad-key');
    if (pattern.known.has(other) !== (remoteStatic !== undefined)) throw new E2eeError('bad-key');
    if (psks.length !== pattern.psks) throw new E2eeError('bad-key');
    const keys = [staticKey?.secretKey, staticKey?.publicKey, remoteStatic, ...psks];
    if (keys.some((key) => key !== undefined && key.length !== x25519Bytes)) throw new E2eeError('bad-key');

    this.#setup = setup;
    this.#remoteStatic = remoteStatic?.slice();
    this.#symmetric = new SymmetricState(setup.cipher, setup.hash, setup.protocolName);
    this.#symmetric.mixHash(setup.prologue); // [Noise §6]
    for (const owner of ['initiator', 'responder'] as const) {
      if (pattern.known.has(owner)) this.#symmetric.mixHash(owner === role ? staticKey!.publicKey : remoteStatic!);
    }
  }

  get isOver(): boolean {
    return this.#messagesDone === this.#setup.pattern.messages.length;
  }

  get isMyTurn(): boolean {
    return !this.isOver && (this.#messagesDone % 2 === 0) === (this.#setup.role === 'initiator');
  }

  /** Known from the start, or once it was received. */
  get remoteStatic(): Uint8Array | undefined {
    return this.#remoteStatic?.slice();
  }

  /** How much longer than its payload the next message is. */
  get overheadBytes(): number {
    return overheadBytes(this.#tokens(), this.#symmetric.hasKey, this.#setup.psks.length);
  }

  writeMessage(payload: Uint8Array): Uint8Array {
    const parts = this.#tokens().map((token) => this.#write(token));
    const message = concat(...parts, this.#symmetric.encryptAndHash(payload));
    this.#messagesDone += 1;
    return message;
  }

  readMessage(message: Uint8Array): Uint8Array {
    if (message.length > maxMessageBytes) throw new E2eeError('too-large'); // [Noise §3]
    if (message.length < this.overheadBytes) throw new E2eeError('bad-message');
    let at = 0;
    for (const token of this.#tokens()) at += this.#read(token, message.subarray(at));
    const payload = this.#symmetric.decryptAndHash(message.subarray(at));
    this.#messagesDone += 1;
    return payload;
  }

  handshakeHash(): Uint8Array {
    return this.#symmetric.handshakeHash();
  }

  /** Split() [Noise §5.2], when the last message is done; forgets everything else. */
  split(): [toResponder: CipherState, toInitiator: CipherState] {
    if (!this.isOver) throw new E2eeError('out-of-turn');
    const pair = this.#symmetric.split();
    this.end();
    return pair;
  }

  end(): void {
    wipe(this.#ephemeral?.secretKey);
    this.#symmetric.end();
  }

  #tokens(): readonly Token[] {
    return this.#setup.pattern.messages[this.#messagesDone] ?? [];
  }

  #write(token: Token): Uint8Array {
    if (token === 'e') return this.#writeEphemeral();
    if (token === 's') return this.#symmetric.encryptAndHash(this.#setup.staticKey!.publicKey);
    this.#mix(token);
    return noBytes;
  }

  #writeEphemeral(): Uint8Array {
    const secret = this.#setup.randomBytes(x25519Bytes);
    this.#ephemeral = x25519KeyPair(secret, this.#setup.dh);
    wipe(secret);
    this.#mixEphemeral(this.#ephemeral.publicKey);
    return this.#ephemeral.publicKey;
  }

  /** Returns how many bytes of the rest of the message the token took; the length was checked for all of them. */
  #read(token: Token, rest: Uint8Array): number {
    if (token === 'e') {
      this.#remoteEphemeral = rest.slice(0, x25519Bytes);
      this.#mixEphemeral(this.#remoteEphemeral);
      return x25519Bytes;
    }
    if (token === 's') {
      const length = staticBytes(this.#symmetric.hasKey);
      this.#remoteStatic = this.#symmetric.decryptAndHash(rest.subarray(0, length));
      return length;
    }
    this.#mix(token);
    return 0;
  }

  #mixEphemeral(publicKey: Uint8Array): void {
    this.#symmetric.mixHash(publicKey);
    if (this.#setup.psks.length > 0) this.#symmetric.mixKey(publicKey); // [Noise §9.2]
  }

  #mix(token: Exclude<Token, 'e' | 's'>): void {
    if (token === 'psk') {
      this.#symmetric.mixKeyAndHash(this.#setup.psks[this.#psksDone]!); // [Noise §9.2]
      this.#psksDone += 1;
      return;
    }
    const [initiators, responders] = token;
    const [own, theirs] = this.#setup.role === 'initiator' ? [initiators, responders] : [responders, initiators];
    const secretKey = own === 'e' ? this.#ephemeral!.secretKey : this.#setup.staticKey!.secretKey;
    const publicKey = theirs === 'e' ? this.#remoteEphemeral! : this.#remoteStatic!;
    const shared = sharedSecret(this.#setup.dh, secretKey, publicKey);
    this.#symmetric.mixKey(shared);
    wipe(shared);
  }
}
