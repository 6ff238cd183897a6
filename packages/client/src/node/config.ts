/** The edge to the process: its environment, and where it logs. */
import type { BotLog } from '../bot/context.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export const environment = (): Environment => process.env;

/** One JSON object a line on stderr. */
export const stderrLog: BotLog = {
  info: (message, about) => write('info', message, about),
  error: (error, about) =>
    write('error', error instanceof Error ? (error.stack ?? error.message) : String(error), about),
};

function write(level: string, message: string, about: Record<string, unknown> = {}): void {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...about })}\n`);
}
