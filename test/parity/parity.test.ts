import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DIRECTIVES } from '../../src/config/directives.ts';
import { isPrivileged } from '../support/dovecot-config.ts';
import { describeWith } from '../support/system-packages.ts';
import { Cast } from './support/cast.ts';
import { comparedDirectives, listedDifferences, readTranscripts } from './support/library.ts';
import { expectedOf, perform } from './support/performance.ts';
import { Stage } from './support/stage.ts';
import { SIDES, type Side, type Transcript } from './support/transcript.ts';

const transcripts = readTranscripts();
const listed = listedDifferences();

function compareDaemons(): void {
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.open(transcripts.length);
  });

  afterAll(async () => {
    await stage[Symbol.asyncDispose]();
  });

  async function performOn(side: Side, index: number, transcript: Transcript): Promise<string> {
    const cast = new Cast(index, side);
    await stage.deliver(transcript, cast.alice);
    return stage.withDaemon(transcript, side, (daemon) => perform(transcript, side, daemon, cast));
  }

  it.concurrent.each([...transcripts.entries()].map(([index, transcript]) => ({ index, ...transcript })))(
    '$name: $title',
    async ({ index, ...transcript }) => {
      const [classic, ours] = await Promise.all(SIDES.map((side) => performOn(side, index, transcript)));

      expect(ours, 'ours').toBe(expectedOf(transcript, 'ours'));
      expect(classic, 'the classic daemon').toBe(expectedOf(transcript, 'classic'));
      expect(listed.has(transcript.name), 'listed in docs/migrating.md').toBe(classic !== ours);
    },
  );
}

describe('docs/migrating.md', () => {
  it('names transcripts that there are', () => {
    const names = new Set(transcripts.map(({ name }) => name));
    expect([...listed].filter((name) => !names.has(name))).toEqual([]);
  });

  it('compares every directive of the classic daemon that is in force', () => {
    const classic = Object.values(DIRECTIVES).filter(({ since }) => since === 'classic');
    const compared = new Set(comparedDirectives());
    const missing = classic.filter(({ name }) => !compared.has(name));
    expect(missing.map(({ name }) => name)).toEqual([]);
    expect([...compared].filter((name) => !classic.some((directive) => directive.name === name))).toEqual([]);
  });
});

if (isPrivileged) describeWith(['dovecot-imapd', 'imapproxy'], 'The classic daemon and ours', compareDaemons);
else
  describe.skip(
    'The classic daemon and ours: SKIPPED, only root can start the classic daemon',
    compareDaemons,
  );
