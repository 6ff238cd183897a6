// The text of a benchmark's message, ASCII of a fixed length: when it was sent (16 digits, µs), its number (8 digits),
// and padding. The generator reads both from the bytes of every delivery.

const atDigits = 16;
const numberDigits = 8;
export const minTextBytes = atDigits + 1 + numberDigits + 1;

function digits(buffer: Buffer, start: number, count: number): number {
  let value = 0;
  for (let i = start; i < start + count; i++) value = value * 10 + buffer[i]! - 48;
  return value;
}

/** A writer of texts of `bytes` bytes; each call overwrites the buffer of the one before. */
export function textWriter(bytes: number): (atUs: number, number: number) => Buffer {
  if (bytes < minTextBytes) throw new RangeError(`a message has at least ${minTextBytes} bytes`);
  const words = 'the quick brown fox jumps over the lazy dog '.repeat(Math.ceil(bytes / 44));
  const text = Buffer.from(words.slice(0, bytes), 'latin1');
  return (atUs, number) => {
    const at = Math.floor(atUs).toString().padStart(atDigits, '0');
    text.write(`${at} ${number.toString().padStart(numberDigits, '0')} `, 'latin1');
    return text;
  };
}

export const sentAtUs = (buffer: Buffer, textAt: number) => digits(buffer, textAt, atDigits);

export const numberOf = (buffer: Buffer, textAt: number) => digits(buffer, textAt + atDigits + 1, numberDigits);
