/** Watching courts in a browser: live, as tiles, and back into a recording. No framework; see docs/player.md. */
export type { AngledPlayer, AngleFilm, AngleLack, AngleStart } from './angled-player';
export { nextOf } from './angle-sync';
export { CourtPlayer, type CourtPhase, type CourtPlayerOptions, type CourtView, type CourtWay } from './court-player';
export { FilePlayer, fileUrl, type FileOptions } from './file-player';
export { JpegPlayer } from './jpeg-player';
export { LatencyMeter, type Latency } from './latency-meter';
export { LiveConnection, SignedOutError, type ConnectionState, type StreamEvent } from './live-connection';
export { MsePlayer } from './mse-player';
export type {
  AutoStopMessage,
  GapMessage,
  LiveMarker,
  MarkerKind,
  MarkerMessage,
  Problem,
  RecordingState,
  StateMessage,
  StreamMode,
} from './protocol';
export type { RecordingPlayer } from './recording-player';
export { ReviewPlayer, reviewUrl } from './review-player';
export { TileWall, type Tile } from './tile-wall';
