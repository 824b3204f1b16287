/**
 * Plays transcripts to both daemons and writes down what they answer, in place of the answers that stand there.
 * Look at the difference before you keep it: `node test/parity/record.ts [FOLDER/NAME | FOLDER]...`
 *
 * `(anything)` has to be put back by hand: `isolation/fetch-cut` has it.
 */
import { writeFileSync } from 'node:fs';
import { Cast } from './support/cast.ts';
import { fileOf, readTranscripts } from './support/library.ts';
import { formatRecorded, type Recording, record } from './support/recording.ts';
import { Stage } from './support/stage.ts';
import type { Side, Transcript } from './support/transcript.ts';

const AT_A_TIME = 12;

const wanted = process.argv.slice(2);
const transcripts = readTranscripts().filter(
  ({ name }) => wanted.length === 0 || wanted.some((word) => name === word || name.startsWith(`${word}/`)),
);
const remaining = [...transcripts.entries()];

await using stage = await Stage.open(transcripts.length);
await Promise.all(
  Array.from({ length: AT_A_TIME }, async () => {
    for (let next = remaining.shift(); next !== undefined; next = remaining.shift()) {
      await rewrite(...next);
    }
  }),
);

async function rewrite(index: number, transcript: Transcript): Promise<void> {
  const [classic, ours] = await Promise.all([
    recordSide(index, transcript, 'classic'),
    recordSide(index, transcript, 'ours'),
  ]);
  writeFileSync(fileOf(transcript), formatRecorded(transcript, { classic, ours }));
  process.stdout.write(`${transcript.name}\n`);
}

async function recordSide(index: number, transcript: Transcript, side: Side): Promise<Recording> {
  const cast = new Cast(index, side);
  await stage.deliver(transcript, cast.alice);
  return stage.withDaemon(transcript, side, (daemon) => record(transcript, daemon, cast));
}
