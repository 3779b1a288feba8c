/** Why a file is not adopted, in words. Codes are stable: docs/migration.md lists them. */
export const REFUSALS = {
  symbolic_link: 'is a symbolic link: only what lies there itself is adopted',
  not_a_file: 'is no file',
  not_mp4_name: 'does not end in .mp4',
  not_in_club_folder: "does not lie in a club's folder",
  unreadable: 'cannot be read',
  unknown_club: 'the folder is no club here',
  no_owner: 'the club has no admin whose it could become: name somebody with --owner',
  owner_not_member: 'who --owner names is neither a member of the club nor a SUPER_ADMIN',
  empty: 'has no bytes',
  still_written: 'was changed within the last minute: it may still be written; run this again later',
  changed: 'has changed while it was looked at; run this again later',
  not_mp4: 'is no MP4',
  truncated: 'is cut short: it ends before its pictures do, or has no index',
  damaged: 'is damaged: what stands between its parts makes no sense',
  not_playable: 'ffprobe cannot read it',
  no_video: 'has not exactly one video track',
  codec_unknown: 'has a video codec that is not known here',
  picture_size: 'has pictures of an impossible size',
  length: 'has an impossible length',
  check_failed: 'ffprobe could not be run, or took too long; run this again',
  id_taken: 'another video has this id',
  target_exists: 'another file has the name it is to get',
  quota_exceeded: "does not fit the club's quota",
  disk_full: 'there is no room for a copy of it',
  disk_error: 'the disk refused it',
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** A file that is not adopted, and why. */
export class Refusal extends Error {
  constructor(
    readonly code: RefusalCode,
    /** What else is to be said of this one. */
    readonly more = '',
    options?: { cause?: unknown },
  ) {
    super(`${REFUSALS[code]}${more === '' ? '' : `: ${more}`}`, options);
    this.name = 'Refusal';
  }
}

/** The import as a whole cannot go on, or not begin. */
export class ImportStopped extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'ImportStopped';
  }
}
