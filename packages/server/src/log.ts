import { type DestinationStream, pino, stdSerializers, stdTimeFunctions } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/**
 * One line an event: what happened as a fixed sentence in `msg`, with whom and what in `fields`. Never a message body, a
 * password, a token or a key. An Error goes into the field `error`.
 */
export interface Log {
  debug(fields: object, msg: string): void;
  info(fields: object, msg: string): void;
  warn(fields: object, msg: string): void;
  error(fields: object, msg: string): void;
}

/** The second fence: fields of these names are blotted out, should one slip in. */
const secrets = ['password', 'token', 'secret', 'key', 'body', 'text', 'signature', 'authorization', 'cookie'];

/** JSON lines, on stderr unless said otherwise: stdout belongs to what commands answer. */
export function createLog(
  level: LogLevel,
  destination: DestinationStream = pino.destination({ fd: 2, sync: true }),
): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: stdSerializers.err },
      redact: [...secrets, ...secrets.map((name) => `*.${name}`)],
    },
    destination,
  );
}

/** Says nothing, for tests. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
