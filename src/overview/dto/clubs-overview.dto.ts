import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** What goes on in a club. */
export class ClubOverviewView {
  @ApiProperty({ example: 1 })
  club_id: number;

  @ApiProperty({ example: 'Padel Club du Lac' })
  name: string;

  @ApiProperty({ example: 6 })
  courts: number;

  @ApiProperty({ example: 0 })
  cameras_offline: number;

  @ApiProperty({ example: 3 })
  open_sessions: number;

  @ApiProperty({ example: 2, description: 'Under way now.' })
  recordings: number;

  @ApiProperty({ example: 412, description: 'Finished ones that are there.' })
  videos: number;

  @ApiProperty({ example: 1_112_508_334_080, description: 'What these take.' })
  bytes: number;
}

export class ClubsOverviewAnswer {
  @ApiProperty({ example: true })
  success: true;

  @ApiProperty({ type: [ClubOverviewView] })
  clubs: ClubOverviewView[];

  @ApiProperty({ example: 1, description: 'Of this page.' })
  count: number;

  @ApiPropertyOptional({ description: 'Absent on the last page.' })
  next_cursor?: string;
}
