import { ApiProperty } from '@nestjs/swagger';
import { COURT_SOUND_STATES, CourtSound } from '../runtime/court-runtime';

/** How an open session stands with the sound of its camera. */
export class SessionSoundView {
  @ApiProperty({
    enum: COURT_SOUND_STATES,
    example: 'recording',
    description:
      '`off`: the court does not record sound. `recording`: it goes into the file; `on`: it would. `silent`: agreed on, but ' +
      'none comes. `none`, `unsupported`, `refused`: the camera gives none, and why.',
  })
  state: CourtSound['state'];

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'aac',
    description: '`aac`, `pcma`, `pcmu`, or what is not read.',
  })
  codec: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description:
      'Why the match has no sound although the court records it; `null` where it has, or is not to have any.',
  })
  message: string | null;
}

const WORDS: Readonly<Partial<Record<CourtSound['state'], string>>> = {
  none: "The camera sends no sound: switch its microphone on in the camera's settings. The match is recorded without.",
  unsupported:
    "The camera's sound is of a kind that is not read: set it to AAC or G.711 in the camera's settings. The match is recorded without.",
  refused: 'The camera did not want to send its sound. The match is recorded without.',
  silent: 'The camera agreed to send its sound, but none comes. The match is recorded without, as long as none does.',
};

export function viewOfSound({ state, codec }: CourtSound): SessionSoundView {
  return { state, codec, message: WORDS[state] ?? null };
}
