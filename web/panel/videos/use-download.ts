import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { fileUrl } from '../../live';
import { auth } from '../access/auth';
import { answer, api } from '../api/client';
import { saveFile, saveUrl } from '../ui/save-file';
import { type DownloadProgress, FileDownload } from './file-download';
import { fitsInPage } from './saving';
import type { Video } from './videos-data';

export type DownloadState =
  | { readonly phase: 'idle' | 'done' | 'handed' }
  | { readonly phase: 'running' | 'failed'; readonly progress: DownloadProgress; readonly error?: unknown };

export type DownloadableFile = Pick<Video, 'session_id' | 'size_bytes'>;

/** Downloads a video: the page itself where it is small enough, else the browser's download manager. */
export function useDownload(video: DownloadableFile, name: string) {
  const { session_id, size_bytes } = video;
  const [state, setState] = useState<DownloadState>({ phase: 'idle' });
  const current = useRef<FileDownload | null>(null);
  useEffect(() => () => current.current?.cancel(), []);

  const run = async (): Promise<void> => {
    let progress: DownloadProgress = { received: 0, total: size_bytes, pace: null };
    const download = (current.current ??= new FileDownload(
      fileUrl(session_id),
      size_bytes,
      (request) => auth.fetch(request),
      (now) => setState({ phase: 'running', progress: now }),
    ));
    setState((before) => {
      if ('progress' in before) progress = before.progress;
      return { phase: 'running', progress };
    });
    try {
      const blob = await download.run();
      saveFile(blob, name);
      current.current = null;
      setState({ phase: 'done' });
    } catch (error) {
      if (download.cancelled) return;
      setState((before) => ({ phase: 'failed', progress: 'progress' in before ? before.progress : progress, error }));
    }
  };

  /** A URL of its own: a download of hours must not end with the cookie it began with. */
  const handOver = useMutation({
    mutationFn: () => answer(api.POST('/api/video/media-url', { body: { session_id, purpose: 'download' } })),
    onSuccess: ({ url }) => {
      // By the address the page came from, which may be another name of the service than its own.
      saveUrl(new URL(url).pathname, name);
      setState({ phase: 'handed' });
    },
  });

  const onPhone = matchMedia('(pointer: coarse)').matches;
  return {
    state,
    handing: handOver.isPending,
    problem: handOver.error,
    start: (): void => {
      if (fitsInPage(size_bytes, onPhone)) void run();
      else handOver.mutate();
    },
    cancel: (): void => {
      current.current?.cancel();
      current.current = null;
      setState({ phase: 'idle' });
    },
  };
}
