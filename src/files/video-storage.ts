import { ObjectRow } from '../objects/object-book.service';
import { VideoStorageView } from './dto/files.dto';

/** Where a video's file is, from the row of its copy. @param isAdmin what went wrong is nobody else's business */
export function storageOf(row: (ObjectRow & { sent_parts: number }) | undefined, isAdmin: boolean): VideoStorageView {
  if (!row || row.state === 'deleting' || row.state === 'deleted') {
    return { where: 'here', upload: null, progress: 0, error: null };
  }
  const stored = row.state === 'remote';
  const where = !stored ? 'here' : row.local === 'here' ? 'both' : 'storage';
  const sent = (row.sent_parts * (row.part_bytes ?? 0)) / Math.max(1, Number(row.bytes ?? 0));
  const upload = row.state === 'remote' ? 'stored' : row.state;
  return { where, upload, progress: stored ? 1 : Math.min(1, sent), error: isAdmin ? row.error : null };
}
