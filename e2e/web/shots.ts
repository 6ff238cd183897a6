/** Pictures of every screen at three widths, light and dark: `node e2e/web/shots.ts [folder] [part of a name]`. */
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBrowser } from './browser.ts';
import { startSampleApp } from './sample-app.ts';
import { screens, show } from './screens.ts';

const sizes = [
  [1440, 900],
  [820, 1180],
  [390, 844],
] as const;

const folder = process.argv[2] ?? join(tmpdir(), 'parley-shots');
const wanted = process.argv[3] ?? '';
await mkdir(folder, { recursive: true });
await using app = await startSampleApp();
for (const [width, height] of sizes)
  for (const colorScheme of ['light', 'dark'] as const) {
    const phone = width < 720 ? { hasTouch: true, isMobile: true } : {};
    await using browser = await openBrowser({
      viewport: { width, height },
      colorScheme,
      reducedMotion: 'reduce',
      ...phone,
    });
    const page = await browser.context.newPage();
    page.setDefaultTimeout(8_000);
    page.on('console', (message) => message.type() === 'error' && console.error(width, colorScheme, message.text()));
    page.on('pageerror', (error) => console.error(width, colorScheme, error.message));
    for (const screen of screens) {
      if (!screen.name.includes(wanted) || (screen.widths && !screen.widths.includes(width))) continue;
      try {
        await show(page, app.url, screen);
        await page.screenshot({ path: join(folder, `${screen.name}-${width}-${colorScheme}.png`) });
      } catch (error) {
        console.error(screen.name, width, colorScheme, String(error).split('\n')[0]);
      }
      await page.goto('about:blank');
    }
  }
console.log(folder);
