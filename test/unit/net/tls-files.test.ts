import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import * as tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  readAuthorities,
  readIdentity,
  systemAuthorities,
  TlsSetupError,
} from '../../../src/net/tls-files.ts';
import { type Certificate, CertificateAuthority } from '../../support/certificates.ts';
import { describeWith } from '../../support/system-packages.ts';

describeWith(['openssl'], 'Files for TLS', () => {
  let authority: CertificateAuthority;
  let own: Certificate;
  let other: Certificate;

  beforeAll(async () => {
    authority = await CertificateAuthority.create();
    own = await authority.issue();
    other = await authority.issue();
  });

  afterAll(() => authority.remove());

  function file(name: string, text: string): string {
    const path = authority.path(name);
    writeFileSync(path, text);
    return path;
  }

  function directory(name: string, files: Readonly<Record<string, string>>): string {
    const path = authority.path(name);
    mkdirSync(path);
    for (const [entry, text] of Object.entries(files)) writeFileSync(`${path}/${entry}`, text);
    return path;
  }

  describe('readAuthorities', () => {
    it('gives nothing where nothing is named', () => {
      expect(readAuthorities(undefined, undefined)).toBeUndefined();
    });

    it('takes every certificate of a file, whatever stands between them', () => {
      const bundle = file('bundle.pem', `# First\n${own.cert}\nSecond\n${other.cert}`);
      expect(readAuthorities(bundle, undefined)).toEqual([own.cert, other.cert]);
    });

    it("reads OpenSSL's form for trusted certificates", () => {
      const trusted = execFileSync('openssl', [
        'x509',
        '-trustout',
        '-addtrust',
        'serverAuth',
        '-in',
        own.certFile,
      ]);
      const path = file('trusted.pem', trusted.toString());
      expect(readAuthorities(path, undefined)).toEqual([own.cert]);
    });

    it('takes from a directory what is named like a certificate, and each certificate once', () => {
      const path = directory('several', {
        'own.pem': own.cert,
        'other.crt': other.cert,
        '0a1b2c3d.0': own.cert,
        'key.pem': own.key,
        'notes.txt': 'no certificate',
        'broken.txt': '-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n',
      });
      symlinkSync('/nowhere', `${path}/gone.pem`);

      const found = readAuthorities(own.certFile, path);

      expect(found).toHaveLength(2);
      expect(new Set(found)).toEqual(new Set([own.cert, other.cert]));
    });

    it.each([
      [
        'a file that is missing',
        () => '/nowhere/ca.pem',
        "ENOENT: no such file or directory, open '/nowhere/ca.pem'",
      ],
      ['a file without a certificate', () => own.keyFile, 'no PEM certificate in it'],
      [
        'a certificate that cannot be read',
        () => file('broken.pem', `${own.cert}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`),
        'cannot read certificate 2 in it',
      ],
    ])('names directive and file for %s', (_, make, why) => {
      const path = make();
      expect(() => readAuthorities(path, undefined)).toThrow(new TlsSetupError('tls_ca_file', path, why));
    });

    it.each([
      ['is missing', () => '/nowhere', "ENOENT: no such file or directory, scandir '/nowhere'"],
      ['holds no certificate', () => directory('empty', { 'key.pem': own.key }), 'no PEM certificate in it'],
    ])('names directive and directory when it %s', (_, make, why) => {
      const path = make();
      expect(() => readAuthorities(undefined, path)).toThrow(new TlsSetupError('tls_ca_path', path, why));
    });
  });

  describe('readIdentity', () => {
    it('reads certificate and key from two files or from one', () => {
      const both = file('both.pem', own.key + own.cert);
      expect(readIdentity(own.certFile, own.keyFile)).toEqual({ cert: own.cert, key: own.key });
      expect(readIdentity(both, undefined)).toEqual({ cert: own.cert, key: own.key + own.cert });
    });

    it('keeps the certificates that stand behind its own', () => {
      const chain = file('chain.pem', own.cert + other.cert);
      expect(readIdentity(chain, own.keyFile).cert).toBe(own.cert + other.cert);
    });

    it.each([
      ['a certificate that is missing', () => ['/nowhere', own.keyFile], 'tls_cert_file /nowhere: ENOENT'],
      ['a key that is missing', () => [own.certFile, '/nowhere'], 'tls_key_file /nowhere: ENOENT'],
      ['no certificate', () => [own.keyFile, own.keyFile], 'tls_cert_file FILE: no PEM certificate in it'],
      [
        'no key',
        () => [own.certFile, own.certFile],
        'tls_key_file FILE: no PEM private key in it that can be read',
      ],
      ['a certificate without its key', () => [own.certFile], 'tls_cert_file FILE: no PEM private key in it'],
      [
        'the key of another',
        () => [own.certFile, other.keyFile],
        'tls_key_file FILE: it is not the key of tls_cert_file FILE',
      ],
      [
        'a key under a passphrase',
        () => [
          own.certFile,
          file(
            'pkcs8.key',
            execFileSync('openssl', ['pkcs8', '-topk8', '-passout', 'pass:x', '-in', own.keyFile]).toString(),
          ),
        ],
        'tls_key_file FILE: the private key is encrypted: expected one without a passphrase',
      ],
    ])('names directive and file for %s', (_, make, message) => {
      const [certFile = '', keyFile] = make();
      const pattern = message.replaceAll('FILE', `${authority.path('')}[^ ]*`);
      expect(() => readIdentity(certFile, keyFile)).toThrow(new RegExp(`^Cannot use ${pattern}`));
    });
  });
});

describe('systemAuthorities', () => {
  it('holds what the library finds on this machine, each certificate once', () => {
    const found = new Set(tls.getCACertificates('system'));
    expect(systemAuthorities()).toEqual(found.size === 0 ? undefined : [...found]);
  });
});
