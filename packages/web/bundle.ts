// node bundle.ts MODE FOLDER: what the bundler takes of memory ends with this process.
import { build } from 'vite';
import configure from './vite.config.ts';

const [mode = '', outDir = ''] = process.argv.slice(2);
const config = await configure({ command: 'build', mode });
await build({ ...config, configFile: false, mode, logLevel: 'warn', build: { ...config.build, outDir } });
