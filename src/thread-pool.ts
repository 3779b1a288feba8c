/**
 * Imported before anything else: libuv reads its thread pool's size once, at the first use. One disk that hangs holds a
 * thread for each call on it; four would stall every court.
 */
process.env.UV_THREADPOOL_SIZE ??= '32';
