import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Club } from '../entities/club.entity';
import { IsIanaTimeZone, IsName, MayBeLeftOut } from './fields';

export class CreateClubDto {
  @ApiProperty({ example: 'Padel Club du Lac', maxLength: 120 })
  @IsName()
  name: string;

  @ApiPropertyOptional({ example: 'Europe/Paris', default: 'UTC', description: 'IANA name' })
  @MayBeLeftOut()
  @IsIanaTimeZone()
  time_zone?: string;
}

export class UpdateClubDto {
  @ApiPropertyOptional({ example: 'Padel Club du Lac', maxLength: 120 })
  @MayBeLeftOut()
  @IsName()
  name?: string;

  @ApiPropertyOptional({ example: 'Europe/Paris' })
  @MayBeLeftOut()
  @IsIanaTimeZone()
  time_zone?: string;
}

/** The wire's `club`. */
export class ClubView {
  @ApiProperty({ example: 1 })
  id: number;

  @ApiProperty({ example: 'Padel Club du Lac' })
  name: string;

  @ApiProperty({ example: 'Europe/Paris' })
  time_zone: string;

  @ApiProperty({ format: 'date-time' })
  created_at: string;
}

export class ClubListAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: [ClubView] })
  clubs: ClubView[];

  @ApiProperty({ example: 1, description: 'Of this page.' })
  count: number;

  @ApiPropertyOptional({ description: 'Absent on the last page.' })
  next_cursor?: string;
}

export function viewOfClub(club: Club): ClubView {
  return { id: club.id, name: club.name, time_zone: club.timeZone, created_at: club.createdAt.toISOString() };
}
