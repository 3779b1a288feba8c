import { useMutation } from '@tanstack/react-query';
import { answer, api, Schemas } from '../api/client';
import { queries } from '../app/queries';

/** How a video stands to its compression. */
export type Compression = Schemas['CompressionView'];

/** Whether something is still to come. */
export function isOnItsWay({ state }: Pick<Compression, 'state'>): boolean {
  return state === 'queued' || state === 'running';
}

/** Asks for a video to be compressed. */
export function useCompress(id: string) {
  return useMutation({
    mutationFn: () => answer(api.POST('/api/video/files/{id}/compress', { params: { path: { id } }, body: {} })),
    onSettled: () => anew(id),
  });
}

/** Ends it; the video stays as it is. */
export function useCancel(id: string) {
  return useMutation({
    mutationFn: (job: string) => answer(api.DELETE('/api/video/jobs/{id}', { params: { path: { id: job } } })),
    onSettled: () => anew(id),
  });
}

function anew(id: string): Promise<void> {
  return queries.invalidateQueries({ queryKey: ['video', id] });
}
