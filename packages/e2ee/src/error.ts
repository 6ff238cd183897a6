/** What can go wrong with keys and sealed bytes. An error holds nothing but its code: no key, no plaintext, no cause. */
export const e2eeErrors = {
  'bad-key': 'A key is missing, superfluous, of the wrong length or weak.',
  'bad-message': 'The message is too short, malformed, out of order or was changed.',
  'too-large': 'The message is larger than allowed.',
  'out-of-turn': 'It is the other side’s turn, or the handshake is over.',
  exhausted: 'The key was used as often as it may be.',
  ended: 'The session is over; an error that came from outside ends it for good.',
} as const satisfies Record<string, string>;

export type E2eeErrorCode = keyof typeof e2eeErrors;

export class E2eeError extends Error {
  readonly code: E2eeErrorCode;

  constructor(code: E2eeErrorCode) {
    super(e2eeErrors[code]);
    this.name = 'E2eeError';
    this.code = code;
  }
}
