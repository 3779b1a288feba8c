export * from './camera-server';
export * from './clips';
export * from './rtsp-behaviour';
export * from './rtsp-camera';
export * from './time-bars';
export * from './ffmpeg-reader';
