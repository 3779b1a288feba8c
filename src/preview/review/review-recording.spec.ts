import { gunzipSync } from 'node:zlib';
import { RecordedPart } from '../../runtime/court-runtime';
import { group, recordedPart } from './recorded.fixture';
import { ReviewRecording } from './review-recording';

const STARTED = Date.parse('2026-03-01T10:00:00Z');

/** What a runtime would give from a position on. */
function since(whole: readonly RecordedPart[], { position }: ReviewRecording, upTo = Infinity): RecordedPart[] {
  return whole
    .filter(({ part }) => part >= position.part)
    .map((one) => {
      const first = one.part === position.part ? position.fragment : 0;
      return { ...one, first, fragments: one.fragments.slice(first, upTo) };
    });
}

const text = (recording: ReviewRecording): string => recording.playlist().text.toString();

describe('ReviewRecording', () => {
  const match = [
    recordedPart(1, 100, [...group(2), ...group(2, 4), ...group(2)]),
    recordedPart(2, 110, [...group(2), ...group(2)]),
  ];

  it('says the same whether it grew fragment by fragment or was read at once', () => {
    const grown = new ReviewRecording(STARTED);
    let before = '';
    for (let end = 1; end <= 6; end++) {
      grown.grow(since(match.slice(0, 1), grown, end));
      if (grown.parts.size === 0) continue;
      const body = text(grown).replace(/^(#EXTM3U|#EXT-X-VERSION).*\n/gm, '');
      expect(body.startsWith(before)).toBe(true);
      before = body;
    }
    grown.grow(since(match, grown));
    grown.finish();
    const read = new ReviewRecording(STARTED);
    read.grow(match);
    read.finish();
    expect(text(grown)).toBe(text(read));
    expect(grown.parts).toEqual(read.parts);
    expect(text(read).match(/review\/\d\/\w+\.mp4$/gm)).toEqual([
      ...['review/1/media.mp4', 'review/1/media.mp4', 'review/1/gap.mp4', 'review/1/gap.mp4', 'review/1/media.mp4'],
      ...['review/2/media.mp4', 'review/2/media.mp4'],
    ]);
    expect(text(read)).toContain(
      '#EXT-X-PROGRAM-DATE-TIME:2026-03-01T10:00:10.000Z\n#EXTINF:2,\n#EXT-X-BYTERANGE:2000@10000\nreview/2',
    );
  });

  it('offers only what is listed, and says when nothing more comes', () => {
    const recording = new ReviewRecording(STARTED);
    recording.grow(since(match, recording, 2));
    recording.grow([]);
    expect(recording.parts.get(2)).toBeUndefined();
    const one = new ReviewRecording(STARTED);
    one.grow(since(match.slice(0, 1), one, 2));
    expect(one.parts.size).toBe(0);
    one.grow(since(match.slice(0, 1), one));
    expect(one.parts.get(1)).toMatchObject({ number: 1, end: 14_000, stretched: [{ at: 13_088, duration: 3600 }] });
    expect(text(one)).not.toContain('ENDLIST');
    one.finish();
    expect(one.parts.get(1)?.end).toBe(16_000);
    expect(text(one)).toContain('ENDLIST');
  });

  it('keeps its target duration, whatever the camera does later', () => {
    const recording = new ReviewRecording(STARTED);
    const slower = recordedPart(1, 0, [...group(1), ...group(4), ...group(6), ...group(1)]);
    // The second group is under way: it counts as far as it is known.
    recording.grow([{ ...slower, fragments: slower.fragments.slice(0, 4) }]);
    expect(text(recording)).toContain('TARGETDURATION:3\n');
    recording.grow(since([slower], recording));
    recording.finish();
    expect(text(recording)).toContain('TARGETDURATION:3\n');
    expect(text(recording)).toContain('#EXTINF:6,\n');
    const later = new ReviewRecording(STARTED, 3);
    later.grow([slower]);
    later.finish();
    expect(text(later)).toBe(text(recording));
    const first = new ReviewRecording(STARTED);
    first.grow([slower]);
    expect(text(first)).toContain('TARGETDURATION:6\n');
  });

  it('makes text, tag and gzip once a change', async () => {
    const recording = new ReviewRecording(STARTED);
    recording.grow(since(match, recording, 5));
    const playlist = recording.playlist();
    expect(recording.playlist()).toBe(playlist);
    recording.grow(since(match.slice(0, 1), recording, 6));
    expect(recording.playlist()).toBe(playlist);
    const [once, again] = [playlist.gzipped(), playlist.gzipped()];
    expect(once).toBe(again);
    expect(gunzipSync(await once)).toEqual(playlist.text);
    expect(playlist.etag).toMatch(/^W\/"\d+-\d+-2"$/);
    recording.finish();
    expect(recording.playlist().etag).not.toBe(playlist.etag);
  });
});
