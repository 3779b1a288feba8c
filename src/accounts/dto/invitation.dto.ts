import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsString, MaxLength } from 'class-validator';
import { ClubRole } from '../../auth/principal';
import { IsName, MayBeLeftOut } from '../../clubs/dto/fields';
import { Language } from '../letters';
import { PendingInvitation } from '../one-time-links.service';
import { IsAddress, IsCookieWish, IsLanguage, IsLinkToken, IsPassword } from './fields';

const ROLES: readonly ClubRole[] = ['PLAYER', 'CLUB_ADMIN'];

export class InviteDto {
  @IsAddress()
  email: string;

  @ApiPropertyOptional({ example: 'Alex', maxLength: 120, description: 'Proposed to the person, who may change it.' })
  @MayBeLeftOut()
  @IsName()
  name?: string;

  @ApiProperty({ enum: ROLES, example: 'PLAYER' })
  @IsIn(ROLES)
  role: ClubRole;

  @IsLanguage()
  language?: Language;
}

export class AcceptInvitationDto {
  @IsLinkToken()
  token: string;

  @ApiPropertyOptional({
    example: 'Alex',
    maxLength: 120,
    description: 'Required where the invitation has none. Ignored where the person has an account already.',
  })
  @MayBeLeftOut()
  @IsName()
  name?: string;

  @IsPassword('A new one; where the person has an account already, the password of that account.')
  password: string;

  @ApiPropertyOptional({
    writeOnly: true,
    minLength: 8,
    maxLength: 128,
    description:
      "Where the person has an account already: takes the place of its password, and is the person's own, so that it opens every " +
      'club of theirs. Ignored where they have none.',
  })
  @MayBeLeftOut()
  @IsString()
  @MaxLength(1024)
  new_password?: string;

  @IsCookieWish()
  cookie?: boolean;
}

export class InvitationView {
  @ApiProperty({ example: 7 })
  id: number;

  @ApiProperty({ example: 'player@club.example' })
  email: string;

  @ApiProperty({ type: String, nullable: true, example: 'Alex' })
  name: string | null;

  @ApiProperty({ enum: ROLES, example: 'PLAYER' })
  role: ClubRole;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  @ApiProperty({ format: 'date-time', description: 'Seven days after it was made.' })
  expires_at: string;
}

export class InvitationAnswer {
  @ApiProperty({ example: 7 })
  id: number;

  @ApiProperty({ example: 'player@club.example' })
  email: string;

  @ApiProperty({ enum: ROLES, example: 'PLAYER' })
  role: ClubRole;

  @ApiProperty({ format: 'date-time' })
  expires_at: string;

  @ApiProperty({ example: false, description: 'true: the link went to the address.' })
  mailed: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'https://padel.example/panel/link#/invitation/p0k4n3Yb1c0m2v7w9xA_qLr5sT8uEdGfHjKzMnBvCx-',
    description: 'To hand over, where the service sends no mail. Shown this once. `null` where it was mailed.',
  })
  link: string | null;
}

export class InvitationListAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: [InvitationView] })
  invitations: InvitationView[];

  @ApiProperty({ example: 1, description: 'Of this page.' })
  count: number;

  @ApiPropertyOptional({ description: 'Absent on the last page.' })
  next_cursor?: string;
}

export function viewOfInvitation({ id, email, name, role, createdAt, expiresAt }: PendingInvitation): InvitationView {
  return { id, email, name, role, created_at: createdAt.toISOString(), expires_at: expiresAt.toISOString() };
}
