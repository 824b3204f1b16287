import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../../support/system-packages.ts';
import { SILENCE } from './support/connection.ts';
import { readAfterword, readScripts } from './support/library.ts';
import { Stage, type StagedProxy } from './support/stage.ts';
import { tryOut } from './support/trial.ts';

/** What the sessions before a script leave behind in the proxy; first of all nothing. */
const BEFORE = [{ name: 'cold', title: 'Nobody has been there before.', text: '' }, ...readScripts('before')];

const LANES = 4;

describeWith(['dovecot-imapd'], 'What clients read through the proxy', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.open(LANES);
  });

  afterAll(async () => {
    await stage[Symbol.asyncDispose]();
  });

  it.each(readScripts('scripts'))('$name: $title', async ({ text }) => {
    const waiting = [...BEFORE];
    const playAll = async (proxy: StagedProxy): Promise<void> => {
      for (let before = waiting.shift(); before !== undefined; before = waiting.shift()) {
        const { difference, direct } = await tryOut(stage, proxy, [before.text, text, readAfterword()]);
        expect(difference, `after ${before.name}`).toBe(undefined);
        expect(direct.connections.flatMap(({ responses }) => responses)).not.toContain(SILENCE);
      }
    };

    await Promise.all(stage.proxies.map(playAll));
  });

  it('came from connections that had been used before, wherever there were any', () => {
    const plays = readScripts('scripts').length * (BEFORE.length - 1);

    expect(stage.proxies.reduce((sum, { reused }) => sum + reused, 0)).toBeGreaterThan(plays);
  });
});
