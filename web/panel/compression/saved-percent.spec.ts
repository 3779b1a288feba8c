import type { Compression } from './compression-data';
import { savedPercent } from './saved-percent';

const VIEW: Compression = {
  ...{ state: 'done', progress: 1, codec: 'h264', crf: 25, reason: null, job_id: null },
  ...{ original_size_bytes: 2_700, size_bytes: 1_674 },
};

describe('savedPercent', () => {
  it.each([
    [VIEW, 38],
    [{ ...VIEW, size_bytes: null }, 0],
    [{ ...VIEW, original_size_bytes: 0 }, 0],
  ])('%#', (view, percent) => expect(savedPercent(view)).toBe(percent));
});
