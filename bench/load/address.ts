import { readFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** Where a client connects to, on the loopback. */
export interface Address {
  readonly port: number;
  /** TLS from the first octet, with a certificate of the authority in this PEM file; absent for clear text. */
  readonly caFile?: string;
}

const READ_OCTETS = 256 * 1024;

/** All connections of a thread read into it in turn, so that reading makes no garbage. */
const readBuffer = Buffer.allocUnsafeSlow(READ_OCTETS);

const authorities = new Map<string, Buffer>();

/** A socket that is still connecting. What `onData` is given is valid during the call alone. */
export function connectTo({ port, caFile }: Address, onData: (chunk: Buffer) => void): Socket {
  if (caFile !== undefined) {
    const socket = connectTls({ host: '127.0.0.1', port, ca: readAuthority(caFile) });
    return socket.on('data', onData).setNoDelay(true);
  }
  const callback = (octets: number): boolean => {
    onData(readBuffer.subarray(0, octets));
    return true;
  };
  const socket = connectTcp({ host: '127.0.0.1', port, onread: { buffer: readBuffer, callback } });
  return socket.setNoDelay(true);
}

function readAuthority(file: string): Buffer {
  const known = authorities.get(file);
  if (known !== undefined) return known;
  const pem = readFileSync(file);
  authorities.set(file, pem);
  return pem;
}
