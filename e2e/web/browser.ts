/** The system's Chromium, with a new empty profile for each run. */
import { existsSync, rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core';

const paths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = paths.find((path) => existsSync(path));

/** For `test(name, { skip })`: false, or why there is no browser. */
export const noBrowser: string | false = executablePath ? false : 'no chromium';

export interface Browser extends AsyncDisposable {
  context: BrowserContext;
}

/** By this name the browser finds this machine, but does not know that it is: as a server in a network without TLS. */
export const farHost = 'parley.test';

/** @param within what a command line begins with to run where the browser is to run */
export async function openBrowser(
  options: BrowserContextOptions = {},
  within: readonly string[] = [],
): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'parley-browser-'));
  // Should this process end before the test does.
  const remove = (): void => rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  process.once('exit', remove);
  const program = join(profile, 'chromium.sh');
  if (within.length > 0)
    await writeFile(program, `#!/bin/sh\nexec ${within.join(' ')} ${executablePath} "$@"\n`, { mode: 0o755 });
  const context = await chromium.launchPersistentContext(profile, {
    ...options,
    ...(executablePath === undefined ? {} : { executablePath: within.length > 0 ? program : executablePath }),
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--host-resolver-rules=MAP ${farHost} 127.0.0.1`,
    ],
  });
  return {
    context,
    async [Symbol.asyncDispose]() {
      await context.close();
      process.off('exit', remove);
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
