import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, Max, Min, ValidateIf } from 'class-validator';
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

  @ApiPropertyOptional({
    type: Number,
    nullable: true,
    minimum: 1,
    maximum: 1000,
    example: 8,
    description: 'Sessions open at once; `null`: as many as the service takes. SUPER_ADMIN only.',
  })
  @ValidateIf((_object: unknown, value: unknown) => value !== undefined && value !== null)
  @IsInt()
  @Min(1)
  @Max(1000)
  max_sessions?: number | null;
}

/** The wire's `club`. */
export class ClubView {
  @ApiProperty({ example: 1 })
  id: number;

  @ApiProperty({ example: 'Padel Club du Lac' })
  name: string;

  @ApiProperty({ example: 'Europe/Paris' })
  time_zone: string;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: null,
    description: 'Sessions that may be open at once in this club; `null`: no limit of its own.',
  })
  max_sessions: number | null;

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
  const { id, name, timeZone, maxSessions, createdAt } = club;
  return {
    id,
    name,
    time_zone: timeZone,
    max_sessions: maxSessions,
    created_at: createdAt.toISOString(),
  };
}
