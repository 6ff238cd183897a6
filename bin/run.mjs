#!/usr/bin/env node
// Runs a TypeScript file of this repository on the pinned Node: `run.mjs FILE ARGS…`, FILE relative to the root.
import { launch } from './bootstrap.mjs';

const [script, ...args] = process.argv.slice(2);
if (script === undefined) {
  process.stderr.write('usage: run.mjs FILE [ARGS…]\n');
  process.exitCode = 2;
} else {
  await launch(script, args);
}
