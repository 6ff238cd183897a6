// The system's Chromium over a profile that outlives it, so that what one start leaves behind the next one finds.
import { existsSync } from 'node:fs';
import { type BrowserContext, chromium } from 'playwright-core';

const paths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = paths.find((path) => existsSync(path));

export const hasChromium = executablePath !== undefined;
export const viewport = { width: 1280, height: 800 };

export async function openChromium(profile: string): Promise<BrowserContext> {
  const context = await chromium.launchPersistentContext(profile, {
    ...(executablePath === undefined ? {} : { executablePath }),
    viewport,
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'],
  });
  context.setDefaultTimeout(60_000);
  return context;
}
