import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayUnique, IsArray, IsBoolean } from 'class-validator';
import { IsId, IsSessionId } from '../../common/ids';
import { PageQuery } from '../../common/pagination';
import { IfPresent } from '../../common/if-present.decorator';

/** Besides the owner. A match has four; a lesson has more. */
const MAX_PLAYERS = 20;

export class CreateSessionDto {
  @ApiProperty({ example: 1 })
  @IsId()
  terrain_id: number;

  @ApiPropertyOptional({
    type: [Number],
    example: [12, 13, 14],
    description: 'The other players of the match, members of the club: they watch and download.',
  })
  @IfPresent()
  @IsArray()
  @ArrayMaxSize(MAX_PLAYERS)
  @ArrayUnique()
  @IsId({ each: true })
  player_ids?: number[];
}

export class SessionIdDto {
  @ApiProperty({ format: 'uuid', example: '5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55' })
  @IsSessionId()
  session_id: string;
}

export class SessionListQuery extends PageQuery {
  @ApiPropertyOptional({ type: Boolean, description: 'true: only sessions that are open now.' })
  @IfPresent()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  open?: boolean;
}
