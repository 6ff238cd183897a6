export { type RoomAddress, readPerson, readRoom, readServer, roomAddress, roomLabel } from './address.ts';
export * from './api.ts';
export { createClient } from './client.ts';
export { personMeant } from './mention.ts';
export { machineRuntime } from './runtime.ts';
export { memoryStore } from './store-memory.ts';
