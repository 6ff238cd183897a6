// How the load generator speaks on a TCP connection. A wire turns payloads into bytes and finds payloads in a stream
// of bytes, however the stream was cut: a chunk may hold a part of a frame or hundreds of them.

/** Called with a payload that lies in `buffer` from `start` to `end`; the bytes are only good during the call. */
export type PayloadSink = (buffer: Buffer, start: number, end: number) => void;

export interface Wire {
  /** The bytes that open the connection. */
  opening(): Buffer;
  /** Where the payloads begin after the server's answer to the opening, or -1 while it is incomplete. Throws on a refusal. */
  opened(buffer: Buffer, start: number, end: number): number;
  /** One payload, framed as a client sends it. */
  frame(payload: Buffer): Buffer;
  /** Hands on every complete payload and returns the offset of the first incomplete frame. `reply` writes framed bytes. */
  read(buffer: Buffer, start: number, end: number, sink: PayloadSink, reply: (bytes: Buffer) => void): number;
}
