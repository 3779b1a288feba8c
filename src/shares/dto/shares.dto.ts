import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsInt, IsString, Length, Max, Min } from 'class-validator';
import { PersonView } from '../../auth/person-view';
import { IsSessionId } from '../../common/ids';
import { IfPresent } from '../../common/if-present.decorator';
import { PageQuery } from '../../common/pagination';
import { Branding, BRANDINGS, SHARE_STATES, ShareState } from '../share-state';

/** A week. */
export const DEFAULT_SHARE_HOURS = 7 * 24;
/** A year. */
const MOST_HOURS = 365 * 24;
/** Characters. Guesses are counted; a word that one says over the phone does. */
const PASSPHRASE = { least: 4, most: 128 } as const;

export class CreateShareDto {
  @ApiPropertyOptional({
    format: 'uuid',
    example: '5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55',
    description: 'The whole match. Or `highlight_id`.',
  })
  @IfPresent()
  @IsSessionId()
  session_id?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'A highlight of it. Or `session_id`.' })
  @IfPresent()
  @IsSessionId()
  highlight_id?: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MOST_HOURS,
    default: DEFAULT_SHARE_HOURS,
    example: 168,
    description: 'How long it is good for.',
  })
  @IfPresent()
  @IsInt()
  @Min(1)
  @Max(MOST_HOURS)
  expires_in_hours?: number;

  @ApiPropertyOptional({
    minLength: PASSPHRASE.least,
    maxLength: PASSPHRASE.most,
    example: 'smash par trois',
    description: 'What one must know besides the link. It is not shown again.',
  })
  @IfPresent()
  @IsString()
  @Length(PASSPHRASE.least, PASSPHRASE.most)
  passphrase?: string;

  @ApiPropertyOptional({
    default: true,
    description: 'Whether the page offers the file. What can be watched can be kept by who knows how.',
  })
  @IfPresent()
  @IsBoolean()
  allow_download?: boolean;

  @ApiPropertyOptional({
    default: false,
    description:
      "Whether the film is shown with the club's logo laid over. It is made in the background; until it is ready, `share_preparing`.",
  })
  @IfPresent()
  @IsBoolean()
  branded?: boolean;
}

export class ShareListQuery extends PageQuery {
  @ApiProperty({ format: 'uuid', example: '5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55' })
  @IsSessionId()
  session_id: string;
}

/** The wire's `share`. */
export class ShareView {
  @ApiProperty({ example: 17 })
  id: number;

  @ApiProperty({ format: 'uuid' })
  session_id: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, example: null, description: '`null`: the whole match.' })
  highlight_id: string | null;

  @ApiProperty({ type: PersonView, description: 'Who made it.' })
  author: PersonView;

  @ApiProperty({
    enum: SHARE_STATES,
    description:
      '`live`; `expired`; `revoked`; `suspended`: the club shares nothing, or its author may not see the match any more; `gone`: ' +
      'the video was deleted. All but `live` answer 410.',
  })
  state: ShareState;

  @ApiProperty({ example: false, description: 'Whether a pass-phrase is asked for.' })
  passphrase: boolean;

  @ApiProperty({ example: true })
  allow_download: boolean;

  @ApiProperty({
    type: String,
    enum: BRANDINGS,
    nullable: true,
    example: null,
    description: "How its film with the club's logo stands; `null`: it shows the recording as it is.",
  })
  branding: Branding | null;

  @ApiProperty({ type: Number, nullable: true, example: null, description: 'How much of that film is made, 0 to 1.' })
  branding_progress: number | null;

  @ApiProperty({
    example: 12,
    description: 'Visitors who began to watch. Who only fetches a preview of the link is none.',
  })
  views: number;

  @ApiProperty({ example: 2, description: 'Visitors who downloaded the file.' })
  downloads: number;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  @ApiProperty({ format: 'date-time' })
  expires_at: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  revoked_at: string | null;
}

export class NewShareView extends ShareView {
  @ApiProperty({
    format: 'uri',
    example: 'https://padel.example/s/kQ3v…',
    description: 'For anybody. This is the only time it is known: what is kept is its hash.',
  })
  url: string;
}

export class ShareAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: NewShareView })
  share: NewShareView;
}

export class ShareListAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: [ShareView], description: 'Newest first.' })
  shares: ShareView[];

  @ApiProperty({ example: 3, description: 'Shares of this page.' })
  count: number;

  @ApiPropertyOptional({ description: 'For the next page; missing on the last one.' })
  next_cursor?: string;
}

export class OpenShareDto {
  @ApiProperty({ maxLength: PASSPHRASE.most, example: 'smash par trois' })
  @IsString()
  @Length(1, PASSPHRASE.most)
  passphrase: string;
}

export class ShareOpenedAnswer {
  @ApiProperty({ example: true })
  success: true;
}
