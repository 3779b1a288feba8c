export * from './leftovers';
export * from './managed-child';
export * from './marker';
export * from './supervisor';
export * from './ffmpeg-context';
