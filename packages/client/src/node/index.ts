export { machineRuntime as nodeRuntime } from '../runtime.ts';
export { Bot, botFromEnv } from './bot.ts';
export { type DialUrlOptions, dialUrl } from './dial-url.ts';
export { openFileStore } from './file-store.ts';
export { StoreInUse } from './lock.ts';
