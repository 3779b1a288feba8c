import { type RefObject, useEffect, useState } from 'react';

/** An iPhone shows nothing but a video over its whole screen, with controls of its own. */
type PhoneVideo = HTMLVideoElement & { webkitEnterFullscreen?: () => void };

/** Fills the screen with an element, or ends that. */
export async function toggleFullscreen(element: HTMLElement | null, video?: HTMLVideoElement | null): Promise<void> {
  if (document.fullscreenElement) await document.exitFullscreen();
  else if (element && 'requestFullscreen' in element) await element.requestFullscreen().catch(() => undefined);
  else if (video && video.readyState > 0) (video as PhoneVideo).webkitEnterFullscreen?.();
}

/** Whether the element fills the screen. */
export function useIsFullscreen(element: RefObject<HTMLElement | null>): boolean {
  const [full, setFull] = useState(false);
  useEffect(() => {
    const look = (): void => setFull(element.current !== null && document.fullscreenElement === element.current);
    document.addEventListener('fullscreenchange', look);
    return () => document.removeEventListener('fullscreenchange', look);
  }, [element]);
  return full;
}
