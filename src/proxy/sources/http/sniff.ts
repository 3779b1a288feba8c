import { DemuxFormat } from '../../../media/ffmpeg-args';

/** What a body is. */
export type BodyKind =
  | { readonly kind: 'mjpeg' }
  | { readonly kind: 'container'; readonly format: DemuxFormat }
  | { readonly kind: 'unsupported'; readonly message: string };

/** Bytes after which the decision is made in any case: three MPEG-TS packets of up to 208 bytes from any offset. */
export const SNIFF_BYTES = 1024;

const MP4_BOXES = new Set(['ftyp', 'styp', 'moov', 'moof', 'sidx', 'free', 'skip', 'wide', 'mdat', 'prft', 'emsg']);
const WHAT_TO_SET = 'Give the address of its MJPEG stream or RTSP stream.';

/**
 * Tells what a camera sends by its first bytes; its Content-Type only breaks ties, because cameras lie in it.
 * @param contentType lower case, without parameters.
 * @param ended no more bytes will come.
 * @returns `null` while more bytes are needed.
 */
export function sniff(bytes: Buffer, contentType: string, ended = false): BodyKind | null {
  const multipart = contentType.startsWith('multipart/');
  const full = ended || bytes.length >= SNIFF_BYTES;
  const text = bytes.toString('latin1', 0, SNIFF_BYTES).replace(/^(?:\xef\xbb\xbf)?\s+/, '');
  if (isTransportStream(bytes)) return { kind: 'container', format: 'mpegts' };
  if (bytes.length >= 3 && bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return { kind: 'mjpeg' };
  if (bytes.length >= 4 && bytes.toString('latin1', 0, 3) === 'FLV' && bytes[3] === 1) {
    return { kind: 'container', format: 'flv' };
  }
  if (bytes.length >= 8 && MP4_BOXES.has(bytes.toString('latin1', 4, 8))) return { kind: 'container', format: 'mp4' };
  if (bytes.length >= 4 && bytes.readUInt32BE(0) === 0x1a45dfa3) return { kind: 'container', format: 'matroska' };
  if (multipart) return { kind: 'mjpeg' };
  if (text.startsWith('--') || /^content-(?:type|length)\s*:/i.test(text)) return { kind: 'mjpeg' };
  if (text.startsWith('#EXTM3U')) {
    return unsupported(`The camera answers with a playlist (HLS). ${WHAT_TO_SET}`);
  }
  if (/^<(?:!doctype|html|head|body|\?xml)/i.test(text)) {
    return unsupported(`The camera answers with a web page, not with video. ${WHAT_TO_SET}`);
  }
  if (!full) return null;
  if (bytes.length === 0) return unsupported(`The camera's answer is empty. ${WHAT_TO_SET}`);
  if (bytes.length >= 4 && /^\0\0(?:\0)?\x01[\x09\x27\x47\x67]/.test(text)) {
    return unsupported('The camera sends bare H.264 without times. Set it to MPEG-TS, or use its RTSP stream.');
  }
  if (contentType.startsWith('text/') || /\/(?:json|xml)$/.test(contentType)) {
    return unsupported(`The camera answers with text, not with video. ${WHAT_TO_SET}`);
  }
  // No sign in 1 kB: a TS that begins in the middle of a packet would have shown its rhythm.
  return unsupported(`The camera sends something that is not video we know. ${WHAT_TO_SET}`);
}

/** Sync bytes at the rhythm of 188, 192 (M2TS) or 204 (with FEC) byte packets, from any offset (ISO/IEC 13818-1 §2.4.3.2). */
function isTransportStream(bytes: Buffer): boolean {
  for (const size of [188, 192, 204]) {
    const last = Math.min(size, bytes.length - 2 * size);
    for (let at = 0; at < last; at++) {
      if (bytes[at] === 0x47 && bytes[at + size] === 0x47 && bytes[at + 2 * size] === 0x47) return true;
    }
  }
  return false;
}

function unsupported(message: string): BodyKind {
  return { kind: 'unsupported', message };
}
