/** hls.js without subtitles, alternative audio and encryption: the package has no types for this build. */
declare module 'hls.js/light' {
  export * from 'hls.js';
  export { default } from 'hls.js';
}
