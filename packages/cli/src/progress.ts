/** One line on stderr that says how far a long command is: rewritten on a terminal, now and then a new one elsewhere. */
import type { Context } from './context.ts';

const terminalEveryMs = 100;
const logEveryMs = 10_000;

export interface Progress {
  /** Says `line` if it is time for it. */
  report(line: () => string): void;
  /** Takes the line away. */
  end(): void;
}

export function progress({ shell, json }: Context): Progress {
  const { stderr } = shell;
  const isTerminal = stderr.isTTY === true;
  const everyMs = isTerminal ? terminalEveryMs : logEveryMs;
  let last = isTerminal ? 0 : shell.now();
  let shown = false;
  return {
    report(line) {
      const now = shell.now();
      if (json || now - last < everyMs) return;
      last = now;
      shown = isTerminal;
      const text = line().slice(0, (stderr.columns ?? 80) - 1);
      stderr.write(isTerminal ? `\r\u001b[K${text}` : `${text}\n`);
    },
    end() {
      if (shown) stderr.write('\r\u001b[K');
      shown = false;
    },
  };
}
