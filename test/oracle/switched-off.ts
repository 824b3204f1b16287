/**
 * To be loaded before a program (`node --import ./test/oracle/switched-off.ts PROGRAM`): the rule that the environment
 * names in `SWITCHED_OFF` is off in the sources that it loads. No file is changed.
 */
import { registerHooks } from 'node:module';
import { MUTATIONS, mutate } from './mutations.ts';

const SOURCES = new URL('../../src/', import.meta.url).href;

const { SWITCHED_OFF: name } = process.env;
const mutation = MUTATIONS.find((candidate) => candidate.name === name);
if (name !== undefined && mutation === undefined)
  throw new Error(`There is no rule "${name}" to be switched off`);

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    if (mutation === undefined || !url.startsWith(SOURCES)) return loaded;
    const file = url.slice(SOURCES.length);
    const source = Buffer.from(loaded.source as Uint8Array).toString();
    return { ...loaded, source: mutate(mutation, file, source) };
  },
});
