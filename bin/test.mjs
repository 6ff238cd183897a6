#!/usr/bin/env node
import { launch } from './bootstrap.mjs';

await launch('tools/all-tests.ts', process.argv.slice(2));
