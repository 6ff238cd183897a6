// Loaded before everything else (`node --import`): puts the planted bug of this name into the product while it loads.
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Planted } from './planted.ts';

const name = process.argv[2] ?? '';
const { planted } = (await import(`./${name}.ts`)) as { planted: Planted };
const url = pathToFileURL(new URL(`../../${planted.file}`, import.meta.url).pathname).href;

registerHooks({
  load(target, context, nextLoad) {
    const loaded = nextLoad(target, context);
    if (target !== url) return loaded;
    const text = Buffer.from(loaded.source as Uint8Array).toString();
    if (text.split(planted.find).length !== 2)
      throw new Error(`${planted.file} does not hold the pattern exactly once`);
    return { ...loaded, source: text.replace(planted.find, () => planted.replace) };
  },
});
