import { registerHooks } from 'node:module';

const SOURCES = new URL('../../src/', import.meta.url).href;
const MEMORY_NET = new URL('network/memory-net.ts', import.meta.url).href;

/** The proxy's own sources, loaded from now on, are in the simulated network instead of the machine's. */
export function simulateNetwork(): void {
  registerHooks({
    resolve(specifier, context, next) {
      const isOurs = context.parentURL?.startsWith(SOURCES) === true;
      if (isOurs && specifier === 'node:net') return { url: MEMORY_NET, shortCircuit: true };
      return next(specifier, context);
    },
  });
}
