// Frames of any size up to the limit over a finished handshake, as Noise messages of at most 65,535 bytes each. The
// messages must arrive whole, each once and in the order they were made: the first that does not ends both directions.
// That the last messages are missing is for the connection to notice.
import { limits } from '@parley/protocol';
import { aeadTagBytes } from './aead.ts';
import { concat, noBytes } from './bytes.ts';
import { E2eeError } from './error.ts';
import { type CipherState, maxMessageBytes } from './noise/cipher-state.ts';

/** What one message carries of a frame, beside the byte that says whether more follows. */
export const chunkBytes = maxMessageBytes - aeadTagBytes - 1;

/** Each direction gets a new key after so many messages, at the same nonce on both sides [Noise §11.3]. */
export const rekeyInterval = 2n ** 20n;

const LAST = 0;
const MORE = 1;

export class SecureFrames {
  readonly #send: CipherState;
  readonly #receive: CipherState;
  #chunks: Uint8Array[] = [];
  #ended = false;

  /** Takes the two states of a finished handshake, which nobody else may use from then on. */
  constructor({ send, receive }: { readonly send: CipherState; readonly receive: CipherState }) {
    this.#send = send;
    this.#receive = receive;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The messages of a frame, to be sent in this order. Throws `too-large` without consequence, `ended`. */
  encrypt(frame: Uint8Array): Uint8Array[] {
    if (this.#ended) throw new E2eeError('ended');
    if (frame.length > limits.frameBytes) throw new E2eeError('too-large');
    const messages: Uint8Array[] = [];
    for (let at = 0; at === 0 || at < frame.length; at += chunkBytes) {
      const chunk = frame.subarray(at, at + chunkBytes);
      const flag = at + chunkBytes < frame.length ? MORE : LAST;
      messages.push(this.#send.encryptWithAd(noBytes, concat(Uint8Array.of(flag), chunk)));
      rekeyWhenDue(this.#send);
    }
    return messages;
  }

  /**
   * Takes the next message; returns the frame that it completes, or undefined when more follows. Throws `bad-message`
   * or `too-large`, after which nothing can be sent or received any more, and `ended`.
   */
  decrypt(message: Uint8Array): Uint8Array | undefined {
    if (this.#ended) throw new E2eeError('ended');
    try {
      return this.#open(message);
    } catch (error) {
      this.end();
      throw error;
    }
  }

  /** Forgets keys and half a frame. */
  end(): void {
    this.#ended = true;
    this.#chunks = [];
    this.#send.end();
    this.#receive.end();
  }

  #open(message: Uint8Array): Uint8Array | undefined {
    const before = this.#chunks.length * chunkBytes;
    if (before + message.length - aeadTagBytes - 1 > limits.frameBytes) throw new E2eeError('too-large');
    const plaintext = this.#receive.decryptWithAd(noBytes, message);
    rekeyWhenDue(this.#receive);
    const [flag] = plaintext;
    const chunk = plaintext.subarray(1);
    // A frame has one form: full chunks, then the rest, which is empty only in an empty frame.
    const isFull = chunk.length === chunkBytes;
    if (flag === MORE && isFull && before + chunkBytes < limits.frameBytes) {
      this.#chunks.push(chunk);
      return undefined;
    }
    if (flag !== LAST || (chunk.length === 0 && before > 0)) throw new E2eeError('bad-message');
    const frame = before === 0 ? chunk : concat(...this.#chunks, chunk);
    this.#chunks = [];
    return frame;
  }
}

function rekeyWhenDue(state: CipherState): void {
  if (state.nonce % rekeyInterval === 0n) state.rekey();
}
