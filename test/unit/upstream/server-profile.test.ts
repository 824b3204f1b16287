import { describe, expect, it } from 'vitest';
import { parseCapabilities } from '../../../src/protocol/capability.ts';
import { type OfferedProfile, ServerProfile } from '../../../src/upstream/server-profile.ts';

const OFFERED = 'IMAP4rev1 SASL-IR LOGIN-REFERRALS ID STARTTLS LOGINDISABLED AUTH=PLAIN AUTH=XOAUTH2 IDLE';

function learned(words = OFFERED): ServerProfile {
  const profile = new ServerProfile();
  profile.learn(parseCapabilities(words), 'Ready');
  return profile;
}

function wordsOf({ capabilityLine, greeting }: OfferedProfile): readonly string[] {
  expect(greeting.toString('latin1')).toMatch(
    new RegExp(`^\\* OK \\[CAPABILITY ${capabilityLine}\\] [^\r\n]+\r\n$`),
  );
  return capabilityLine.split(' ');
}

describe('ServerProfile', () => {
  it('shows a client that may log in the ways to do so, and says nothing of TLS with the server', () => {
    const words = wordsOf(learned().offer({ startTls: false, login: true }));
    expect(words).toEqual(['IMAP4rev1', 'SASL-IR', 'ID', 'AUTH=PLAIN', 'AUTH=XOAUTH2', 'IDLE']);
  });

  it('shows a client that can begin TLS STARTTLS besides', () => {
    const words = wordsOf(learned().offer({ startTls: true, login: true }));
    expect(words).toEqual(['IMAP4rev1', 'SASL-IR', 'ID', 'AUTH=PLAIN', 'AUTH=XOAUTH2', 'IDLE', 'STARTTLS']);
  });

  it('shows a client that may not log in no way to do so, in whatever letters', () => {
    const profile = learned('IMAP4rev1 sasl-ir ID auth=plain Auth=XOauth2 IDLE');
    const words = wordsOf(profile.offer({ startTls: true, login: false }));
    expect(words).toEqual(['IMAP4rev1', 'ID', 'IDLE', 'STARTTLS', 'LOGINDISABLED']);
  });

  it.each([true, false])('offers the same before the server has answered (login: %s)', (login) => {
    const words = wordsOf(new ServerProfile().offer({ startTls: true, login }));
    expect(words.includes('LOGINDISABLED')).toBe(!login);
    expect(words.some((word) => word.startsWith('AUTH=') || word === 'SASL-IR')).toBe(login);
    expect(words).toContain('STARTTLS');
  });

  it('composes each kind of greeting once, and anew when the server says something new', () => {
    const profile = learned();
    const offer = { startTls: true, login: false };
    const before = profile.offer(offer);
    expect(profile.offer({ ...offer })).toBe(before);

    expect(profile.learn(parseCapabilities(OFFERED), 'Ready')).toBe(false);
    expect(profile.offer(offer)).toBe(before);
    expect(profile.learn(parseCapabilities('IMAP4rev1'), 'Ready')).toBe(true);
    expect(profile.offer(offer).capabilityLine).toBe('IMAP4rev1 STARTTLS LOGINDISABLED');
  });

  it('shows its own words beside those of the server', () => {
    const profile = new ServerProfile(['XIMAPPROXY']);
    profile.learn(['IMAP4rev1'], 'Ready');
    expect(profile.offer({ startTls: false, login: false }).capabilityLine).toBe(
      'IMAP4rev1 XIMAPPROXY LOGINDISABLED',
    );
  });
});
