/**
 * The process of a relay that makes a server on this machine look far away. All octets arrive half a round trip after
 * they were sent; connecting takes a whole one, as TCP's handshake does. The width of the way is not limited.
 */
import { connect, createServer } from 'node:net';
import { DelayLine } from './delay-line.ts';
import { announce, listenOnLoopback, settings } from './server-child.ts';

export interface DelayRelaySettings {
  /** The server's. */
  readonly port: number;
  readonly roundTripMs: number;
}

const { port, roundTripMs } = settings<DelayRelaySettings>();
const relay = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
  // On this machine the client is connected at once; from afar it would be so one round trip later.
  const connectedAt = performance.now() + roundTripMs;
  const far = connect({ host: '127.0.0.1', port, noDelay: true, allowHalfOpen: true });
  // The server greets when the handshake has ended there, which is half a round trip later than here.
  new DelayLine(far, near, roundTripMs / 2, connectedAt + roundTripMs / 2);
  new DelayLine(near, far, roundTripMs / 2, connectedAt);
});
announce({ port: await listenOnLoopback(relay, 1024) });
