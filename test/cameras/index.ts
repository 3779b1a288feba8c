/** Simulated cameras: real sockets, real pictures, faults to switch on. Used by tests, the demo and the bench. */
export * from './camera-server';
export * from './clips';
export * from './rtsp-behaviour';
export * from './rtsp-camera';
export * from './sounds';
export * from './time-bars';
export * from './ffmpeg-reader';
export * from './http-camera-server';
export * from './http-camera';
export * from './mjpeg-camera';
export * from './gstreamer-camera';
export * from './ffmpeg-mjpeg-camera';
export * from './onvif-camera';
export * from './picture-clock';
export { AuthScheme } from './camera-auth';
export { monotonic } from './pacer';
export { PlayedFrame } from './playback';
