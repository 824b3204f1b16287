import type { ConnectionOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { clientIdentityOf } from '../../../src/net/client-identity.ts';
import { TlsServer, type TlsServerSettings } from '../../../src/net/tls-server.ts';
import { type Certificate, CertificateAuthority } from '../../support/certificates.ts';
import { describeWith } from '../../support/system-packages.ts';
import { connectSecured, recorded, TlsService } from './tls-service.ts';

const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;
const DAY_MS = 86_400_000;

describeWith(['openssl'], 'TlsServer that asks for certificates', () => {
  let authority: CertificateAuthority;
  let certificate: Certificate;
  let settings: TlsServerSettings;
  /** What clients present. */
  let shown: Readonly<Record<'good' | 'server' | 'stranger' | 'expired' | 'none', ConnectionOptions>>;

  beforeAll(async () => {
    authority = await CertificateAuthority.create();
    certificate = await authority.issue();
    settings = {
      identities: [certificate],
      minVersion: '1.2',
      ciphers: undefined,
      clientCertificates: 'require',
      clientCaFile: authority.certFile,
      clientCaPath: undefined,
    };
    shown = {
      good: await authority.issue({ names: 'DNS:alice', purpose: 'clientAuth' }),
      server: certificate,
      stranger: await authority.issueSelfSigned(),
      expired: await authority.issue({ names: 'DNS:alice', purpose: 'clientAuth', days: -1 }),
      none: {},
    };
  });

  afterAll(() => authority.remove());
  afterEach(() => void vi.useRealTimers());

  function serve(changes: Partial<TlsServerSettings> = {}): Promise<TlsService> {
    return TlsService.start(new TlsServer({ ...settings, ...changes }));
  }

  function optionsOf(service: TlsService, who: keyof typeof shown, session?: Buffer): ConnectionOptions {
    const { cert, key } = shown[who];
    const identity = cert === undefined || key === undefined ? {} : { cert, key };
    const resumed = session === undefined ? {} : { session };
    return { port: service.port, ca: certificate.cert, rejectUnauthorized: false, ...identity, ...resumed };
  }

  it.each(VERSIONS)(
    'lets in one whose certificate its authority has issued, and names it (%s)',
    async (maxVersion) => {
      const service = await serve();
      const client = await connectSecured({ ...optionsOf(service, 'good'), maxVersion });
      const { secured } = await service.outcome();

      const own = client.getX509Certificate();
      expect(secured && clientIdentityOf(secured)).toEqual({
        subject: own?.subject,
        fingerprint: own?.fingerprint256,
      });
      expect(own?.subject).toMatch(/^CN=certificate-\d+$/);
    },
  );

  it.each(
    VERSIONS.flatMap((version) => [
      [version, 'none', /: it has no certificate, which is required$/] as const,
      [version, 'stranger', /: its certificate is not accepted \(DEPTH_ZERO_SELF_SIGNED_CERT\)$/] as const,
      [version, 'expired', /: its certificate is not accepted \(CERT_HAS_EXPIRED\)$/] as const,
      [version, 'server', /: its certificate is not accepted \(INVALID_PURPOSE\)$/] as const,
    ]),
  )('keeps out (%s) one with the certificate "%s"', async (maxVersion, who, reason) => {
    const service = await serve();
    // With TLS 1.3 a client is done before the server is, and hears of the refusal later.
    const [, failure] = await Promise.allSettled([
      connectSecured({ ...optionsOf(service, who), maxVersion }),
      service.failure(),
    ]);
    expect(failure).toMatchObject({ value: expect.stringMatching(reason) });
    expect((await service.outcome()).accepted.destroyed).toBe(true);
  });

  it.each([
    ['good', true],
    ['none', false],
    ['stranger', false],
    ['expired', false],
  ] as const)('lets in one with the certificate "%s" where none is required', async (who, isKnown) => {
    const service = await serve({ clientCertificates: 'request' });
    await connectSecured(optionsOf(service, who));
    const { secured } = await service.outcome();
    expect(secured !== undefined && clientIdentityOf(secured) !== undefined).toBe(isKnown);
  });

  it('knows nobody where none is asked for', async () => {
    const service = await serve({ clientCertificates: 'off', clientCaFile: undefined });
    await connectSecured(optionsOf(service, 'good'));
    const { secured } = await service.outcome();
    expect(secured && clientIdentityOf(secured)).toBeUndefined();
  });

  /** A session with `service`, begun by the client number `index`. */
  async function begin(
    service: TlsService,
    index: number,
    maxVersion: (typeof VERSIONS)[number],
  ): Promise<Buffer> {
    const client = await connectSecured({ ...optionsOf(service, 'good'), maxVersion });
    const { promise, resolve } = Promise.withResolvers<Buffer>();
    client.on('session', resolve);
    const held = client.getSession();
    if (maxVersion === 'TLSv1.2' && held !== undefined) resolve(held);
    const server = await service.secured(index);
    // Tickets of TLS 1.3 come with the first octets.
    const peer = recorded(client);
    await server.send('* OK\r\n');
    await peer.takeLine();
    return promise;
  }

  it.each(VERSIONS)('knows a client again that resumes its session (%s)', async (maxVersion) => {
    const service = await serve();
    const session = await begin(service, 0, maxVersion);

    const client = await connectSecured({ ...optionsOf(service, 'none', session), maxVersion });

    expect(client.isSessionReused()).toBe(true);
    const { secured } = await service.outcome(1);
    expect(secured && clientIdentityOf(secured)?.subject).toMatch(/^CN=certificate-/);
  });

  it.each(VERSIONS)(
    'keeps out one whose certificate has expired since its session began (%s)',
    async (maxVersion) => {
      const service = await serve();
      const session = await begin(service, 0, maxVersion);
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3 * DAY_MS });

      await connectSecured({ ...optionsOf(service, 'none', session), maxVersion });

      expect(await service.failure(1)).toMatch(/: its certificate has expired since the session began$/);
    },
  );

  it.each(VERSIONS)('resumes no session that another one has begun (%s)', async (maxVersion) => {
    const session = await begin(await serve(), 0, maxVersion);
    const service = await serve();

    const client = await connectSecured({ ...optionsOf(service, 'good', session), maxVersion });

    expect(client.isSessionReused()).toBe(false);
  });

  it.each(VERSIONS)('resumes sessions under each of its names (%s)', async (maxVersion) => {
    const other = await authority.issue({ names: 'DNS:other.example.org' });
    const service = await serve({ identities: [certificate, other] });
    const servername = 'other.example.org';
    const first = await connectSecured({ ...optionsOf(service, 'good'), maxVersion, servername });
    const { promise, resolve } = Promise.withResolvers<Buffer>();
    first.on('session', resolve);
    if (maxVersion === 'TLSv1.2') resolve(first.getSession() ?? Buffer.alloc(0));
    await (await service.secured()).send('* OK\r\n');
    first.resume();

    const options = { ...optionsOf(service, 'none', await promise), maxVersion, servername };
    const second = await connectSecured(options);

    expect(second.isSessionReused()).toBe(true);
    const { secured } = await service.outcome(1);
    expect(secured && clientIdentityOf(secured)).toBeDefined();
  });

  it.each(['request', 'require'] as const)('is not made to %s them of no authority', (clientCertificates) => {
    expect(() => new TlsServer({ ...settings, clientCertificates, clientCaFile: undefined })).toThrow(
      /^Cannot use client certificates re\w+: nobody is named who issues them$/,
    );
  });
});

describeWith(['openssl'], 'TlsServer', () => {
  it.each<[string, Partial<TlsServerSettings>, RegExp]>([
    [
      'a certificate that is not there',
      { identities: [{ certFile: '/nowhere', keyFile: undefined }] },
      /\/nowhere: ENOENT/,
    ],
    ['an unknown cipher', { ciphers: 'NONSENSE' }, / NONSENSE: no cipher match$/],
    [
      'an authority that is not there',
      { clientCertificates: 'request', clientCaFile: '/nowhere' },
      /\/nowhere: ENOENT/,
    ],
  ])('is not made with %s', async (_, changes, message) => {
    using authority = await CertificateAuthority.create();
    const settings: TlsServerSettings = {
      identities: [await authority.issue()],
      minVersion: '1.2',
      ciphers: undefined,
      clientCertificates: 'off',
      clientCaFile: undefined,
      clientCaPath: undefined,
    };
    expect(() => new TlsServer({ ...settings, ...changes })).toThrow(message);
  });
});
