import { randomUUID } from 'node:crypto';
import { statfsSync } from 'node:fs';
import { Figure, Finding } from '../figure';
import { Lab } from '../lab';
import type { LongRecordingFacts } from '../long-recording';
import { median, p95 } from '../stats';
import { COURT_CLIP } from './rtsp-cost';

const MATCH_SECONDS = 90 * 60;
/** The clip's bit rate, with a margin. */
const MATCH_BYTES = (MATCH_SECONDS * COURT_CLIP.bitrate * 1.1) / 8;
/** What finishing may write besides: tables in the reserve, the note of the stop. */
const NO_COPY_BYTES = 1024 * 1024;

async function record(lab: Lab, seconds: number): Promise<LongRecordingFacts> {
  const room = lab.room();
  const host = await lab.host(room);
  const facts = await host.call('recordAtDiskSpeed', { sessionId: randomUUID(), seconds, clip: COURT_CLIP });
  if (facts.phase !== 'ready') throw new Error(`a recording ended as ${facts.phase}: ${facts.error}`);
  if (Math.abs(facts.durationSeconds - seconds) > 0.1)
    throw new Error(`${facts.durationSeconds} s instead of ${seconds} s`);
  await lab.end(host);
  lab.clear(room);
  const { stopMs, sizeBytes, sameFile, extraBytes } = facts;
  lab.say(
    `${seconds} s, ${(sizeBytes / 1e9).toFixed(2)} GB: ready after ${stopMs.toFixed(0)} ms, ` +
      `${(extraBytes / 1024).toFixed(0)} KiB more on disk, ${sameFile ? 'same file' : 'ANOTHER FILE'}`,
  );
  return facts;
}

function figures(what: string, facts: readonly LongRecordingFacts[]): Figure[] {
  const times = facts.map(({ stopMs }) => stopMs);
  const most = Math.max(...times);
  const extra = Math.max(...facts.map(({ extraBytes }) => extraBytes));
  const chapters = facts.flatMap(({ chapterMs }) => chapterMs);
  const same = facts.every(({ sameFile }) => sameFile);
  return [
    {
      what: `Stop → file ready, ${what}, ${times.length} ×`,
      unit: 'ms',
      digits: 0,
      ours: { median: median(times), p95: p95(times) },
      target: { text: `each ≤ 300 ms (most ${most.toFixed(0)})`, met: most <= 300 },
    },
    {
      what: `More on disk while it is finished, ${what}`,
      unit: 'KiB',
      digits: 0,
      ours: { median: extra / 1024 },
      target: { text: 'no second copy, the same file', met: same && extra <= NO_COPY_BYTES },
    },
    {
      what: `255 chapters written into the finished file, ${what}`,
      unit: 'ms',
      digits: 0,
      ours: { median: median(chapters), p95: p95(chapters) },
      target: { text: 'each ≤ 300 ms', met: Math.max(...chapters) <= 300 },
    },
  ];
}

/** Finishing a file: whatever its length, at once and without a copy. */
export async function stops(lab: Lab): Promise<Finding> {
  const { quick } = lab.options;
  const minute: LongRecordingFacts[] = [];
  for (let i = 0; i < (quick ? 2 : 5); i++) minute.push(await record(lab, 60));
  const found = figures('1 minute', minute);
  const notes: string[] = [];
  const room = lab.room();
  const { bavail, bsize } = statfsSync(room);
  if (bavail * bsize > MATCH_BYTES * 1.5) {
    const match: LongRecordingFacts[] = [];
    for (let i = 0; i < (quick ? 1 : 3); i++) match.push(await record(lab, MATCH_SECONDS));
    const gigabytes = ((match[0] as LongRecordingFacts).sizeBytes / 1e9).toFixed(1);
    found.push(...figures(`90 minutes, ${gigabytes} GB`, match));
  } else {
    notes.push('The 90-minute recording was left out: the disk has no room for it.');
  }
  return {
    title: 'Stop, whatever the length',
    method:
      'A recorder as in life (journal, note of the stop, finaliser, its check by ffprobe and FFmpeg, publishing) fed with 1080p25, ' +
      '4 Mbit/s as fast as the disk takes it, the last 3 s at the camera’s pace, everything before made durable as it would be. ' +
      'Disk: allocated blocks of the videos’ folder, names of one file counted once, looked at every 10 ms until the file is ready; ' +
      'and the finished video must be the inode that was recorded.',
    figures: found,
    notes,
  };
}
