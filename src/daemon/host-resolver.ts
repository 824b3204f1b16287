import type { Clock } from '../base/clock.ts';
import type { Config } from '../config/directives.ts';
import { detachResolution, type ResolveHost, resolveBySystem } from '../net/resolver.ts';

/**
 * How the daemon resolves names for the rest of its life.
 *
 * @param isRootChanging whether the files that the C library resolves names by will be out of reach.
 */
export async function hostResolver(
  config: Config,
  isRootChanging: boolean,
  clock: Clock,
): Promise<ResolveHost> {
  if (!isRootChanging) return resolveBySystem;
  return await detachResolution(config.serverHostname, config.ipversionOnly ?? 0, clock);
}
