/** What a person types without seeing it. */
import { Interrupted } from '../exit.ts';
import type { Shell } from '../shell.ts';

const maxLength = 1_024;

/** Asks on stderr and reads one line from the terminal without echo. */
export async function typeHidden(shell: Shell, question: string): Promise<string> {
  const { stdin, stderr, signal } = shell;
  signal.throwIfAborted();
  stderr.write(question);
  stdin.setRawMode?.(true);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const line = hiddenLine();
  const onData = (chunk: Buffer | string) => {
    const outcome = line(String(chunk));
    if (outcome.state === 'done') resolve(outcome.text);
    else if (outcome.state === 'stopped') reject(new Interrupted('SIGINT'));
  };
  const onEnd = () => reject(new Interrupted('SIGINT'));
  const onAbort = () => reject(signal.reason);
  stdin.on('data', onData).on('end', onEnd);
  signal.addEventListener('abort', onAbort, { once: true });
  stdin.resume();
  try {
    return await promise;
  } finally {
    stdin.removeListener('data', onData).removeListener('end', onEnd);
    signal.removeEventListener('abort', onAbort);
    stdin.setRawMode?.(false);
    stdin.pause();
    stderr.write('\n');
  }
}

type Outcome = { state: 'typing' } | { state: 'done'; text: string } | { state: 'stopped' };

/** A function from keys as a raw terminal sends them to what the line has come to. */
export function hiddenLine(): (keys: string) => Outcome {
  const typed: string[] = [];
  return (keys) => {
    for (const key of keys) {
      if (key === '\r' || key === '\n') return { state: 'done', text: typed.join('') };
      if (key === '\u0003' || (key === '\u0004' && typed.length === 0)) return { state: 'stopped' };
      if (key === '\u0004') return { state: 'done', text: typed.join('') };
      if (key === '\u007f' || key === '\b') typed.pop();
      else if (key === '\u0015') typed.length = 0;
      else if (key >= ' ' && typed.length < maxLength) typed.push(key);
    }
    return { state: 'typing' };
  };
}
