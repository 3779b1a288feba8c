import type { CourtStatus, GapFacts, RecordingFacts } from '../../runtime/court-runtime';
import type { CourtNews, RecordingNews } from './live-protocol';

type StateNews = Extract<CourtNews, { type: 'state' }>;

/** How a court does now, in the protocol's words. */
export function stateNews({ state, since, recording, error }: CourtStatus): StateNews {
  return {
    type: 'state',
    state,
    since,
    recording: recording && recordingNews(recording),
    error: error && { code: error.code, detail: error.message },
  };
}

/** Two states are the same where only time has passed. */
export function sameState(a: StateNews, b: StateNews): boolean {
  return JSON.stringify(timeless(a)) === JSON.stringify(timeless(b));
}

export function gapNews({ startSeconds, endSeconds, reason }: GapFacts): CourtNews {
  return { type: 'gap', start_seconds: seconds(startSeconds), end_seconds: seconds(endSeconds), reason };
}

function recordingNews({ phase, startedAt, plannedEndAt, durationSeconds, gaps }: RecordingFacts): RecordingNews {
  return {
    status: phase,
    started_at: startedAt === null ? null : new Date(startedAt).toISOString(),
    planned_end_at: new Date(plannedEndAt).toISOString(),
    duration_seconds: seconds(durationSeconds),
    gaps: gaps.length,
  };
}

function timeless(news: StateNews): StateNews {
  return { ...news, recording: news.recording && { ...news.recording, duration_seconds: 0 } };
}

function seconds(value: number): number {
  return Math.round(value * 1000) / 1000;
}
