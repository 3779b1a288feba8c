import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsString, Length } from 'class-validator';
import { IfPresent } from '../../common/if-present.decorator';

export class EraseUserDto {
  @ApiPropertyOptional({
    default: false,
    description: 'true: the videos of their matches stay, as nobody’s, until the club deletes them or they grow old.',
  })
  @IfPresent()
  @IsBoolean()
  keep_videos?: boolean;
}

export class EraseMeDto extends EraseUserDto {
  @ApiProperty({ example: 'correct horse battery staple', maxLength: 1024 })
  @IsString()
  @Length(1, 1024)
  password: string;
}

/** Who cannot sign in shows the address, too. */
export class ProofDto {
  @ApiProperty({ example: 'player@club.example', maxLength: 254 })
  @IsString()
  @Length(1, 254)
  email: string;

  @ApiProperty({ example: 'correct horse battery staple', maxLength: 1024 })
  @IsString()
  @Length(1, 1024)
  password: string;
}

export class EraseProvenDto extends EraseMeDto {
  @ApiProperty({ example: 'player@club.example', maxLength: 254 })
  @IsString()
  @Length(1, 254)
  email: string;
}

export class ErasedAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ example: 3, description: 'Videos that were deleted with the account.' })
  deleted_videos: number;
}

/** Everything that is kept about one person. */
export class PersonalData {
  @ApiProperty({ format: 'date-time' })
  exported_at: string;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: null,
    description:
      'A club whose admin set my password: what follows is of that club alone, until I choose my own. `null`: it is all.',
  })
  only_club_id: number | null;

  @ApiProperty({ type: Object, description: 'Name, address, since when, last change of the password.' })
  account: Record<string, unknown>;

  @ApiProperty({ type: [Object], description: 'Clubs, and what they are there.' })
  memberships: Record<string, unknown>[];

  @ApiProperty({ type: [Object], description: 'Sign-ins: when, from where, with which browser.' })
  sign_ins: Record<string, unknown>[];

  @ApiProperty({ type: [Object], description: 'Matches they owned or took part in.' })
  sessions: Record<string, unknown>[];

  @ApiProperty({ type: [Object], description: 'Videos of these, with where to download them.' })
  videos: Record<string, unknown>[];

  @ApiProperty({ type: [Object], description: 'What they marked in matches.' })
  markers: Record<string, unknown>[];

  @ApiProperty({
    type: [Object],
    description: 'Links by which they showed matches to others; not the links themselves.',
  })
  shares: Record<string, unknown>[];

  @ApiProperty({ type: [Object], description: 'Highlights that they made, and where their files are.' })
  highlights: Record<string, unknown>[];

  @ApiProperty({ type: [Object], description: 'What the audit trail says of them.' })
  audit: Record<string, unknown>[];

  @ApiProperty({ example: false, description: 'true: a list was longer than what is given out at once.' })
  cut: boolean;
}
