/** What a command needs of the process it runs in. Handed in, so that tests run commands without a process. */
export interface Input extends NodeJS.ReadableStream {
  isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
}
export interface Output extends NodeJS.WritableStream {
  isTTY?: boolean;
  columns?: number;
}

export interface Shell {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths begin here. */
  readonly folder: string;
  readonly stdin: Input;
  /** Data. */
  readonly stdout: Output;
  /** Talk. */
  readonly stderr: Output;
  /** Aborts with an `Interrupted` when the command is to stop. */
  readonly signal: AbortSignal;
  /** Unix ms. */
  now(): number;
}

/** Writes, and resolves when more may be written; rejects when the shell is told to stop meanwhile. */
export async function write(shell: Shell, text: string, output: Output = shell.stdout): Promise<void> {
  if (output.write(text)) return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stop = () => reject(shell.signal.reason);
  output.once('drain', resolve);
  shell.signal.addEventListener('abort', stop, { once: true });
  try {
    if (shell.signal.aborted) throw shell.signal.reason;
    await promise;
  } finally {
    output.removeListener('drain', resolve);
    shell.signal.removeEventListener('abort', stop);
  }
}

/** Whether colours may be written: to a terminal, and nobody said no [no-color.org]. */
export function wantsColour(shell: Shell, output: Output = shell.stdout): boolean {
  return output.isTTY === true && !shell.env.NO_COLOR && shell.env.TERM !== 'dumb';
}

/** Everything on stdin as bytes, at most `maxBytes`; undefined when there is more. */
export async function readAll(shell: Shell, maxBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const stop = () => {
    if ('destroy' in shell.stdin && typeof shell.stdin.destroy === 'function') shell.stdin.destroy(shell.signal.reason);
  };
  shell.signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of shell.stdin) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      length += bytes.length;
      if (length > maxBytes) return undefined;
      chunks.push(bytes);
    }
  } finally {
    shell.signal.removeEventListener('abort', stop);
  }
  return Buffer.concat(chunks);
}
