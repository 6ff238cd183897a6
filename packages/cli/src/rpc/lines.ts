/** Lines of a stream of bytes, each of at most so many characters. */
export class LineTooLong extends Error {}

/** Yields each line without its line feed; throws LineTooLong where one is longer than `maxLength`. */
export async function* linesOf(input: AsyncIterable<unknown>, maxLength: number): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let held = '';
  for await (const chunk of input) {
    held += typeof chunk === 'string' ? chunk : decoder.decode(chunk as Uint8Array, { stream: true });
    let start = 0;
    for (let end = held.indexOf('\n'); end !== -1; end = held.indexOf('\n', start)) {
      if (end - start > maxLength) throw new LineTooLong();
      yield held.slice(start, end).replace(/\r$/, '');
      start = end + 1;
    }
    held = held.slice(start);
    if (held.length > maxLength) throw new LineTooLong();
  }
  held += decoder.decode();
  if (held !== '') yield held;
}
