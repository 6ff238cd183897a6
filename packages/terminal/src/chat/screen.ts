/** Where a chat is shown and typed: lines come in, and others are shown meanwhile. */
import { clearScreenDown, createInterface, cursorTo, moveCursor } from 'node:readline';

import { gatheredLines } from './lines.ts';

export interface Screen {
  /** Shows text above what is being typed. */
  say(text: string): void;
  setPrompt(prompt: string): void;
  /** What was typed, a line at a time; ends at the end of the input, or when the chat is to stop. */
  lines(): AsyncIterable<string>;
  close(): void;
}

export interface ScreenOptions {
  input: NodeJS.ReadableStream;
  output: NodeJS.WritableStream;
  /** What may become of the end of a line, and which part of it that is for. */
  complete(line: string): [hits: string[], part: string];
  /** Ctrl-C on an empty line. */
  onStop(): void;
}

const historyLines = 500;

/** A terminal: what is being typed stays in the last rows, and is written again under what is shown. */
export function promptScreen({ input, output, complete, onStop }: ScreenOptions): Screen {
  const reader = createInterface({
    input,
    output,
    terminal: true,
    completer: complete,
    historySize: historyLines,
    removeHistoryDuplicates: true,
  });
  const gathered = gatheredLines(reader);
  let isOpen = true;
  let isAsking = false;
  reader.on('close', () => {
    isOpen = false;
  });
  reader.on('SIGINT', () => {
    if (reader.line === '') {
      onStop();
      return;
    }
    reader.write(null, { ctrl: true, name: 'e' });
    reader.write(null, { ctrl: true, name: 'u' });
  });
  const ask = () => {
    isAsking = true;
    reader.prompt(true);
  };
  return {
    say(text) {
      if (!isOpen || !isAsking) {
        output.write(`${text}\n`);
        return;
      }
      const { rows } = reader.getCursorPos();
      moveCursor(output, 0, -rows);
      cursorTo(output, 0);
      clearScreenDown(output);
      // The reader first goes up by the rows that it counted last (after a paste they are fewer than there are), so it
      // finds them here. @types/node does not know this property.
      const counted: unknown = Reflect.get(reader, 'prevRows');
      output.write(`${text}\n${'\n'.repeat(typeof counted === 'number' ? counted : 0)}`);
      reader.prompt(true);
    },
    setPrompt(prompt) {
      if (prompt === reader.getPrompt()) return;
      reader.setPrompt(prompt);
      if (isOpen && isAsking) reader.prompt(true);
    },
    async *lines() {
      ask();
      for await (const line of gathered) {
        yield line;
        if (isOpen) ask();
      }
    },
    close() {
      if (!isOpen) return;
      reader.close();
      output.write('\n');
    },
  };
}

/** A pipe or file: lines in, lines out, nothing else. */
export function pipeScreen({ input, output }: Pick<ScreenOptions, 'input' | 'output'>): Screen {
  const reader = createInterface({ input, terminal: false });
  const gathered = gatheredLines(reader);
  return {
    say: (text) => {
      output.write(`${text}\n`);
    },
    setPrompt: () => {},
    lines: () => gathered,
    close: () => reader.close(),
  };
}
