/** Safari's own kind of media source; the only one an iPhone has, from iOS 17.1 on. */
interface ManagedScope {
  readonly ManagedMediaSource?: typeof MediaSource;
}

/** The media source to use: `MediaSource`, on iPhones `ManagedMediaSource`; `null` where there is neither. */
export function mediaSourceOf(scope: typeof globalThis = globalThis): typeof MediaSource | null {
  if (typeof scope.MediaSource === 'function') return scope.MediaSource;
  return (scope as ManagedScope).ManagedMediaSource ?? null;
}

/** Whether the browser can play fragments of this codec. */
export function canPlayFragments(type: string, scope: typeof globalThis = globalThis): boolean {
  return mediaSourceOf(scope)?.isTypeSupported(type) === true;
}

/** Whether the browser plays HLS playlists by itself: Safari does, and iPhones of before 17.1 do nothing else. */
export function playsHlsItself(video: HTMLVideoElement): boolean {
  return video.canPlayType('application/vnd.apple.mpegurl') !== '';
}

/**
 * Attaches a media source to a video and waits until it is open.
 * @returns the source, and what lets go of it
 */
export function attachMediaSource(video: HTMLVideoElement, onOpen: (source: MediaSource) => void): () => void {
  const Source = mediaSourceOf();
  if (Source === null) throw new Error('this browser has no media source');
  const source = new Source();
  const url = URL.createObjectURL(source);
  // A managed source opens only where AirPlay is out of the question.
  video.disableRemotePlayback = true;
  source.addEventListener('sourceopen', () => onOpen(source), { once: true });
  video.src = url;
  return () => {
    URL.revokeObjectURL(url);
    video.removeAttribute('src');
    video.load();
  };
}
