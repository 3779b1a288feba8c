import { JpegTables } from './jpeg-packets';

/** How a camera writes its `a=control` attributes (RFC 2326 appendix C.1.1). */
export type ControlForm =
  /** `*` and `trackID=1`, with a Content-Base. */
  | 'relative'
  /** As above, without Content-Base: the request's URL is the base. */
  | 'no-content-base'
  /** Full URLs. */
  | 'absolute'
  /** The session's control URL is another one than the stream's, and PLAY must go there. */
  | 'aggregate'
  /** No attribute at all: the stream is set up under its own URL. */
  | 'missing';

/** What the SDP announces. Only what the clip is coded in is really sent, and the sound that the camera was given. */
export type Announced =
  | ('h264' | 'h264+audio' | 'audio+h264' | 'h265' | 'jpeg' | 'mpeg4' | 'aac')
  | ('h264+aac' | 'h264+pcma' | 'h264+pcmu' | 'h264+opus');

/** Everything about an RTSP camera that may be changed while it runs. */
export interface RtspBehaviour {
  controls: ControlForm;
  announced: Announced;
  /** Last hand on the SDP text. */
  editSdp: (sdp: string) => string;
  /** Where parameter sets are: `sprop-parameter-sets`, in band before every keyframe, or both. */
  parameterSets: 'both' | 'sdp' | 'band';
  /** Announce and send a picture of this many pixels a side (only the parameter set says so). */
  claimedSize: number | null;
  /** First picture for a client: the next keyframe, the last whole GOP at once and then live, or whatever comes next. */
  start: 'keyframe' | 'gop' | 'now';
  /** How motion JPEG's quantiser tables are sent, and whether its size stands in the SDP instead of the packets. */
  jpegTables: JpegTables;
  jpegSize: 'packets' | 'x-dimensions' | 'framesize' | 'nowhere';
  /** Aggregation packet for parameter sets. */
  stapA: boolean;
  /** Largest RTP payload. */
  maxPayload: number;
  /** Channel numbers of the camera's own choice instead of the client's. */
  firstChannel: number | null;
  /** `RTP-Info` in the answer to PLAY. */
  rtpInfo: boolean;
  /** Pictures go out before the answer to PLAY. */
  mediaBeforeAnswer: boolean;
  /** Sends nothing after PLAY was answered. */
  silentAfterPlay: boolean;
  /** 401 whatever comes. */
  alwaysUnauthorized: boolean;
  /** DESCRIBE is answered 302 to this URL. */
  redirectTo: string | null;
  /** Methods that are answered with this status instead of being obeyed. */
  status: Readonly<Record<string, number>>;
  /** Methods that get no answer. */
  unanswered: readonly string[];
  /** Milliseconds before each answer. */
  answerDelayMs: number;
  /** Interleaved data, on channels in use or not, before each answer. */
  chatter: boolean;
  /** Every n-th RTP packet is lost; 0: none. */
  loseEvery: number;
  /** Seconds in the Session header; a silent client is cut off after them. 0: no time-out and none announced. */
  sessionTimeout: number;
  /** What counts as a sign of life: any request or RTCP, or requests only. */
  aliveBy: 'any' | 'requests';
  /** What SETUP of the sound is answered: a status, or by the end of the connection. */
  soundSetup: number | 'close';
  /** Milliseconds between RTCP sender reports; 0: none. */
  senderReportMs: number;
  /** Milliseconds from a client's first picture to the first report. */
  firstReportMs: number;
  /** Whether a report stands before the picture that it is about, or behind it. */
  reportPlace: 'before' | 'behind';
  /** By how much the camera's wall clock, which the reports tell, is ahead of the machine's, in milliseconds; another value is a step. */
  clockAheadMs: number;
  /** By how much faster it runs than the machine's, in millionths. */
  clockDriftPpm: number;
  /** Milliseconds from the lens to the wire, and up to so many more for each picture. */
  wayMs: number;
  wayJitterMs: number;
  /** RTP time stamp of the camera's first picture. */
  timestampStart: number;
  /** Sequence number of the first packet after PLAY; `null`: random. */
  sequenceStart: number | null;
}

export const DEFAULT_BEHAVIOUR: RtspBehaviour = {
  controls: 'relative',
  announced: 'h264',
  editSdp: (sdp) => sdp,
  parameterSets: 'both',
  claimedSize: null,
  start: 'keyframe',
  jpegTables: 'computed',
  jpegSize: 'packets',
  stapA: true,
  maxPayload: 1400,
  firstChannel: null,
  rtpInfo: true,
  mediaBeforeAnswer: false,
  silentAfterPlay: false,
  alwaysUnauthorized: false,
  redirectTo: null,
  status: {},
  unanswered: [],
  answerDelayMs: 0,
  chatter: false,
  loseEvery: 0,
  sessionTimeout: 60,
  aliveBy: 'any',
  soundSetup: 200,
  senderReportMs: 5000,
  firstReportMs: 0,
  reportPlace: 'behind',
  clockAheadMs: 0,
  clockDriftPpm: 0,
  wayMs: 0,
  wayJitterMs: 0,
  timestampStart: 0x12345678,
  sequenceStart: null,
};
